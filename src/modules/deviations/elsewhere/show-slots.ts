/**
 * Writes what deviations say into the fields of their POA&Ms, from where the next edits carry it to the GRC system. As soon as anything is decided
 * here, so that another decision there meets ours in the merge, as a conflict.
 */
import { byRule } from '../../../canonical/vocabulary/index.ts';
import { markRecordsEdited } from '../../../ledger/links/index.ts';
import { recordChanges } from '../../../ledger/operations/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { updateRows } from '../../../record/entities/index.ts';
import { type DeviationRow, listDeviationsOf } from '../deviations.sql.ts';
import { namedAtMost } from '../describe.ts';
import { listNamesOf } from '../scope.sql.ts';
import type { Following } from './following.ts';
import { emptySlot, sameSlot, shownOf, type Slot, slotFields, slotFrom, slotOf } from './slot.ts';
import { findShown, keepShown, listSlots } from './slots.sql.ts';

/** What POA&Ms say of their deviations, by POA&M: the assets of all of them are read in one statement. */
async function saidBy(tx: Tx, deviations: readonly DeviationRow[]): Promise<ReadonlyMap<string, Slot>> {
  const shown = [...Map.groupBy(deviations, ({ poamId }) => poamId).values()].flatMap(
    (ofPoam) => shownOf(ofPoam) ?? [],
  );
  const named = await listNamesOf(tx.db, shown, namedAtMost);
  return new Map(
    shown.map((each) => [each.poamId, slotOf(each, named.get(each.id) ?? { count: 0, names: [] })]),
  );
}

/** After something was decided about a deviation of a POA&M here. */
export async function showDecided(
  tx: Tx,
  poamId: string,
  { operationId, now }: { readonly operationId: string; readonly now: Date },
): Promise<void> {
  const here = await findShown(tx.db, poamId);
  const slot = here && (await saidBy(tx, await listDeviationsOf(tx.db, [poamId]))).get(poamId);
  if (!here || !slot) return;
  await write(tx, { poamId, before: here, slot }, operationId);
  await keepShown(tx.db, [{ poamId, slot, mayLeave: true }], now);
}

/** Writes what deviations say now into the POA&Ms whose fields say otherwise. */
export async function showSlots(
  tx: Tx,
  poamIds: readonly string[],
  { operationId, now, system }: Following,
): Promise<void> {
  if (poamIds.length === 0) return;
  const isShown = await system.readShown(poamIds);
  const says = await saidBy(tx, await listDeviationsOf(tx.db, poamIds.filter(isShown)));
  const told: { poamId: string; slot: Slot; mayLeave: boolean }[] = [];
  for (const { poamId, here: values, shown: kept, mayLeave } of await listSlots(tx.db, system.id, poamIds)) {
    const here = slotFrom(values, 'deviation_');
    // What ended there, and was never one of ours, stays as it stands there.
    const slot = says.get(poamId) ?? here;
    await write(tx, { poamId, before: values, slot }, operationId);
    const shown = kept === null ? emptySlot : slotFrom(kept, '');
    if (kept === null || !sameSlot(shown, slot) || mayLeave !== isShown(poamId))
      told.push({ poamId, slot, mayLeave: isShown(poamId) });
  }
  await keepShown(tx.db, told, now);
}

async function write(
  tx: Tx,
  { poamId, before, slot }: { readonly poamId: string; readonly before: JsonObject; readonly slot: Slot },
  operationId: string,
): Promise<void> {
  const was = slotFrom(before, 'deviation_');
  if (sameSlot(was, slot)) return;
  const fields = slotFields.filter((field) => was[field] !== slot[field]);
  const columns = Object.fromEntries(fields.map((field) => [`deviation_${field}`, slot[field]]));
  await updateRows(tx.db, 'poam', [{ entityId: poamId, columns }]);
  await recordChanges(
    tx.db,
    { systemId: null, operationId },
    fields.map((field) => ({
      entity: 'poam',
      entityId: poamId,
      field: `deviation_${field}`,
      before: was[field],
      after: slot[field],
      direction: 'internal',
      decidedBy: byRule('deviation_shown'),
    })),
  );
  await markRecordsEdited(tx.db, { entity: 'poam', entityIds: [poamId] });
}
