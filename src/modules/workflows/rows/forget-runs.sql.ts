import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

/** So many in one statement, so that none is long. */
const atOnce = 5_000;

/**
 * Deletes runs that ended before a time, with their traces. Those that failed stay until a person retries or cancels them, and those that asked people
 * stay with the answer, which is kept for ever. The operations that they began, with their journal, stay too. @returns how many.
 */
export async function forgetRuns(
  db: Kysely<Database>,
  before: { readonly live: Date; readonly simulated: Date },
): Promise<number> {
  let forgotten = 0;
  for (let deleted = atOnce; deleted === atOnce; forgotten += deleted) {
    const { rows } = await sql<{ n: number }>`
      with gone as (
        select e.execution_id from workflow_executions e
         where e.version is not null and e.status in ('completed', 'ended', 'cancelled')
           and e.completed_at < (case when e.mode = 'simulate' then ${before.simulated}::timestamptz else ${before.live}::timestamptz end) at time zone 'UTC'
           and e.completed_at < greatest(${before.simulated}::timestamptz, ${before.live}::timestamptz) at time zone 'UTC'
           and not exists (select from approvals a where a.execution_id = e.execution_id)
         order by e.completed_at limit ${atOnce}
      ), traces as (
        delete from workflow_traces t using gone where t.execution_id = gone.execution_id
      ), runs as (
        delete from workflow_executions e using gone where e.execution_id = gone.execution_id returning e.id
      )
      select count(*)::int as n from runs`.execute(db);
    deleted = rows[0]?.n ?? 0;
  }
  return forgotten;
}
