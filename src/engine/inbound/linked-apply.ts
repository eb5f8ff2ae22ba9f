/** Writes what was decided about a page of linked records: rows, what is kept beside them, links, journal, conflicts. */
import type { JsonObject } from '../../platform/values/index.ts';
import { type Counts, recordChanges } from '../../ledger/operations/index.ts';
import { recordConflicts } from '../../ledger/conflicts/index.ts';
import {
  insertRows,
  linkedEntity,
  type Renewed,
  saveLinks,
  updateRows,
} from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { conflictsOf, duplicateConflict } from './linked-conflicts.ts';
import { countsOf, isChanged, isRepeatable } from './linked-decide.ts';
import { renewDetails } from './linked-details.ts';
import { journalOf } from './linked-journal.ts';
import type { Decided, LinkedSource, PageDecision, Settled } from './linked-page.ts';
import { withFreeKeys } from './linked-rows.ts';
import { closeAfterRead } from '../conflicts/index.ts';

/** @returns the counts of the page. */
export async function apply(tx: Tx, page: PageDecision): Promise<Counts> {
  const settled = await writeRows(tx, page);
  const renewed = await renewDetails(
    tx,
    page.entity,
    page.source,
    settled.map(({ entityId, each, stored, isElsewhere }) => ({
      entityId,
      record: each.record,
      // Where several systems have the row, it may be another one's record that was read before.
      ...(stored && !isElsewhere ? { before: stored.row['raw_json'] } : {}),
    })),
  );
  await writeLinks(tx, page, settled, renewed);
  await recordChanges(
    tx.db,
    page.source,
    settled.flatMap((one) => journalOf(page.entity, one, page.source)),
  );
  await writeConflicts(tx, page, settled);
  return countsOf(page, renewed.changed);
}

/** Makes and changes rows. @returns all records of the page, each with our id. */
async function writeRows(tx: Tx, { entity, source, decided }: PageDecision): Promise<Settled[]> {
  const created = decided.filter((one) => !one.stored);
  const begun = created.map((one) => begin(one, entity, source));
  const ids = await insertRows(tx.db, entity, await withFreeKeys(tx, entity, begun, source));
  const idOf = new Map(created.map((one, index) => [one, ids[index] ?? '']));
  await updateRows(
    tx.db,
    entity,
    decided.filter(isChanged).map((one) => ({
      entityId: one.stored?.entityId ?? '',
      columns: {
        ...one.decision.take,
        ...(one.move ? { [one.move.column]: one.move.after } : {}),
        ...(one.isRawMoved ? { raw_json: one.each.external.raw } : {}),
      },
    })),
  );
  return decided.map((one) => ({ ...one, entityId: one.stored?.entityId ?? idOf.get(one) ?? '' }));
}

function begin(
  { each, decision }: Decided,
  entity: PageDecision['entity'],
  source: LinkedSource,
): JsonObject {
  const shape = linkedEntity(entity);
  return {
    ...shape.begin(each.record, source),
    ...(shape.parent ? { [shape.parent.column]: each.record[shape.parent.column] } : {}),
    ...(shape.keepsRaw ? { raw_json: each.external.raw } : {}),
    ...decision.take,
  };
}

/** Links come after all that is kept beside the rows: they keep a hash of our side as it is now. */
async function writeLinks(
  tx: Tx,
  { entity, source }: PageDecision,
  settled: readonly Settled[],
  renewed: Renewed,
): Promise<void> {
  await saveLinks(
    tx.db,
    { ...source, entity },
    settled.map((one) => ({
      entityId: one.entityId,
      externalId: one.each.external.externalId,
      base: one.decision.base,
      version: one.each.external.version ?? null,
      ...(isRepeatable(one, source, entity)
        ? { reportDigest: one.each.digest, waitsFor: renewed.waitsFor.get(one.entityId) }
        : {}),
    })),
  );
}

async function writeConflicts(tx: Tx, page: PageDecision, settled: readonly Settled[]): Promise<void> {
  const { entity, source } = page;
  const existing = settled.filter((one) => one.stored !== undefined);
  const created = settled.filter((one) => one.stored === undefined);
  const twins = created.flatMap((one) => {
    const twin = page.twins.get(one.each.external.externalId);
    return twin ? [{ twin, entityId: one.entityId }] : [];
  });
  await recordConflicts(tx.db, source, [
    ...settled.flatMap((one) => conflictsOf(entity, one)),
    ...twins.map(({ twin, entityId }) => duplicateConflict(entity, twin, entityId)),
  ]);
  await closeAfterRead(
    tx,
    { systemId: source.systemId, entity },
    {
      agreed: existing.flatMap((one) =>
        one.decision.settled.map((field) => ({ entityId: one.entityId, field })),
      ),
      readable: [
        ...existing.map((one) => one.entityId),
        ...created.map((one) => one.each.external.externalId),
      ],
      parted: twins.map(({ twin }) => twin.entityId),
    },
  );
}
