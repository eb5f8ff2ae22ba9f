/**
 * Carries out what was decided about the answer to a change: its row, link and base, journal, conflicts and counts, in one
 * transaction. Changes that are confirmed at about the same time share one: a change on its own takes some forty statements, each of which
 * waited for the counts of the same operation, so that a drain of many kept two cores busy below the rate of its remote.
 */
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import type { TielineError } from '../../platform/errors/index.ts';
import { recordConflicts } from '../../ledger/conflicts/index.ts';
import { addCounts, type Counts, noCounts, recordCounts } from '../../ledger/operations/index.ts';
import { markFailed, markMovedOn, markUnanswered, type OutboxRow } from '../outbox/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { RunContext } from '../run/index.ts';
import type { Claim } from './claim-row.ts';
import { confirmRows, takeIn, type Confirmation, type Origin } from './confirm.ts';
import type { Outcome, Refusal } from './decide-outcome.ts';
import { outboundEdition } from './outbound-change.ts';
import { replanRecord } from './plan-edits.ts';

/** What is the same for every change that a drain sends. */
export interface Sending extends Origin {
  readonly context: RunContext;
}

export type SendOutcome =
  | {
      readonly settled: true;
      readonly counts: Counts;
      /** Of the record, where the remote accepted the change. */
      readonly version?: string | undefined;
      /** The record was merged again, and what is left of the change is in the outbox again. */
      readonly planned?: true;
      /** Why it did not leave: see `claim-row.ts`. */
      readonly unsent?: Exclude<Claim, 'claimed'>;
    }
  /** Still open, and to be tried later. */
  | { readonly settled: false; readonly because: TielineError };

/** Keeps what the remote has now, of several changes in one transaction. @returns the outcome of each, in their order. */
export async function applyConfirmations(
  sending: Sending,
  confirmations: readonly Confirmation[],
): Promise<readonly SendOutcome[]> {
  return sending.context.store.transaction(async (tx) => {
    const counts = await confirmRows(tx, sending, confirmations);
    await recordCounts(tx.db, sending.operationId, counts.reduce(addCounts, noCounts));
    return confirmations.map(({ record: { version } }, at) => ({
      settled: true,
      counts: counts[at] ?? noCounts,
      version,
    }));
  });
}

/** Carries out any other outcome. */
export async function applyOutcome(
  sending: Sending,
  row: OutboxRow,
  outcome: Exclude<Outcome, { to: 'confirm' | 'look up' }>,
): Promise<SendOutcome> {
  if (outcome.to === 'put off') {
    await markUnanswered(sending.context.db, row.id, outcome.seconds);
    return { settled: false, because: outcome.because };
  }
  const counts =
    outcome.to === 'merge' ? { ...noCounts, read: 1, unchanged: 1 } : { ...noCounts, read: 1, held: 1 };
  await sending.context.store.transaction(async (tx) => {
    if (outcome.to === 'merge') await mergeAgain(tx, sending, row, outcome.current);
    else await refuse(tx, sending, row, outcome);
    await recordCounts(tx.db, sending.operationId, counts);
  });
  return { settled: true, counts, ...(outcome.to === 'merge' ? { planned: true } : {}) };
}

/**
 * The remote has moved on since this was decided: what it has now is imported like any other record, and what is still to go
 * out is planned again on top of it, field by field; only a field that both sides edited is a conflict.
 */
async function mergeAgain(tx: Tx, sending: Sending, row: OutboxRow, current: ExternalRecord): Promise<void> {
  const { system, operationId } = sending;
  await markMovedOn(tx.db, row.id);
  await takeIn(tx, sending, row.entity_type, [current]);
  await replanRecord(tx, system, operationId, { entity: row.entity_type, entityId: row.entity_id });
}

/** The row cannot go out as it is: it rests until a person acts, or a later decision takes its place. */
async function refuse(
  tx: Tx,
  { system, operationId }: Sending,
  row: OutboxRow,
  refusal: Refusal,
): Promise<void> {
  const { outcome, message } = refusal.failure;
  const fields = refusal.failure.fields.map((each) => ({ ...each }));
  // By which mappings it was spelled: under others it may be taken (`retry-refused.ts`).
  const mappings = outboundEdition(system, row.entity_type);
  await markFailed(tx.db, row.id, refusal.event, { outcome, message, fields, mappings });
  await recordConflicts(tx.db, { systemId: system.id, operationId }, [
    {
      entity: row.entity_type,
      entityId: row.entity_id,
      type: refusal.conflict,
      internal: row.payload,
      external: { message, fields },
    },
  ]);
}
