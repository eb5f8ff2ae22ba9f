/** How far operations are, for other processes; and that a person wants one to end. */
import { sql, type Kysely } from 'kysely';
import { recordEvents, type EventKind } from '../events/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** How far something is. What is absent is not known. */
export interface ProgressNote {
  readonly connection?: string | undefined;
  readonly step?: string | undefined;
  readonly done?: number | undefined;
  readonly total?: number | undefined;
  /** What is counted: `records`, `bytes`. */
  readonly unit?: string | undefined;
}

/** Forgets what an earlier process said of the operation, and that it was to end: it begins, or continues. */
export async function beginProgress(db: Kysely<Database>, operationId: string): Promise<void> {
  await sql`
    insert into operation_progress (operation_id) values (${operationId}::uuid)
    on conflict (operation_id) do update
       set connection = null, step = null, done = null, total = null, unit = null, updated_at = tieline_now(),
           cancel_requested_at = null, cancel_requested_by = null`.execute(db);
}

/** Says how far an operation is. @returns who wants it to end, if anybody does. */
export async function saveProgress(
  db: Kysely<Database>,
  operationId: string,
  note: ProgressNote,
  kind: Extract<EventKind, 'operation.progress' | 'import.progress'>,
): Promise<string | undefined> {
  const { rows } = await sql<{ by: string | null }>`
    update operation_progress
       set connection = ${note.connection ?? null}, step = ${note.step ?? null}, done = ${note.done ?? null},
           total = ${note.total ?? null}, unit = ${note.unit ?? null}, updated_at = tieline_now()
     where operation_id = ${operationId}::uuid
    returning case when cancel_requested_at is not null then coalesce(cancel_requested_by, '') end as by`.execute(
    db,
  );
  await recordEvents(db, [{ kind, subject: operationId, count: note.done }]);
  return rows[0]?.by ?? undefined;
}

/** @returns who wants the operation to end, if anybody does. */
export async function findCanceller(db: Kysely<Database>, operationId: string): Promise<string | undefined> {
  const { rows } = await sql<{ by: string | null }>`
    select case when cancel_requested_at is not null then coalesce(cancel_requested_by, '') end as by
      from operation_progress where operation_id = ${operationId}::uuid`.execute(db);
  return rows[0]?.by ?? undefined;
}

export async function endProgress(db: Kysely<Database>, operationId: string): Promise<void> {
  await sql`delete from operation_progress where operation_id = ${operationId}::uuid`.execute(db);
}

/** Asks whoever does the operation to end it. @returns false if nobody can be asked: it is over, or its process says nothing of itself. */
export async function requestCancel(db: Kysely<Database>, operationId: string, by: string): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update operation_progress p set cancel_requested_at = coalesce(cancel_requested_at, tieline_now()), cancel_requested_by = coalesce(cancel_requested_by, left(${by}, 255))
      from ingestion_batches o
     where p.operation_id = ${operationId}::uuid and o.batch_id = p.operation_id and o.status = 'in_progress'`.execute(
    db,
  );
  return numAffectedRows > 0n;
}

export interface RunningOperation {
  readonly operationId: string;
  readonly type: string;
  readonly system: string;
  readonly startedAt: Date | null;
  readonly connection: string | null;
  readonly step: string | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly unit: string | null;
  readonly updatedAt: Date;
  /** Its process has said nothing for a while: it was killed, or cannot reach the database. */
  readonly isSilent: boolean;
  readonly cancelRequestedBy: string | null;
}

const silentAfterSeconds = 60;

/** Operations that a process is at, or was when it was killed, the latest first. @param operationIds only these. */
export async function listRunning(
  db: Kysely<Database>,
  operationIds?: readonly string[],
): Promise<RunningOperation[]> {
  const { rows } = await sql<RunningOperation>`
    select p.operation_id as "operationId", coalesce(o.operation_type, o.batch_type, 'import') as type,
           coalesce(o.external_system, o.source_system) as system, o.started_at as "startedAt", p.connection, p.step,
           p.done::float8 as done, p.total::float8 as total, p.unit, p.updated_at as "updatedAt",
           p.updated_at < tieline_now() - make_interval(secs => ${silentAfterSeconds}) as "isSilent",
           case when p.cancel_requested_at is not null then coalesce(p.cancel_requested_by, '') end as "cancelRequestedBy"
      from operation_progress p join ingestion_batches o on o.batch_id = p.operation_id
     where o.status = 'in_progress' and (${operationIds === undefined} or p.operation_id = any(${[...(operationIds ?? [])]}::uuid[]))
     order by o.id desc limit 100`.execute(db);
  return rows;
}
