/**
 * Sends what the outbox holds. Rows of one record go out in order, different records side by side. A row that may have
 * arrived (marked sent, and no answer seen) is looked up at the remote before it is sent again, so that a timeout after
 * the remote committed makes no second POA&M.
 */
import type { EntityType, ExternalRecord, WriteResult } from '../../connectors/kit/contract.ts';
import { TielineError } from '../../errors/tieline-error.ts';
import { addCounts, noCounts, recordCounts, type Counts } from '../../store/operations.ts';
import { listOpenRows, markFailed, markSent, type OutboxRow } from '../../store/outbox.ts';
import { recordConflicts } from '../../store/conflicts.ts';
import { inTransaction } from '../../store/transaction.ts';
import type { ConnectedSystem } from '../connections/connected-system.ts';
import type { RunContext } from '../runs/run-context.ts';
import { confirmRow, shows } from './confirm.ts';
import { changeOf } from './outbound-change.ts';

const pageSize = 200;
const parallel = 4;
/** How often an unclear outcome is looked up and sent again within one run. */
const attemptsPerRun = 4;

/** Entities whose writes take effect once however often they are sent; an unclear one needs no look-up. */
const repeatable: ReadonlySet<string> = new Set(['asset_tag']);

/**
 * Sends every open row of a system whose entity is wanted.
 * @throws TielineError when the remote cannot be reached or an outcome stays unclear; the rows stay for the next run.
 */
export async function drainOutbox(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  wanted: (entity: EntityType) => boolean,
): Promise<void> {
  let afterId = 0;
  for (;;) {
    const page = await listOpenRows(context.db, system.id, afterId, pageSize);
    if (page.length === 0) return;
    afterId = page.at(-1)?.id ?? afterId;
    const rows = page.filter((row) => wanted(row.entity_type as EntityType)); // the outbox holds entities only
    const records = [...Map.groupBy(rows, (row) => `${row.entity_type} ${row.entity_id}`).values()];
    let done = 0;
    await eachOf(records, parallel, async (ofOneRecord) => {
      for (const row of ofOneRecord) {
        context.signal.throwIfAborted();
        const counts = await sendRow(context, system, operationId, row);
        done += 1;
        context.report({
          system: system.name,
          step: 'send',
          state: 'working',
          counts,
          done,
          total: rows.length,
        });
      }
    });
  }
}

/** Works on all items, a few at a time; after a failure no further item is begun, and the first failure is thrown. */
async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  let failed = false;
  const lanes = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (const item of left) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  });
  const outcomes = await Promise.allSettled(lanes);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}

async function sendRow(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
): Promise<Counts> {
  const change = changeOf(system, row);
  let mayHaveArrived = row.state === 'sent';
  for (let attempt = 1; ; attempt += 1) {
    if (mayHaveArrived && !repeatable.has(row.entity_type)) {
      const found = await lookUp(context, system, row);
      if (found && shows(system, row, found)) return confirm(context, system, operationId, row, found);
    }
    await markSent(context.db, row.id);
    const result = await system.connector.write(row.entity_type as EntityType, change, context.signal);
    if (result.outcome !== 'unknown') return settle(context, system, operationId, row, result);
    context.log.warn(
      { operation: operationId, entity: row.entity_type, record: row.entity_id, attempt },
      `outcome unclear: ${result.message}`,
    );
    if (attempt >= attemptsPerRun)
      throw new TielineError(
        'REMOTE_FAILED',
        `Whether ${row.entity_type} ${row.entity_id} arrived at ${system.name} is unclear: ${result.message}`,
        {
          remedy: 'Run the sync again: it looks the record up before it sends it again.',
        },
      );
    mayHaveArrived = true;
    await context.sleep(100 * 2 ** attempt, context.signal);
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

async function confirm(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
  record: ExternalRecord,
): Promise<Counts> {
  return inTransaction(context.pool, async (tx) => {
    const counts = await confirmRow(tx, system, operationId, row, record);
    await recordCounts(tx.db, operationId, counts);
    return counts;
  });
}

async function settle(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
  result: Exclude<WriteResult, { outcome: 'unknown' }>,
): Promise<Counts> {
  if (result.outcome === 'confirmed') return confirm(context, system, operationId, row, result.record);
  const conflictType = {
    rejected: 'validation_rejected',
    conflict: 'stale_version',
    missing: 'missing_record',
  } as const;
  const counts = { ...noCounts, read: 1, held: 1 };
  context.log.warn(
    { operation: operationId, entity: row.entity_type, record: row.entity_id, outcome: result.outcome },
    result.message,
  );
  return inTransaction(context.pool, async (tx) => {
    const fields = result.outcome === 'rejected' ? result.fields.map((each) => ({ ...each })) : [];
    await markFailed(tx.db, row.id, { outcome: result.outcome, message: result.message, fields });
    await recordConflicts(tx.db, operationId, [
      {
        entity: row.entity_type,
        entityId: row.entity_id,
        type: conflictType[result.outcome],
        internal: row.payload,
        external: { message: result.message, fields },
      },
    ]);
    await recordCounts(tx.db, operationId, counts);
    return addCounts(noCounts, counts);
  });
}
