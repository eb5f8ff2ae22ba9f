/**
 * What reads most findings to count them reads a narrow index that holds all it asks for (idx_ingestion_vulnerabilities_of_asset), and not the
 * table, which is ten times as large. PostgreSQL takes it only where a page out of order is not thought to cost four times one in order, as
 * on spinning disks (its random_page_cost): a million findings in 0.35 s, not 0.7.
 */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/** @param work is given one connection, on which the index is preferred; not for a transaction of the caller. */
export function byNarrowIndex<T>(
  db: Kysely<Database>,
  work: (one: Kysely<Database>) => Promise<T>,
): Promise<T> {
  return db.connection().execute(async (one) => {
    await sql`set random_page_cost = 1.1`.execute(one);
    try {
      return await work(one);
    } finally {
      await sql`reset random_page_cost`.execute(one);
    }
  });
}
