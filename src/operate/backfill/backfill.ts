import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectorModule } from '../../connectors/kit/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import {
  backfillTables,
  estimateRowsAfter,
  fetchBackfillProgress,
  fillColumns,
  listBrokenRows,
  readBackfillBatch,
  resetBackfill,
  saveBackfillProgress,
  silenceTriggers,
  type BackfillProgress,
  type BackfillSource,
  type BackfillTable,
} from './backfill.sql.ts';
import { type HeldRecord, insertHeldRecords, withOperation } from '../../ledger/operations/index.ts';
import { type App, underWholeLock } from '../../engine/run/index.ts';
import { type Tx, underSavepoint } from '../../platform/postgres/index.ts';
import { backfillRules, type BackfillRule } from './backfill-rules.ts';

export interface BackfillOptions {
  /** The most rows a transaction; fewer where these take longer than a tenth of a second. */
  readonly batch: number;
  /** The share of the time that may be spent working, 1 to 100 percent; the rest is pause. */
  readonly share: number;
  /** From the beginning, also what was looked at before. */
  readonly again: boolean;
  readonly signal: AbortSignal;
  readonly report: (progress: { table: string; seen: number; about: number; filled: number }) => void;
}

export interface BackfillOutcome {
  readonly operationId: string;
  readonly tables: readonly BackfillProgress[];
  /** False where the owner's triggers fired for it, because the role may not switch them off. */
  readonly triggersSilent: boolean;
}

const firstBatch = 200;
const batchTargetMs = 100;
/** How often rows that another session held are looked at again before they are left for the next call. */
const passesOverMissed = 5;

/**
 * Fills Tieline's columns from what the existing application stored, table by table in batches by id. Interrupted at
 * any point it continues where it was; called again it handles rows that came since.
 * What cannot be read goes to ingestion_errors with the reason; it stops nothing.
 * @throws SYNC_RUNNING, and INTERRUPTED when the signal says so, after the current batch.
 */
export async function backfill(
  app: Pick<App, 'db' | 'store' | 'modules'>,
  options: BackfillOptions,
): Promise<BackfillOutcome> {
  return underWholeLock({ ...app, signal: options.signal }, (held) => fillAll(held, options));
}

async function fillAll(
  app: Pick<App, 'db' | 'store' | 'modules'>,
  options: BackfillOptions,
): Promise<BackfillOutcome> {
  if (options.again) await resetBackfill(app.db);
  const mappings = [...app.modules.values()].flatMap((module: ConnectorModule) => [
    ...module.declaration.mappings,
  ]);
  const rules = backfillRules(mappings);
  const asOperation = { type: 'update', system: 'internal', step: 'backfill' } as const;
  return withOperation(app.db, asOperation, async (operation) => {
    const context = { app, operationId: operation.id, options };
    let triggersSilent = true;
    const tables: BackfillProgress[] = [];
    for (const table of backfillTables) {
      const outcome = await fillTable(context, table, rules[table]);
      triggersSilent &&= outcome.triggersSilent;
      tables.push(outcome.progress);
    }
    if (tables.some((table) => table.refused > 0)) operation.conclude({ status: 'completed_with_issues' });
    return { operationId: operation.id, tables, triggersSilent };
  });
}

interface BackfillContext {
  readonly app: Pick<App, 'db' | 'store'>;
  readonly operationId: string;
  readonly options: BackfillOptions;
}

async function fillTable(
  context: BackfillContext,
  table: BackfillTable,
  rule: BackfillRule,
): Promise<{ progress: BackfillProgress; triggersSilent: boolean }> {
  const { app, options } = context;
  let progress = await fetchBackfillProgress(app.db, table);
  const about = progress.seen + (await estimateRowsAfter(app.db, table, progress.lastId));
  let triggersSilent = true;
  let size = Math.min(options.batch, firstBatch);
  const step = async (ids?: readonly number[]): Promise<boolean> => {
    options.signal.throwIfAborted();
    const started = performance.now();
    const more = await app.store.transaction(async (tx) => {
      triggersSilent = (await silenceTriggers(tx)) && triggersSilent;
      const batch = await readBackfillBatch(tx, table, {
        afterId: progress.lastId,
        limit: size,
        ...(ids ? { ids } : {}),
      });
      progress = await takeBatch(tx, context, { progress, rule, batch, ids });
      return batch.lastId !== undefined;
    });
    options.report({
      table,
      seen: progress.seen,
      about: Math.max(about, progress.seen),
      filled: progress.filled,
    });
    const workedMs = performance.now() - started;
    // Whoever wants to write one of these rows waits for the whole batch.
    size = Math.round(Math.min(options.batch, Math.max(50, size * Math.min(2, batchTargetMs / workedMs))));
    if (more && options.share < 100)
      await delay((workedMs * (100 - options.share)) / options.share, undefined, { signal: options.signal });
    return more;
  };
  while (await step());
  for (let pass = 0; pass < passesOverMissed && progress.missed.length > 0; pass += 1) {
    if (pass > 0) await delay(500 * pass, undefined, { signal: options.signal });
    const missed = progress.missed;
    for (let at = 0; at < missed.length; at += firstBatch) await step(missed.slice(at, at + firstBatch));
  }
  await saveBackfillProgress(app.db, context.operationId, progress, progress.missed.length === 0);
  return { progress, triggersSilent };
}

async function takeBatch(
  tx: Tx,
  context: BackfillContext,
  given: {
    readonly progress: BackfillProgress;
    readonly rule: BackfillRule;
    readonly batch: Awaited<ReturnType<typeof readBackfillBatch>>;
    readonly ids: readonly number[] | undefined;
  },
): Promise<BackfillProgress> {
  const { progress, rule, batch, ids } = given;
  const fillings: { id: number; values: JsonObject }[] = [];
  const refused: HeldRecord[] = [];
  for (const source of batch.sources) {
    const { values, faults } = rule(source);
    if (Object.keys(values).length > 0) fillings.push({ id: source.id, values });
    if (faults.length > 0) refused.push(refusal(progress.table, source, faults));
  }
  const broken = new Map(
    (
      await listBrokenRows(
        tx,
        progress.table,
        fillings.map((filling) => filling.id),
      )
    ).map((row) => [row.id, row.constraint]),
  );
  for (const source of batch.sources) {
    const constraint = broken.get(source.id);
    if (constraint === undefined) continue;
    const message = 'the row breaks this check of the application, so PostgreSQL refuses every update of it';
    refused.push(refusal(progress.table, source, [{ field: constraint, message }]));
  }
  const writable = fillings.filter((filling) => !broken.has(filling.id));
  const filled = await fillOrRefuse(tx, progress.table, writable, (id, fault) => {
    const source = batch.sources.find((each) => each.id === id);
    if (source) refused.push(refusal(progress.table, source, [fault]));
  });
  await insertHeldRecords(tx.db, context.operationId, refused);
  const looked = new Set(ids);
  const values = { ...progress.values };
  for (const [column, n] of Object.entries(filled.byColumn)) values[column] = (values[column] ?? 0) + n;
  const next: BackfillProgress = {
    ...progress,
    lastId: ids ? progress.lastId : (batch.lastId ?? progress.lastId),
    seen: progress.seen + batch.sources.length,
    filled: progress.filled + filled.rows,
    refused: progress.refused + refused.length,
    values,
    missed: [...progress.missed.filter((id) => !looked.has(id)), ...batch.missed],
  };
  await saveBackfillProgress(tx.db, context.operationId, next, false);
  return next;
}

type Filled = Awaited<ReturnType<typeof fillColumns>>;

/** A row that a rule of the owner's refuses (it may break a check that was never held against it) is left as it is. */
async function fillOrRefuse(
  tx: Tx,
  table: BackfillTable,
  fillings: readonly { id: number; values: JsonObject }[],
  refuse: (id: number, fault: { field: string; message: string }) => void,
): Promise<Filled> {
  const outcome = await underSavepoint(tx, () => fillColumns(tx, table, fillings));
  if (outcome.ok) return outcome.result;
  const [only] = fillings;
  if (only && fillings.length === 1) {
    refuse(only.id, outcome);
    return { rows: 0, byColumn: {} };
  }
  const half = Math.ceil(fillings.length / 2);
  const left = await fillOrRefuse(tx, table, fillings.slice(0, half), refuse);
  const right = await fillOrRefuse(tx, table, fillings.slice(half), refuse);
  const byColumn = { ...left.byColumn };
  for (const [column, n] of Object.entries(right.byColumn)) byColumn[column] = (byColumn[column] ?? 0) + n;
  return { rows: left.rows + right.rows, byColumn };
}

function refusal(
  table: BackfillTable,
  source: BackfillSource,
  faults: readonly { field: string; message: string }[],
): HeldRecord {
  return {
    table,
    identifier: String(source.id),
    type: 'backfill',
    message: faults.map((fault) => `${fault.field}: ${fault.message}`).join('; '),
    raw: source.raw ?? null,
  };
}
