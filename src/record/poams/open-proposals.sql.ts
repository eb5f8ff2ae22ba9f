import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/** Those of these POA&Ms that no GRC system has and that are open here. */
export async function listOpenProposals(
  db: Kysely<Database>,
  poamIds: readonly string[],
): Promise<{ readonly poamId: string; readonly status: string | null }[]> {
  if (poamIds.length === 0) return [];
  const { rows } = await sql<{ poamId: string; status: string | null }>`
    select p.poam_id as "poamId", p.status from ingestion_poams p
     where p.poam_id = any(${[...poamIds]}::text[]) and p.status is distinct from 'Cancelled'
       and not exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = p.poam_id)`.execute(
    db,
  );
  return rows;
}
