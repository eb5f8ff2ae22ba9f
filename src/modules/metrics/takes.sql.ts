/** What a take asks before it begins: whether it is time, what is recorded, which boundaries there are. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { type Lack, lacks as lackSpecs } from './lacks.ts';

const takeLock = 7_415_265;

/** One take at a time, until the transaction ends: two would replace each other's rows. */
export async function lockTakes(db: Kysely<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${takeLock})`.execute(db);
}

/** Does work of a transaction so that what it did is undone, and nothing else, where it fails. @throws what the work throws. */
export async function apart<T>(db: Kysely<Database>, work: () => Promise<T>): Promise<T> {
  await sql`savepoint apart`.execute(db);
  try {
    const result = await work();
    await sql`release savepoint apart`.execute(db);
    return result;
  } catch (error) {
    // If this fails too, the connection is gone; what failed first is what counts.
    await sql`rollback to savepoint apart`.execute(db).catch(() => undefined);
    throw error;
  }
}

/** Those of these that are not recorded. */
export async function findLacks(db: Kysely<Database>, asked: ReadonlySet<Lack>): Promise<ReadonlySet<Lack>> {
  const missing = new Set<Lack>();
  for (const lack of asked) {
    const { rows } = await sql<{ exists: boolean }>`${sql.raw(lackSpecs[lack].isThere)} as "exists"`.execute(
      db,
    );
    if (rows[0]?.exists !== true) missing.add(lack);
  }
  return missing;
}

export async function listBoundaryIds(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select system_id::text as id from ingestion_systems order by 1`.execute(db);
  return rows.map(({ id }) => id);
}

export interface Known {
  /** The first day of which anything is recorded; null: nothing is. */
  readonly findings: string | null;
  readonly poams: string | null;
  /** `name day` of what is there. */
  readonly taken: ReadonlySet<string>;
}

/** What of the past is recorded and taken. @param from the first day that is asked about. */
export async function findKnown(db: Kysely<Database>, from: string): Promise<Known> {
  const { rows } = await sql<{ findings: string | null; poams: string | null }>`
    select (select to_char(min(first_found), 'YYYY-MM-DD') from ingestion_vulnerabilities where finding_key is not null) as findings,
           (select to_char(min(created_at), 'YYYY-MM-DD') from ingestion_poams) as poams`.execute(db);
  const { rows: takes } = await sql<{ name: string; day: string }>`
    select d.metric_name as name, to_char(t.taken_on, 'YYYY-MM-DD') as day
      from metrics_takes t join metrics_definitions d on d.id = t.metric_id where t.taken_on >= ${from}::date`.execute(
    db,
  );
  return {
    findings: rows[0]?.findings ?? null,
    poams: rows[0]?.poams ?? null,
    taken: new Set(takes.map(({ name, day }) => `${name} ${day}`)),
  };
}

const latestHour = 6;

/** Whether nothing was taken today yet, and a sync has ended or it is late enough. */
export async function isTakeDue(db: Kysely<Database>, now: Date): Promise<boolean> {
  const day = now.toISOString().slice(0, 10);
  const { rows } = await sql<{ taken: boolean; synced: boolean; running: boolean }>`
    select exists (select from metrics_takes where taken_on = ${day}::date and not is_computed) as taken,
           exists (select from ingestion_batches b where b.operation_type = 'sync' and b.parent_operation_id is null and b.status in ('completed', 'completed_with_issues')
                      and b.completed_at >= ${day}::timestamp and b.completed_at <= ${now.toISOString().slice(0, -1)}::timestamp) as synced,
           exists (select from ingestion_batches b where b.operation_type = 'sync' and b.parent_operation_id is null and b.status = 'in_progress') as running`.execute(
    db,
  );
  const [found] = rows;
  if (found === undefined || found.taken) return false;
  return (found.synced && !found.running) || now.getUTCHours() >= latestHour;
}
