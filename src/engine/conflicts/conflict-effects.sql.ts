/** Statements by which a decided conflict takes effect on links, outbox and weaknesses. Nothing is deleted but links. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { isLinked, linkedEntity, listLinkedEntities } from '../../record/entities/index.ts';
import { type Database, isKeyAmong, storableJson } from '../../platform/postgres/index.ts';
import { stateAfter, statesBefore } from '../outbox/index.ts';

export interface RecordKey {
  readonly entity: string;
  readonly entityId: string;
}

/** A record and everything inside it, at any depth: all that a system has, the milestones of a POA&M. */
export async function listWithContents(db: Kysely<Database>, record: RecordKey): Promise<RecordKey[]> {
  const found = [record];
  for (let around: readonly RecordKey[] = [record]; around.length > 0;) {
    around = await listInside(db, around);
    found.push(...around);
  }
  return found;
}

async function listInside(db: Kysely<Database>, around: readonly RecordKey[]): Promise<RecordKey[]> {
  const inside: RecordKey[] = [];
  for (const { name, row, parent } of listLinkedEntities()) {
    const ids = around.flatMap(({ entity, entityId }) => (entity === parent?.entity ? [entityId] : []));
    if (!parent || !isLinked(parent.entity) || ids.length === 0) continue;
    const { keyKind } = linkedEntity(parent.entity).row;
    const { rows } = await sql<RecordKey>`
      select distinct ${name}::text as entity, t.${sql.ref(row.key)}::text as "entityId"
        from ${sql.table(row.table)} t where ${isKeyAmong(`t.${parent.column}`, keyKind, ids)}`.execute(db);
    inside.push(...rows);
  }
  return inside;
}

const givenRecords = (records: readonly RecordKey[]) =>
  sql`jsonb_to_recordset(${storableJson(records)}::jsonb) as g(entity text, "entityId" text)`;

/** What a POA&M lists, as the scanner names its assets; without machines that left it. */
export async function fetchPoamContents(
  db: Kysely<Database>,
  poamId: string,
): Promise<{ readonly assets: string[]; readonly cves: string[] }> {
  const { rows } = await sql<{ assets: string[]; cves: string[] }>`
    select array(select coalesce(a.tenable_asset_uuid, a.asset_uuid::text) from ingestion_poam_assets pa
                   join ingestion_assets a on a.asset_uuid = pa.asset_uuid where pa.poam_id = ${poamId}
                 union
                 select listed from ingestion_poams p, jsonb_array_elements_text(
                          case when jsonb_typeof(p.raw_json -> 'affected_assets') = 'array' then p.raw_json -> 'affected_assets' else '[]' end) listed
                  where p.poam_id = ${poamId}
                    and not exists (select from poam_asset_departures d join ingestion_assets gone using (asset_uuid)
                                     where d.poam_id = p.poam_id and lower(trim(listed)) in (gone.asset_uuid::text, gone.tenable_asset_uuid))
                  order by 1) as assets,
           array(select distinct cve_id::text from ingestion_poam_cves where poam_id = ${poamId} order by 1) as cves`.execute(
    db,
  );
  return rows[0] ?? { assets: [], cves: [] };
}

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

export interface Unanswered {
  readonly boundary: string;
  readonly plugin: string;
  readonly severity: string;
  readonly openFindings: number;
}

/** Weaknesses that this POA&M answers and that are open. */
export async function listOpenWeaknesses(db: Kysely<Database>, poamId: string): Promise<Unanswered[]> {
  const { rows } = await sql<Unanswered>`
    select w.system_id as boundary, w.identifier as plugin, w.severity, count(*)::int as "openFindings"
      from ingestion_poams p
      join weaknesses w on w.poam_id = p.id and w.grouping = 'plugin'
      join ingestion_assets a on a.system_id = w.system_id and a.deleted_at is null and a.terminated_at is null
      join ingestion_vulnerabilities f on f.asset_ref = a.asset_uuid and f.plugin_id::text = w.identifier
                                      and f.lifecycle_state in ('open', 'reopened')
     where p.poam_id = ${poamId}
     group by w.system_id, w.identifier, w.severity order by w.system_id, w.identifier`.execute(db);
  return rows;
}

/** Open findings, high or critical, on the machines of a system. */
export async function countOpenFindings(db: Kysely<Database>, boundary: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n
      from ingestion_assets a join ingestion_vulnerabilities f on f.asset_ref = a.asset_uuid
     where a.system_id = ${boundary} and a.deleted_at is null and a.terminated_at is null
       and f.lifecycle_state in ('open', 'reopened') and f.severity_rank >= 3`.execute(db);
  return rows[0]?.n ?? 0;
}

/**
 * Moves the weaknesses and findings that one POA&M answers to another.
 * @param toPoamId undefined: they are unanswered, and the next sync answers them like new ones.
 */
export async function moveWeaknesses(
  db: Kysely<Database>,
  fromPoamId: string,
  toPoamId: string | undefined,
): Promise<void> {
  const to = sql`(select p.id from ingestion_poams p where p.poam_id = ${toPoamId ?? null} order by p.id limit 1)`;
  const from = sql`(select p.id from ingestion_poams p where p.poam_id = ${fromPoamId})`;
  await sql`update weaknesses set poam_id = ${to}, updated_at = now() where poam_id in ${from}`.execute(db);
  await sql`update ingestion_vulnerabilities set poam_id = ${to} where poam_id in ${from}`.execute(db);
}
