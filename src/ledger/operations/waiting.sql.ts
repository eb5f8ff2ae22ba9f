import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/**
 * Records that the latest read of each entity from each system could not import, and weaknesses that wait for such a record. They come again
 * with each run until they are put right, so the latest knows all that are left. What a policy keeps from going out waits for nobody.
 */
export async function countHeldRecords(db: Kysely<Database>): Promise<Record<string, number>> {
  const { rows } = await sql<{ place: string; n: number }>`
    with latest as (
      select distinct on (external_system, batch_type) batch_id, external_system, batch_type
        from ingestion_batches
       where (operation_type = 'import' or batch_type in ('weaknesses', 'evidence')) and parent_operation_id is not null and status in ('completed', 'completed_with_issues')
       order by external_system, batch_type, id desc)
    select concat_ws(' ', latest.external_system, latest.batch_type) as place,
           count(distinct coalesce(e.record_identifier, e.id::text))::int as n
      from latest join ingestion_errors e on e.batch_id = latest.batch_id and e.error_type is distinct from 'policy'
     group by latest.external_system, latest.batch_type order by 1`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.place, row.n]));
}
