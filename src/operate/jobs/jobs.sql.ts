/** Jobs as rows: what was asked for, how far it is, and what came of it. src/operate/jobs/job-states.ts has their states. */
import { isUuid } from '../../platform/values/index.ts';
import { sql, type Kysely } from 'kysely';
import { type ProgressNote } from '../../ledger/operations/index.ts';
import { recordEvents } from '../../ledger/events/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string | undefined;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly requestedBy: string;
  readonly requestedByPrincipal: string;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** The operation under which it is done, once that has begun. */
  readonly operationId: string | null;
  readonly progress: {
    readonly done: number | null;
    readonly total: number | null;
    readonly unit: string | null;
    readonly step: string | null;
  };
  readonly result: Json;
  /** Why it failed, or why it waits. */
  readonly problem: Problem | null;
  readonly cancelRequestedAt: Date | null;
}

export interface JobToDo extends Job {
  readonly payload: Json;
  readonly cancelRequestedBy: string | null;
}

const columns = sql`
    j.job_id as id, j.kind, j.state, j.requested_by as "requestedBy", j.requested_by_principal as "requestedByPrincipal", j.requested_at as "requestedAt",
    j.started_at as "startedAt", j.ended_at as "endedAt", j.operation_id as "operationId",
    jsonb_build_object('done', j.done, 'total', j.total, 'unit', j.unit, 'step', j.step) as progress, j.result, j.problem,
    j.cancel_requested_at as "cancelRequestedAt"`;

/** @returns the job's id. */
export async function insertJob(
  db: Kysely<Database>,
  job: {
    readonly kind: string;
    readonly payload: JsonObject;
    readonly by: string;
    readonly principalId: string;
    readonly total?: number | undefined;
  },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into requested_jobs (kind, payload, requested_by, requested_by_principal, total)
    values (${job.kind}, ${storableJson(job.payload)}::jsonb, left(${job.by}, 255), left(${job.principalId}, 255), ${job.total ?? null})
    returning job_id as id`.execute(db);
  return rows[0]?.id ?? '';
}

export async function findJob(db: Kysely<Database>, id: string): Promise<Job | undefined> {
  if (!isUuid(id)) return undefined;
  const { rows } =
    await sql<Job>`select ${columns} from requested_jobs j where j.job_id = ${id}::uuid`.execute(db);
  return rows[0];
}

export async function findJobPayload(db: Kysely<Database>, id: string): Promise<Json | undefined> {
  const { rows } = await sql<{ payload: Json }>`
    select payload from requested_jobs where job_id = ${id}::uuid`.execute(db);
  return rows[0]?.payload;
}

export interface JobFilter {
  readonly kind?: string | undefined;
  readonly states?: readonly JobState[] | undefined;
  readonly principalId?: string | undefined;
  readonly before?: Date | undefined;
}

/** Jobs that fit, the latest first. */
export async function listJobs(db: Kysely<Database>, filter: JobFilter, limit: number): Promise<Job[]> {
  const { rows } = await sql<Job>`
    select ${columns} from requested_jobs j
     where (${filter.kind ?? null}::text is null or j.kind = ${filter.kind ?? null})
       and (${filter.states === undefined} or j.state = any(${[...(filter.states ?? [])]}::text[]))
       and (${filter.principalId ?? null}::text is null or j.requested_by_principal = ${filter.principalId ?? null})
       and (${filter.before ?? null}::timestamptz is null or j.requested_at < ${filter.before ?? null})
     order by j.requested_at desc, j.job_id limit ${limit}`.execute(db);
  return rows;
}

/** Takes a job up, for the first time or again. @returns undefined where it is over. */
export async function beginJob(db: Kysely<Database>, id: string): Promise<JobToDo | undefined> {
  const { rows } = await sql<JobToDo>`
    update requested_jobs j set state = 'running', started_at = coalesce(started_at, tieline_now()), problem = null
     where j.job_id = ${id}::uuid and j.state in ('queued', 'running')
    returning ${columns}, j.payload, j.cancel_requested_by as "cancelRequestedBy"`.execute(db);
  return rows[0];
}

/** Puts a job back that cannot be done now. */
export async function requeueJob(db: Kysely<Database>, id: string, problem: Problem): Promise<void> {
  await sql`
    update requested_jobs set state = 'queued', problem = ${storableJson(problem)}::jsonb
     where job_id = ${id}::uuid and state = 'running'`.execute(db);
}

export async function setOperation(db: Kysely<Database>, id: string, operationId: string): Promise<void> {
  await sql`update requested_jobs set operation_id = ${operationId}::uuid where job_id = ${id}::uuid`.execute(
    db,
  );
}

/** Says how far a job is. @returns who wants it to end, if anybody does. */
export async function saveJobProgress(
  db: Kysely<Database>,
  id: string,
  note: ProgressNote,
): Promise<string | undefined> {
  const { rows } = await sql<{ by: string | null }>`
    update requested_jobs
       set done = ${note.done ?? null}, total = coalesce(${note.total ?? null}, total), unit = ${note.unit ?? null}, step = ${note.step ?? null}
     where job_id = ${id}::uuid
    returning case when cancel_requested_at is not null then coalesce(cancel_requested_by, '') end as by`.execute(
    db,
  );
  await recordEvents(db, [{ kind: 'operation.progress', subject: id, count: note.done }]);
  return rows[0]?.by ?? undefined;
}

export async function findJobCanceller(db: Kysely<Database>, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ by: string | null }>`
    select case when cancel_requested_at is not null then coalesce(cancel_requested_by, '') end as by
      from requested_jobs where job_id = ${id}::uuid`.execute(db);
  return rows[0]?.by ?? undefined;
}

/** Ends a job. @returns whether it was not over. */
export async function endJob(
  db: Kysely<Database>,
  id: string,
  end: {
    readonly state: Extract<JobState, 'succeeded' | 'failed' | 'cancelled'>;
    readonly result?: Json;
    readonly problem?: Problem;
  },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update requested_jobs
       set state = ${end.state}, ended_at = tieline_now(), result = ${end.result === undefined ? null : storableJson(end.result)}::jsonb,
           problem = ${end.problem === undefined ? null : storableJson(end.problem)}::jsonb
     where job_id = ${id}::uuid and state in ('queued', 'running')`.execute(db);
  if (numAffectedRows > 0n) await recordEvents(db, [{ kind: 'operation.finished', subject: id }]);
  return numAffectedRows > 0n;
}

/** Asks for a job to end; one that nobody has taken up ends at once. @returns the state that it is in; undefined if there is none. */
export async function cancelJobRow(
  db: Kysely<Database>,
  id: string,
  by: string,
): Promise<JobState | undefined> {
  const { rows } = await sql<{ state: JobState }>`
    update requested_jobs
       set cancel_requested_at = coalesce(cancel_requested_at, tieline_now()), cancel_requested_by = coalesce(cancel_requested_by, left(${by}, 255)),
           state = case when state = 'queued' then 'cancelled' else state end,
           ended_at = case when state = 'queued' then tieline_now() else ended_at end
     where job_id = ${id}::uuid and state in ('queued', 'running')
    returning state`.execute(db);
  if (rows[0]?.state === 'cancelled') await recordEvents(db, [{ kind: 'operation.finished', subject: id }]);
  return rows[0]?.state ?? (await findJob(db, id))?.state;
}

export interface RecordResult {
  readonly record: string;
  readonly outcome: 'done' | 'unchanged' | 'refused';
  readonly detail?: Json | undefined;
}

/** Keeps what came of records, in the transaction that changed them. */
export async function insertResults(
  db: Kysely<Database>,
  jobId: string,
  results: readonly RecordResult[],
): Promise<void> {
  if (results.length === 0) return;
  await sql`
    insert into requested_job_results (job_id, record, outcome, detail)
    select ${jobId}::uuid, left(r.record, 255), r.outcome, r.detail
      from jsonb_to_recordset(${storableJson(results)}::jsonb) as r(record text, outcome text, detail jsonb)
    on conflict (job_id, record) do nothing`.execute(db);
}

/** What came of the records of a job, by record, after the one named. */
export async function listResults(
  db: Kysely<Database>,
  jobId: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<RecordResult[]> {
  const { rows } = await sql<RecordResult>`
    select record, outcome, detail from requested_job_results
     where job_id = ${jobId}::uuid and (${page.after ?? null}::text is null or record > ${page.after ?? null})
     order by record limit ${page.limit}`.execute(db);
  return rows;
}

const keptDays = 90;

/** Deletes jobs that ended long ago, with their results. @returns how many. */
export async function forgetJobs(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from requested_jobs where ended_at < tieline_now() - make_interval(days => ${keptDays})`.execute(
    db,
  );
  return Number(numAffectedRows);
}

/** Whether a file that was sent waits for its job, or is read by it. @param upload its id, which the job's payload names. */
export async function isUploadWanted(db: Kysely<Database>, upload: string): Promise<boolean> {
  const { rows } = await sql`
    select from requested_jobs j where j.state in ('queued', 'running') and j.payload ->> 'uploadId' = ${upload} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}
