/**
 * Operations: rows of ingestion_batches. A sync run is one operation; what it does for each system and entity is a
 * child of it. Counts are added in the transaction that stores what they count, so they always add up.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { isJsonObject, type JsonObject } from '../../platform/values/index.ts';
import { recordEvents } from '../events/index.ts';
import { operationMove, type OperationEvent, type OperationStatus } from './operation-states.ts';
import { type Database, storableJson, storableText } from '../../platform/postgres/index.ts';

export interface Counts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly held: number;
  readonly failed: number;
}

export const noCounts: Counts = { read: 0, created: 0, updated: 0, unchanged: 0, held: 0, failed: 0 };

export function addCounts(left: Counts, right: Counts): Counts {
  return {
    read: left.read + right.read,
    created: left.created + right.created,
    updated: left.updated + right.updated,
    unchanged: left.unchanged + right.unchanged,
    held: left.held + right.held,
    failed: left.failed + right.failed,
  };
}

export type { OperationStatus };

export interface OperationRow {
  readonly batch_id: string;
  readonly parent_operation_id: string | null;
  readonly source_system: string;
  readonly batch_type: string | null;
  readonly operation_type: string | null;
  readonly external_system: string | null;
  readonly status: string | null;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
  readonly total_records: number | null;
  readonly retry_count: number | null;
  readonly error_details: string | null;
  readonly metadata: unknown;
}

const columns = [
  'batch_id',
  'parent_operation_id',
  'source_system',
  'batch_type',
  'operation_type',
  'external_system',
  'status',
  'started_at',
  'completed_at',
  'total_records',
  'retry_count',
  'error_details',
  'metadata',
] as const;

export interface NewOperation {
  readonly type: 'sync' | 'import' | 'export' | 'update' | 'plan' | 'undo';
  /** Name of the external system, or `internal`. */
  readonly system: string;
  /** The entity or step. */
  readonly step?: string;
  readonly parent?: string;
  readonly metadata?: JsonObject;
}

/** What a step of a workflow does bears its run: the setting holds as long as the transaction of the step. */
const ofWorkflowRun = sql`
  jsonb_strip_nulls(jsonb_build_object('workflowRun', nullif(current_setting('tieline.workflow_run', true), '')))`;

/** Everything that begins in this transaction is the work of a run of a workflow. */
export async function markWorkflowRun(db: Kysely<Database>, executionId: string): Promise<void> {
  await sql`select set_config('tieline.workflow_run', ${executionId}, true)`.execute(db);
}

/** Begins an operation. For `withOperation`, which everybody else calls. @returns its id. */
export async function beginOperation(db: Kysely<Database>, operation: NewOperation): Promise<string> {
  const row = await db
    .insertInto('ingestion_batches')
    .values({
      batch_id: sql<string>`gen_random_uuid()`,
      source_system: operation.system.slice(0, 50),
      external_system: operation.system.slice(0, 50),
      // The column is short; a file's whole name is in the metadata.
      batch_type: operation.step?.slice(0, 50) ?? null,
      operation_type: operation.type,
      parent_operation_id: operation.parent ?? null,
      total_records: 0,
      status: 'in_progress',
      started_at: sql<Date>`tieline_now()`,
      metadata: sql`${storableJson({ ...operation.metadata, counts: noCounts })}::jsonb || ${ofWorkflowRun}`,
    })
    .returning('batch_id')
    .executeTakeFirstOrThrow();
  return row.batch_id;
}

/** The child of a run for one system and step, whatever its status. */
export function findStep(
  db: Kysely<Database>,
  parent: string,
  system: string,
  step: string,
): Promise<OperationRow | undefined> {
  return db
    .selectFrom('ingestion_batches')
    .select(columns)
    .where('parent_operation_id', '=', parent)
    .where('external_system', '=', system.slice(0, 50))
    .where('batch_type', '=', step)
    .orderBy('id')
    .executeTakeFirst();
}

/** The latest time that a step of a system came to its end, in whatever run. */
export function findLatestStep(
  db: Kysely<Database>,
  system: string,
  step: string,
): Promise<OperationRow | undefined> {
  return db
    .selectFrom('ingestion_batches')
    .select(columns)
    .where('external_system', '=', system.slice(0, 50))
    .where('batch_type', '=', step)
    .where('parent_operation_id', 'is not', null)
    .where('status', 'in', ['completed', 'completed_with_issues'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export function findOperation(db: Kysely<Database>, operationId: string): Promise<OperationRow | undefined> {
  return db
    .selectFrom('ingestion_batches')
    .select(columns)
    .where('batch_id', '=', operationId)
    .executeTakeFirst();
}

export interface UnfinishedRun extends OperationRow {
  /** Whether no other run with any of the systems was begun since. */
  readonly isLatest: boolean;
}

/**
 * The runs with any of the systems that were left unfinished, the latest first: killed (still in progress; under the lock on its systems
 * its process is gone) or ended by a failure that may pass.
 */
export async function listUnfinishedRuns(
  db: Kysely<Database>,
  systems: readonly string[],
): Promise<UnfinishedRun[]> {
  // A run of an older version does not say which systems it concerns: all that were enabled then.
  const { rows } = await sql<UnfinishedRun>`
    with runs as (
      select ${sql.join(columns.map((column) => sql.ref(column)))}, id from ingestion_batches
       where operation_type = 'sync' and parent_operation_id is null
         and (metadata -> 'systems' is null or metadata -> 'systems' ?| ${[...systems]}::text[])
    )
    select ${sql.join(columns.map((column) => sql.ref(column)))}, id = (select max(id) from runs) as "isLatest"
      from runs where status = 'in_progress' or status = 'failed' and metadata ->> 'resumable' = 'true'
     order by id desc limit 100`.execute(db);
  return rows;
}

/** Makes the steps that a run did for some systems those of another run, which continues with them. */
export async function adoptSteps(
  db: Kysely<Database>,
  from: string,
  to: string,
  systems: readonly string[],
): Promise<void> {
  await sql`
    update ingestion_batches set parent_operation_id = ${to}::uuid
     where parent_operation_id = ${from}::uuid
       and external_system = any (${systems.map((name) => name.slice(0, 50))}::text[])`.execute(db);
}

/** Something that differs once a run has come further. */
export async function fetchProgress(db: Kysely<Database>, operationId: string): Promise<string> {
  const { rows } = await sql<{ reached: string }>`
    select concat_ws(' ', count(*), count(*) filter (where status like 'completed%'), sum(total_records)) as reached
      from ingestion_batches where parent_operation_id = ${operationId}::uuid`.execute(db);
  return rows[0]?.reached ?? '';
}

/** Adds to the counts of an operation: read = created + updated + unchanged + held + failed. */
export async function recordCounts(db: Kysely<Database>, operationId: string, more: Counts): Promise<void> {
  await sql`
    update ingestion_batches
       set total_records      = coalesce(total_records, 0) + ${more.read},
           successful_records = coalesce(successful_records, 0) + ${more.created + more.updated + more.unchanged},
           failed_records     = coalesce(failed_records, 0) + ${more.held + more.failed},
           metadata = jsonb_set(coalesce(metadata, '{}'), '{counts}', (
             select jsonb_object_agg(name, coalesce((metadata #>> array['counts', name])::bigint, 0) + added::bigint)
               from jsonb_each_text(${JSON.stringify(more)}::jsonb) as more(name, added)))
     where batch_id = ${operationId}::uuid`.execute(db);
}

export async function recordRetry(db: Kysely<Database>, operationId: string, error: string): Promise<void> {
  await sql`
    update ingestion_batches
       set retry_count = coalesce(retry_count, 0) + 1, error_details = ${storableText(error)}
     where batch_id = ${operationId}::uuid`.execute(db);
}

/** What an operation ends with, beside its state. */
export interface OperationOutcome {
  readonly error?: string | undefined;
  readonly metadata?: JsonObject;
}

/** SQL of whether an operation held or failed anything, by the counts that its row keeps. */
const hasIssues = sql<boolean>`coalesce((metadata #>> '{counts,held}')::bigint, 0) + coalesce((metadata #>> '{counts,failed}')::bigint, 0) > 0`;

/** @returns whether it was in a state that the event ends. */
async function endOperation(
  db: Kysely<Database>,
  operationId: string,
  event: Exclude<OperationEvent, 'resumed'>,
  outcome: OperationOutcome,
  to: RawBuilder<unknown> = sql`${operationMove(event).to}`,
): Promise<boolean> {
  const { rows } = await sql<{ parent: string | null }>`
    update ingestion_batches
       set status = ${to},
           completed_at = tieline_now(),
           error_details = ${outcome.error === undefined ? null : storableText(outcome.error)},
           metadata = coalesce(metadata, '{}') || ${storableJson(outcome.metadata ?? {})}::jsonb
     where batch_id = ${operationId}::uuid and status = any(${[...operationMove(event).from]}::text[])
    returning parent_operation_id as parent`.execute(db);
  const [ended] = rows;
  if (ended === undefined) return false;
  // What waits for a person may be another with the end of whatever was done.
  const all = ended.parent === null ? [{ kind: 'inbox.changed' } as const] : [];
  await recordEvents(db, [{ kind: 'operation.finished', subject: operationId }, ...all]);
  return true;
}

/**
 * Ends an operation in the state that is named, or as the counts say that were recorded for it. For `withOperation`, which
 * everybody else calls. @throws Error if it is not in progress: another process has ended it.
 */
export async function finishOperation(
  db: Kysely<Database>,
  operationId: string,
  event: 'completed' | 'completed_with_issues' | 'failed' | 'by counts',
  outcome: OperationOutcome = {},
): Promise<void> {
  const byCounts = sql`case when ${hasIssues} then ${operationMove('completed_with_issues').to} else ${operationMove('completed').to} end`;
  const ended =
    event === 'by counts'
      ? await endOperation(db, operationId, 'completed', outcome, byCounts)
      : await endOperation(db, operationId, event, outcome);
  if (!ended) throw new Error(`The operation ${operationId} is not in progress.`);
}

/** Ends an operation with the error that broke it off. For `withOperation`. */
export async function failOperation(
  db: Kysely<Database>,
  operationId: string,
  outcome: OperationOutcome & { readonly error: string },
): Promise<void> {
  await endOperation(db, operationId, 'failed', outcome);
}

/** Ends an unfinished run permanently: another run takes its place. */
export function giveUpRun(
  db: Kysely<Database>,
  operationId: string,
  outcome: OperationOutcome,
): Promise<boolean> {
  const metadata = { ...outcome.metadata, resumable: false };
  return endOperation(db, operationId, 'given_up', { ...outcome, metadata });
}

/** Puts an operation that was interrupted back to work. */
export async function resumeOperation(db: Kysely<Database>, operationId: string): Promise<void> {
  const { from, to } = operationMove('resumed');
  await sql`
    update ingestion_batches
       set status = ${to}, completed_at = null
     where batch_id = ${operationId}::uuid and status = any(${[...from]}::text[])`.execute(db);
}

/** The latest runs (operations without a parent), newest first. @param type of this type only. */
export function listRuns(
  db: Kysely<Database>,
  limit: number,
  type?: NewOperation['type'],
): Promise<OperationRow[]> {
  return db
    .selectFrom('ingestion_batches')
    .select(columns)
    .where('parent_operation_id', 'is', null)
    .where('operation_type', 'is not', null)
    .$if(type !== undefined, (query) => query.where('operation_type', '=', type ?? null))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Operations by the numbers of their rows. */
export function listOperationRows(
  db: Kysely<Database>,
  numbers: readonly number[],
): Promise<(OperationRow & { readonly id: number })[]> {
  return db
    .selectFrom('ingestion_batches')
    .select([...columns, 'id'])
    .where('id', 'in', [...numbers])
    .execute();
}

/** Operations whose id starts with `prefix`; at most two, since more than one is an ambiguity. */
export function findOperationsByPrefix(db: Kysely<Database>, prefix: string): Promise<OperationRow[]> {
  return db
    .selectFrom('ingestion_batches')
    .select(columns)
    .where(sql<boolean>`batch_id::text like ${`${prefix.replaceAll(/[^0-9a-f-]/gi, '').toLowerCase()}%`}`)
    .limit(2)
    .execute();
}

export function listSteps(db: Kysely<Database>, parent: string): Promise<OperationRow[]> {
  return db
    .selectFrom('ingestion_batches')
    .select(columns)
    .where('parent_operation_id', '=', parent)
    .orderBy('id')
    .execute();
}

/** The counts that an operation's row keeps. */
export function countsOf(row: Pick<OperationRow, 'metadata'> | undefined): Counts {
  const counts = isJsonObject(row?.metadata) ? row.metadata['counts'] : undefined;
  if (!isJsonObject(counts)) return noCounts;
  const one = (name: keyof Counts): number => Number(counts[name] ?? 0);
  return {
    read: one('read'),
    created: one('created'),
    updated: one('updated'),
    unchanged: one('unchanged'),
    held: one('held'),
    failed: one('failed'),
  };
}
