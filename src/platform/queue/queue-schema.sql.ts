/** Where the job queue is: a schema of its own beside ours, made by the queue's library and not by our migrations. */
import { sql, type Kysely } from 'kysely';
import type { Json } from '../values/index.ts';
import { type Database, storableJson } from '../postgres/index.ts';

export const queueSchema = 'tieline_jobs';

export async function hasQueue(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass(${`${queueSchema}.migrations`}) is not null as there`.execute(db);
  return rows[0]?.there ?? false;
}

/** Whether its installation was completed. The library makes its tables one migration after the other, so that they may be there before what adds a job is. */
export async function isQueueComplete(db: Kysely<Database>): Promise<boolean> {
  if (!(await hasQueue(db))) return false;
  const { rows } = await sql`
    select from tieline_objects where object_kind = 'schema' and object_name = ${queueSchema}`.execute(db);
  return rows.length > 0;
}

/** Puts the queue's schema on the list of what Tieline added, so that `tieline db remove` takes it away again. */
export async function recordQueue(db: Kysely<Database>): Promise<void> {
  await sql`
    insert into tieline_objects (object_kind, schema_name, table_name, object_name)
    select 'schema', ${queueSchema}, null, ${queueSchema}
     where not exists (select from tieline_objects where object_kind = 'schema' and object_name = ${queueSchema})`.execute(
    db,
  );
}

export interface JobToQueue {
  readonly task: string;
  readonly payload: Json;
  /** Only one of several jobs with one key waits. */
  readonly key: string;
  /** Jobs of one queue run one after another; those of others, or of none, beside them. */
  readonly queue: string | undefined;
  readonly attempts: number;
}

/** Puts a job into the queue, in the transaction of what makes it necessary. */
export async function enqueueJob(db: Kysely<Database>, job: JobToQueue): Promise<void> {
  await sql`
    select ${sql.id(queueSchema)}.add_job(
      identifier => ${job.task}::text, payload => ${storableJson(job.payload)}::json, queue_name => ${job.queue ?? null}::text,
      max_attempts => ${job.attempts}::int, job_key => ${job.key}::text, job_key_mode => 'replace'::text)`.execute(
    db,
  );
}

/** As `enqueueJob`, for many at once: one statement. */
export async function enqueueJobs(db: Kysely<Database>, jobs: readonly JobToQueue[]): Promise<void> {
  if (jobs.length === 0) return;
  await sql`
    select ${sql.id(queueSchema)}.add_job(
             identifier => j.task, payload => j.payload, queue_name => j.queue, max_attempts => j.attempts, job_key => j.key,
             job_key_mode => 'replace'::text)
      from jsonb_to_recordset(${storableJson(jobs)}::jsonb) as j(task text, payload json, queue text, attempts int, key text)`.execute(
    db,
  );
}

/** The first of the two numbers of the lock by which a worker shows that it lives; the second is its own. */
export const presenceLockKey = 745_321;

/** Who holds jobs or queues, living or not. */
export async function listJobHolders(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ holder: string }>`
    select locked_by as holder from ${sql.id(queueSchema)}._private_jobs where locked_by is not null
    union
    select locked_by from ${sql.id(queueSchema)}._private_job_queues where locked_by is not null`.execute(db);
  return rows.map((row) => row.holder);
}

/** The numbers of the workers that live. */
export async function listPresentWorkers(db: Kysely<Database>): Promise<number[]> {
  const { rows } = await sql<{ number: number }>`
    select objid::int8 as number from pg_locks
     where locktype = 'advisory' and classid = ${presenceLockKey}::int4::oid and objsubid = 2 and granted
       and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.map((row) => Number(row.number));
}

/** How many workers live. */
export const countWorkers = async (db: Kysely<Database>): Promise<number> =>
  (await listPresentWorkers(db)).length;

/** Gives back what workers hold that are gone; it is worked on by the next one that looks. */
export async function freeJobsOf(db: Kysely<Database>, holders: readonly string[]): Promise<void> {
  await sql`select ${sql.id(queueSchema)}.force_unlock_workers(${[...holders]}::text[])`.execute(db);
}
