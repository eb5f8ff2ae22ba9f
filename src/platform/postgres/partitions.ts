import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

/**
 * Makes the monthly partitions of the present and the next months for every partitioned table.
 * @returns the names of those that were made.
 */
export async function ensurePartitions(db: Kysely<Database>, monthsAhead: number): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select tieline_ensure_partitions(${monthsAhead}::int) as name`.execute(db);
  return rows.map((row) => row.name);
}
