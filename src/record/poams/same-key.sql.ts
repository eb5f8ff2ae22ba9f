import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/** Another living record of the remote that carries the same integrator's key in the same system: it was restored, or copied. */
export async function findSameKey(
  db: Kysely<Database>,
  systemId: number,
  poamId: string,
): Promise<{ readonly entityId: string; readonly externalId: string } | undefined> {
  const { rows } = await sql<{ entityId: string; externalId: string }>`
    select l.entity_id as "entityId", l.external_id as "externalId"
      from ingestion_poams p
      join ingestion_poams other on other.external_uid = p.external_uid and other.system_id = p.system_id and other.id <> p.id
      join sync_links l on l.external_system_id = ${systemId} and l.entity_type = 'poam' and l.entity_id = other.poam_id
                       and l.retired_at is null and l.missing_since is null
     where p.poam_id = ${poamId} limit 1`.execute(db);
  return rows[0];
}
