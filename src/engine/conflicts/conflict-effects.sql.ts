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

/**
 * Ends the links of records that are gone at the remote: nothing is sent for them any more. If the remote shows one
 * again, the link lives again; `base` is added to what both sides agreed on, so that what was decided here is then no edit.
 */
export async function retireLinks(
  db: Kysely<Database>,
  systemId: number,
  records: readonly RecordKey[],
  base: JsonObject,
): Promise<void> {
  await sql`
    update sync_links l
       set retired_at = now(), base = l.base || ${storableJson(base)}::jsonb
      from ${givenRecords(records)}
     where l.external_system_id = ${systemId} and l.entity_type = g.entity and l.entity_id = g."entityId"
       and l.retired_at is null`.execute(db);
}

/** Takes the links of records away: they are linked to nothing there, and can be linked or made again. */
export async function deleteLinks(
  db: Kysely<Database>,
  systemId: number,
  records: readonly RecordKey[],
): Promise<void> {
  await sql`
    delete from sync_links l using ${givenRecords(records)}
     where l.external_system_id = ${systemId} and l.entity_type = g.entity and l.entity_id = g."entityId"`.execute(
    db,
  );
}

/** Sets aside what was to be sent of these records and has certainly not gone out. */
export async function supersedeAll(
  db: Kysely<Database>,
  systemId: number,
  records: readonly RecordKey[],
): Promise<void> {
  await sql`
    update sync_outbox o set state = ${stateAfter('withdrawn')}, settled_at = now()
      from ${givenRecords(records)}
     where o.external_system_id = ${systemId} and o.entity_type = g.entity and o.entity_id = g."entityId"
       and o.state in (${statesBefore('withdrawn', 'refusal_settled')})`.execute(db);
}

/**
 * Lets a change that was settled long ago give up its key, so that the same record can be made once more under the key by
 * which the remote knows it.
 */
export async function freeIdempotencyKey(db: Kysely<Database>, systemId: number, key: string): Promise<void> {
  await sql`
    update sync_outbox set idempotency_key = left(idempotency_key, 80) || ' #' || id
     where external_system_id = ${systemId} and idempotency_key = ${key}
       and state in ('confirmed', 'superseded', 'dropped', 'failed')`.execute(db);
}

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

/** Lets a record of ours follow the remote's record that another row was linked to, upon what ours agreed on last. */
export async function moveLink(
  db: Kysely<Database>,
  systemId: number,
  move: { readonly entity: string; readonly from: string; readonly to: string; readonly base: JsonObject },
): Promise<void> {
  await sql`
    update sync_links
       set entity_id = ${move.to}, base = ${storableJson(move.base)}::jsonb, missing_since = null, retired_at = null,
           report_digest = null, seen_digest = null, settled_digest = null
     where external_system_id = ${systemId} and entity_type = ${move.entity} and entity_id = ${move.from}
       and retired_at is null`.execute(db);
}

/** Says that a record of ours and one of the remote are not the same: no rule links them, and nobody is asked again. */
export async function separate(
  db: Kysely<Database>,
  systemId: number,
  pair: RecordKey & { readonly externalId: string },
  decided: { readonly by: string; readonly reason: string | undefined },
): Promise<void> {
  await sql`
    insert into sync_separations (external_system_id, entity_type, entity_id, external_id, separated_by, reason)
    values (${systemId}, ${pair.entity}, ${pair.entityId}, ${pair.externalId}, ${decided.by}, ${decided.reason ?? null})
    on conflict do nothing`.execute(db);
}

/** Changes of a record that a remote refused, or whose outcome stayed unclear; oldest first. @param systemId null: it was not kept with the conflict. */
export async function listFailedRows(
  db: Kysely<Database>,
  systemId: number | null,
  record: RecordKey,
): Promise<{ readonly id: number; readonly kind: 'create' | 'update'; readonly payload: JsonObject }[]> {
  const { rows } = await sql<{ id: number; kind: 'create' | 'update'; payload: JsonObject }>`
    select id::int, change_kind as kind, payload from sync_outbox
     where external_system_id = coalesce(${systemId}, external_system_id) and entity_type = ${record.entity} and entity_id = ${record.entityId}
       and state = 'failed' order by id`.execute(db);
  return rows;
}
