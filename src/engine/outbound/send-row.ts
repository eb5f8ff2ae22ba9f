/**
 * Sends one row of the outbox. A row that may have arrived (marked sent, and no answer seen) is looked up at the remote
 * before it is sent again, so that a timeout after the remote committed makes no second POA&M.
 */
import type { EntityType, ExternalRecord, WriteResult } from '../../connectors/kit/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { addCounts, type Counts, noCounts, recordCounts } from '../../ledger/operations/index.ts';
import { markFailed, type OutboxRow, postpone, supersede } from '../outbox/index.ts';
import { type ConflictToRecord, recordConflicts } from '../conflicts/index.ts';
import { inTransaction } from '../../platform/postgres/index.ts';
import type { ConnectedSystem } from '../connections/index.ts';
import { isOfSystem, type RunContext } from '../run/index.ts';
import { claimRow, type Claim } from './claim-row.ts';
import { confirmRow, shows, takeIn } from './confirm.ts';
import { changeOf, outboundEdition } from './outbound-change.ts';
import { replanRecord } from './plan-edits.ts';

/** How often an unclear outcome is looked up and sent again within one run. */
const attemptsPerRun = 4;
/** An outcome that stays unclear so often is for a person. */
const attemptsInAll = 24;
/** Back-off doubles from two seconds up to this. */
const longestPauseSeconds = 300;

/** Entities whose writes take effect once however often they are sent; an unclear one needs no look-up. */
const repeatable: ReadonlySet<string> = new Set(['asset_tag']);

/** Failures of the system, not of the row: no other row would fare better. */
const concernsAll: ReadonlySet<string> = new Set([
  'REMOTE_UNREACHABLE',
  'REMOTE_RATE_LIMITED',
  'REMOTE_CIRCUIT_OPEN',
]);

export type SendOutcome =
  | {
      readonly settled: true;
      readonly counts: Counts;
      /** Of the record, where the remote took the change. */
      readonly version?: string | undefined;
      /** The record was merged anew, and what is left of the change is in the outbox again. */
      readonly planned?: true;
      /** Why it did not leave: see `claim-row.ts`. */
      readonly unsent?: Exclude<Claim, 'claimed'>;
    }
  /** Still open, and to be tried later. */
  | { readonly settled: false; readonly because: TielineError };

/**
 * Sends a row, or finds out that it arrived already.
 * @throws TielineError where no other row of the system would fare better, or nobody may write there.
 */
export async function sendRow(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
): Promise<SendOutcome> {
  try {
    return await attempt(context, system, operationId, row);
  } catch (error) {
    // Of the row itself nothing is known to be wrong when it is the database that is away.
    if (!(error instanceof TielineError) || !isOfSystem(error, context.signal)) throw error;
    if (error.code === 'MAPPING_INVALID') {
      const fields = error.fields.map((each) => ({ ...each }));
      const counts = await refuse(context, system, operationId, row, {
        type: 'unmappable_value',
        failure: { outcome: 'unmappable', message: messageOf(error), fields },
      });
      return { settled: true, counts };
    }
    if (!error.entry.retryable) throw error;
    await putOff(context, row, row.attempts + 1);
    if (concernsAll.has(error.code)) throw error;
    return { settled: false, because: error };
  }
}

/** Looks a row up that may have arrived: confirms it, or makes it pending again. */
export async function settleRow(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
): Promise<void> {
  const found = repeatable.has(row.entity_type) ? undefined : await lookUp(context, system, row);
  if (found && shows(system, row, found)) await confirm(context, system, operationId, row, found);
  else await postpone(context.db, row.id, { seconds: 0, arrived: false });
}

function putOff(context: RunContext, row: OutboxRow, attempts: number): Promise<void> {
  const seconds = Math.min(2 ** Math.min(attempts, 10), longestPauseSeconds);
  return postpone(context.db, row.id, { seconds, arrived: true });
}

async function attempt(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
): Promise<SendOutcome> {
  const change = changeOf(system, row);
  let mayHaveArrived = row.state === 'sent';
  for (let tried = 1; ; tried += 1) {
    if (mayHaveArrived && !repeatable.has(row.entity_type)) {
      const found = await lookUp(context, system, row);
      if (found && shows(system, row, found)) return await confirm(context, system, operationId, row, found);
    }
    const claim = await claimRow(context.pool, system, row.id);
    if (claim !== 'claimed') return { settled: true, counts: noCounts, unsent: claim };
    const result = await system.connector.write(row.entity_type as EntityType, change, context.signal);
    if (result.outcome !== 'unknown') return await settle(context, system, operationId, row, result);
    context.log.warn(
      { operation: operationId, entity: row.entity_type, record: row.entity_id, attempt: tried },
      `outcome unclear: ${result.message}`,
    );
    const inAll = row.attempts + tried;
    if (inAll >= attemptsInAll) {
      const message = `Whether it arrived stayed unclear after ${inAll} attempts: ${result.message}`;
      const counts = await refuse(context, system, operationId, row, {
        type: 'unclear_outcome',
        failure: { outcome: 'unclear', message, fields: [] },
      });
      return { settled: true, counts };
    }
    if (tried >= attemptsPerRun) {
      await putOff(context, row, inAll);
      const because = new TielineError(
        'REMOTE_FAILED',
        `Whether ${row.entity_type} ${row.entity_id} arrived at ${system.name} is unclear: ${result.message}`,
        { remedy: 'Run the sync again: it looks the record up before it sends it again.' },
      );
      return { settled: false, because };
    }
    mayHaveArrived = true;
    await context.sleep(100 * 2 ** tried, context.signal);
  }
}

function lookUp(
  context: RunContext,
  system: ConnectedSystem,
  row: OutboxRow,
): Promise<ExternalRecord | undefined> {
  const parent = row.parent_external_id === null ? {} : { parentId: row.parent_external_id };
  const key =
    row.external_id === null
      ? ({ by: 'idempotency-key', idempotencyKey: row.idempotency_key, ...parent } as const)
      : ({ by: 'id', externalId: row.external_id, ...parent } as const);
  return system.connector.find(row.entity_type as EntityType, key, context.signal);
}

/**
 * The POA&M whose milestone was written. The write has given it a new time, by a clock that may be behind: what somebody
 * edited there just before could lie before the mark of the next incremental read, and would not be seen by it.
 */
function readParent(
  context: RunContext,
  system: ConnectedSystem,
  row: OutboxRow,
): Promise<ExternalRecord | undefined> {
  if (row.entity_type !== 'milestone' || row.parent_external_id === null) return Promise.resolve(undefined);
  return system.connector.find('poam', { by: 'id', externalId: row.parent_external_id }, context.signal);
}

async function confirm(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
  record: ExternalRecord,
): Promise<SendOutcome> {
  const touched = await readParent(context, system, row);
  return inTransaction(context.pool, async (tx) => {
    const counts = await confirmRow(tx, system, operationId, row, record);
    if (touched) await takeIn(tx, system, operationId, 'poam', touched);
    await recordCounts(tx.db, operationId, counts);
    return { settled: true, counts, version: record.version };
  });
}

async function settle(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
  result: Exclude<WriteResult, { outcome: 'unknown' }>,
): Promise<SendOutcome> {
  if (result.outcome === 'confirmed') return confirm(context, system, operationId, row, result.record);
  if (result.outcome === 'conflict' && result.current && !isUnmoved(row, result.current)) {
    const counts = await mergeAnew(context, system, operationId, row, result.current);
    return { settled: true, counts, planned: true };
  }
  const conflictType = {
    rejected: 'validation_rejected',
    conflict: 'stale_version',
    missing: 'missing_record',
  } as const;
  const isUnmovedConflict = result.outcome === 'conflict' && result.current !== undefined;
  const outcome = isUnmovedConflict ? 'rejected' : result.outcome;
  context.log.warn(
    { operation: operationId, entity: row.entity_type, record: row.entity_id, outcome },
    result.message,
  );
  const fields = result.outcome === 'rejected' ? result.fields.map((each) => ({ ...each })) : [];
  const counts = await refuse(context, system, operationId, row, {
    type: conflictType[outcome],
    failure: { outcome, message: result.message, fields },
  });
  return { settled: true, counts };
}

/**
 * Whether the record is still as this was decided on: the remote refuses for another reason (a key that must be unique), and
 * would refuse again.
 */
const isUnmoved = (row: OutboxRow, current: ExternalRecord): boolean =>
  row.base_version !== null && current.version === row.base_version;

/**
 * The remote has moved on since this was decided: what it has now is taken in like any other record, and what is still to go
 * out is planned anew upon it, field by field; only a field that both sides edited is a conflict.
 */
async function mergeAnew(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
  current: ExternalRecord,
): Promise<Counts> {
  const counts = { ...noCounts, read: 1, unchanged: 1 };
  return inTransaction(context.pool, async (tx) => {
    await supersede(tx.db, row.id);
    await takeIn(tx, system, operationId, row.entity_type, current);
    await replanRecord(tx, system, operationId, { entity: row.entity_type, entityId: row.entity_id });
    await recordCounts(tx.db, operationId, counts);
    return counts;
  });
}

/** The row cannot go out as it is: it rests until a person acts, or a later decision takes its place. */
async function refuse(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
  refusal: {
    readonly type: ConflictToRecord['type'];
    readonly failure: {
      readonly outcome: string;
      readonly message: string;
      readonly fields: { field: string; message: string }[];
    };
  },
): Promise<Counts> {
  const counts = { ...noCounts, read: 1, held: 1 };
  return inTransaction(context.pool, async (tx) => {
    const { message, fields } = refusal.failure;
    // By which mappings it was spelled: under others it may be taken (`retry-refused.ts`).
    await markFailed(tx.db, row.id, {
      ...refusal.failure,
      mappings: outboundEdition(system, row.entity_type),
    });
    await recordConflicts(tx.db, { systemId: row.external_system_id, operationId }, [
      {
        entity: row.entity_type,
        entityId: row.entity_id,
        type: refusal.type,
        internal: row.payload,
        external: { message, fields },
      },
    ]);
    await recordCounts(tx.db, operationId, counts);
    return addCounts(noCounts, counts);
  });
}
