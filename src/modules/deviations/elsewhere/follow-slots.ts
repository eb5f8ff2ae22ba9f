/**
 * The deviation that a POA&M shows, in both directions: what was decided in the GRC system is carried out here, as if it had been decided
 * here, and what is asked and decided here is written into the fields that go to the GRC system with the next edits.
 *
 * Runs after the reads, so that the fields have been merged: where both sides decided differently there is a conflict of the field, and nothing
 * happens until a person has settled it. Only what both sides agree on counts as said by the GRC system: a value that somebody only put into
 * our record is written over by what the deviations say. Gather, decide, apply: `decide-slot.ts` decides.
 */
import { everywhere } from '../../../canonical/access/index.ts';
import { rulesOf } from '../../../engine/approvals/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { askAbout } from '../../../record/poam-life/index.ts';
import { type DeviationRow, listDeviationsOf } from '../deviations.sql.ts';
import { findDeviatedPoam } from '../scope.sql.ts';
import { carryOut } from './carry-out.ts';
import type { Following } from './following.ts';
import { decideSlot, type SlotDecision } from './decide-slot.ts';
import { emptySlot, kindNamed, referredId, sameDecision, shownOf, type Slot, slotFrom } from './slot.ts';
import { listSlots, type SlotRow } from './slots.sql.ts';

export interface Imported {
  readonly decisions: number;
  /** POA&Ms whose fields are to say what holds now: about none of them is a person asked anything. */
  readonly settled: readonly string[];
}

/** Imports what was decided in the GRC system, and asks about what cannot be. */
export async function importSlots(tx: Tx, following: Following): Promise<Imported> {
  const rows = await listSlots(tx.db, following.system.id);
  const questions: { poamId: string; params: JsonObject }[] = [];
  let imported = 0;
  const all = await listDeviationsOf(
    tx.db,
    rows.map(({ poamId }) => poamId),
  );
  const before = Map.groupBy(all, ({ poamId }) => poamId);
  for (const row of rows) {
    const there = saidThere(row);
    if (there === undefined) continue;
    const decision = await decide(tx, there, { row, known: before.get(row.poamId) ?? [], following });
    if (decision.do === 'ask') {
      const { system } = following;
      const params = { why: decision.why, system: system.name, kind: there.kind, status: there.status };
      questions.push({ poamId: row.poamId, params: { ...params, ...decision.params } });
    } else if (decision.do !== 'nothing') {
      imported += 1;
      await carryOut(tx, { ...following, poamId: row.poamId, there, decision });
    }
  }
  await askAbout(
    tx.db,
    { systemId: following.system.id, operationId: following.operationId },
    ['deviation_there'],
    questions.map((each) => ({ ...each, code: 'deviation_there' as const })),
  );
  const asked = new Set(questions.map(({ poamId }) => poamId));
  const settled = rows.filter(({ poamId, isHeld }) => !isHeld && !asked.has(poamId));
  return { decisions: imported, settled: settled.map(({ poamId }) => poamId) };
}

/** What the GRC system said of itself; undefined: nothing new. */
function saidThere(row: SlotRow): Slot | undefined {
  if (row.isHeld) return undefined;
  const [here, there] = [slotFrom(row.here, 'deviation_'), slotFrom(row.agreed, 'deviation_')];
  const shown = row.shown === null ? emptySlot : slotFrom(row.shown, '');
  return sameDecision(here, there) && !sameDecision(there, shown) ? there : undefined;
}

async function decide(
  tx: Tx,
  there: Slot,
  {
    row: { poamId, askedSince },
    known,
    following: { now },
  }: { readonly row: SlotRow; readonly known: readonly DeviationRow[]; readonly following: Following },
): Promise<SlotDecision> {
  const poam = await findDeviatedPoam(tx.db, everywhere, poamId);
  if (!poam) return { do: 'nothing' };
  const kind = kindNamed(there.kind);
  const id = referredId(there.reference);
  // What is cleared is said of the deviation that was shown.
  const named = there.status === null ? shownOf(known) : known.find((each) => each.id === id);
  const alike = named === undefined ? known.filter((each) => each.kind === kind) : [];
  // A person was asked what to make of it, and those who decide here have approved one of the kind since: that is shown instead.
  const isAnswered = ({ state, decidedAt }: DeviationRow): boolean =>
    state === 'approved' && askedSince !== null && decidedAt !== null && decidedAt > askedSince;
  if (alike.some(isAnswered)) return { do: 'nothing' };
  const waiting = alike.find(({ state }) => state === 'requested');
  if (waiting) return { do: 'ask', why: 'both', params: { id: waiting.id } };
  const rules =
    kind === undefined
      ? { refusal: null, longestDays: null }
      : await rulesOf(tx.db, { kind, boundary: poam.boundary, severity: poam.severity });
  return decideSlot(there, named, {
    today: now.toISOString().slice(0, 10),
    isPoamOpen: poam.isOpen || poam.isDeviating,
    ...rules,
  });
}
