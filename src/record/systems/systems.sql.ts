import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** Keeps the impact levels of systems, one row a system; overall is the highest of the three (FIPS 199 high-water mark). */
export async function saveImpactLevels(
  db: Kysely<Database>,
  levels: readonly JsonObject[],
): Promise<Set<string>> {
  if (levels.length === 0) return new Set();
  const given = sql`
    select system_id, confidentiality_impact as c, integrity_impact as i, availability_impact as a,
           case when 'high' = any(words) then 'high' when 'moderate' = any(words) then 'moderate'
                when 'low' = any(words) then 'low' end as overall
      from jsonb_to_recordset(${storableJson(levels)}::jsonb)
        as g(system_id text, confidentiality_impact text, integrity_impact text, availability_impact text)
     cross join lateral (select array[lower(confidentiality_impact), lower(integrity_impact), lower(availability_impact)] as words) w
     where coalesce(confidentiality_impact, integrity_impact, availability_impact) is not null`;
  const updated = await sql<{ system_id: string }>`
    update ingestion_system_impact_levels l
       set confidentiality_impact = g.c, integrity_impact = g.i, availability_impact = g.a, overall_impact = g.overall
      from (${given}) g
     where l.system_id = g.system_id
       and (l.confidentiality_impact, l.integrity_impact, l.availability_impact) is distinct from (g.c, g.i, g.a)
    returning l.system_id`.execute(db);
  const inserted = await sql<{ system_id: string }>`
    insert into ingestion_system_impact_levels (system_id, confidentiality_impact, integrity_impact, availability_impact, overall_impact)
    select g.system_id, g.c, g.i, g.a, g.overall from (${given}) g
     where not exists (select from ingestion_system_impact_levels l where l.system_id = g.system_id)
    returning system_id`.execute(db);
  return new Set([...updated.rows, ...inserted.rows].map((row) => row.system_id));
}

/** Systems that take no part in sync: `ingestion_systems.sync_enabled` is false. */
async function listExcludedSystems(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ system_id: string }>`
    select distinct system_id from ingestion_systems where sync_enabled is false`.execute(db);
  return rows.map((row) => row.system_id);
}

/**
 * Which of the given owners (system ids; for milestones the ids of POA&Ms) belong to a system that takes no part in sync.
 * @param owners may hold more than the owners in question.
 */
export async function findExcludedOwners(
  db: Kysely<Database>,
  kind: 'system' | 'poam',
  owners: readonly string[],
): Promise<ReadonlySet<string>> {
  const systems = await listExcludedSystems(db);
  if (systems.length === 0 || kind === 'system') return new Set(systems);
  const { rows } = await sql<{ poam_id: string }>`
    select poam_id from ingestion_poams
     where poam_id = any(${[...owners]}::text[]) and system_id = any(${systems}::text[])`.execute(db);
  return new Set(rows.map((row) => row.poam_id));
}

/** Those of the given uuids, in lower case, that a system carries already. */
export async function findTakenUuids(
  db: Kysely<Database>,
  uuids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ uuid: string }>`
    select uuid::text from ingestion_systems
     where uuid = any(array(select u::uuid from unnest(${[...uuids]}::text[]) u where u ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'))`.execute(
    db,
  );
  return new Set(rows.map((row) => row.uuid));
}
