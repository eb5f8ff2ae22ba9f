import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { standsForPoamFiles } from '../external-systems/index.ts';

export interface LinkRow {
  readonly entity_id: string;
  readonly external_id: string;
  readonly base: JsonObject;
  readonly remote_version: string | null;
  readonly confirmed_at: Date;
}

/** An asset can be several records of one system; every other row is one record of a system. */
export const severalRecords = `'asset', 'asset_context', 'asset_component'`;

/**
 * SQL that is true of a link `l` that ended because its row is linked to another record of the same system: that row is no longer
 * what the record is.
 */
export const isReplaced = sql.raw(`(l.retired_at is not null and l.entity_type not in (${severalRecords})
       and exists (select from sync_links other
                    where other.external_system_id = l.external_system_id and other.entity_type = l.entity_type
                      and other.entity_id = l.entity_id and other.id <> l.id and other.retired_at is null))`);

/** Links of one entity type by the remote's ids, but for those whose row is linked to another record since. */
export async function fetchLinks(
  db: Kysely<Database>,
  systemId: number,
  entity: string,
  externalIds: readonly string[],
): Promise<Map<string, LinkRow>> {
  if (externalIds.length === 0) return new Map();
  const { rows } = await sql<LinkRow>`
    select entity_id, external_id, base, remote_version, confirmed_at
      from sync_links l
     where external_system_id = ${systemId} and entity_type = ${entity} and external_id = any(${[...externalIds]}::text[])
       and not ${isReplaced}`.execute(db);
  return new Map(rows.map((row) => [row.external_id, row]));
}

/** The remote now calls the record by another id. Where the new one is known already, nothing is done. */
export async function renameLink(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  id: { readonly from: string; readonly to: string },
): Promise<void> {
  await sql`
    update sync_links set external_id = ${id.to}
     where external_system_id = ${source.systemId} and entity_type = ${source.entity} and external_id = ${id.from}
       and not exists (select from sync_links l where l.external_system_id = ${source.systemId}
                          and l.entity_type = ${source.entity} and l.external_id = ${id.to})`.execute(db);
}

/** Those of these remote ids whose link ended because its row is linked to another record: with that row and record. */
export async function listReplacedLinks(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  externalIds: readonly string[],
): Promise<{ readonly externalId: string; readonly entityId: string; readonly otherId: string }[]> {
  if (externalIds.length === 0) return [];
  const { rows } = await sql<{ externalId: string; entityId: string; otherId: string }>`
    select l.external_id as "externalId", l.entity_id as "entityId", living.external_id as "otherId"
      from sync_links l
      join sync_links living on living.external_system_id = l.external_system_id and living.entity_type = l.entity_type
                            and living.entity_id = l.entity_id and living.retired_at is null
     where l.external_system_id = ${source.systemId} and l.entity_type = ${source.entity}
       and l.external_id = any(${[...externalIds]}::text[]) and ${isReplaced}`.execute(db);
  return rows;
}

/** By our record, the record of the system that it is linked to, other than the one that is named at its place in `but` (remote ids). */
export async function findOtherLinks(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  entityIds: readonly string[],
  but: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ entityId: string; externalId: string }>`
    select distinct on (l.entity_id) l.entity_id as "entityId", l.external_id as "externalId"
      from unnest(${[...entityIds]}::text[], ${[...but]}::text[]) as g(entity_id, external_id)
      join sync_links l on l.external_system_id = ${source.systemId} and l.entity_type = ${source.entity} and l.entity_id = g.entity_id
                       and l.external_id <> g.external_id and l.retired_at is null
     order by l.entity_id, l.id`.execute(db);
  return new Map(rows.map((row) => [row.entityId, row.externalId]));
}

/** Those of these rows that another external system has too. */
export async function findLinkedElsewhere(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  entityIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (entityIds.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select distinct entity_id as id from sync_links
     where entity_type = ${source.entity} and entity_id = any(${[...entityIds]}::text[])
       and external_system_id <> ${source.systemId} and retired_at is null
       and not ${isFileBeside(source.systemId, sql`external_system_id`)}`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/**
 * SQL that is true of an external system that stands for files of POA&Ms, seen from a server: what a file says beside it takes nothing from
 * what the server's own record means. From a file's side every other system counts.
 */
export const isFileBeside = (systemId: number, other: RawBuilder<unknown>) => sql`
  (${standsForPoamFiles(other)} and not ${standsForPoamFiles(sql`${systemId}`)})`;

/** Those of the rows, given with their parents, that another external system has there. */
export async function findLinkedInside(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string; readonly parentEntity: string },
  rows: readonly { readonly entityId: string; readonly parentId: string }[],
): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const found = await sql<{ id: string }>`
    select distinct g."entityId" as id
      from jsonb_to_recordset(${storableJson(rows)}::jsonb) as g("entityId" text, "parentId" text)
      join sync_links l on l.entity_type = ${source.entity} and l.entity_id = g."entityId"
                       and l.external_system_id <> ${source.systemId} and l.retired_at is null
      join sync_links p on p.external_system_id = l.external_system_id and p.entity_type = ${source.parentEntity}
                       and p.entity_id = g."parentId" and p.retired_at is null`.execute(db);
  return new Set(found.rows.map((row) => row.id));
}

/** The external system at which each record is; of several the first that it was linked to. */
export async function findLinkedSystems(
  db: Kysely<Database>,
  entity: string,
  entityIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: string; system: number }>`
    select distinct on (entity_id) entity_id as id, external_system_id as system from sync_links
     where entity_type = ${entity} and entity_id = any(${[...entityIds]}::text[]) and retired_at is null
     order by entity_id, id`.execute(db);
  return new Map(rows.map((row) => [row.id, row.system]));
}

/** A living link of a record, with what both sides last agreed on. */
export interface RecordLink {
  readonly linkId: number;
  readonly systemId: number;
  readonly entityId: string;
  readonly externalId: string;
  readonly version: string | null;
  readonly base: JsonObject;
  readonly confirmedAt: Date;
  readonly missingSince: Date | null;
}

/** The living links of records to connections that were not removed, by system. */
export async function listRecordLinks(
  db: Kysely<Database>,
  entity: string,
  entityIds: readonly string[],
): Promise<RecordLink[]> {
  const { rows } = await sql<RecordLink>`
    select l.id::int as "linkId", l.external_system_id as "systemId", l.entity_id as "entityId", l.external_id as "externalId",
           l.remote_version as version, l.base, l.confirmed_at as "confirmedAt", l.missing_since as "missingSince"
      from sync_links l join external_systems s on s.id = l.external_system_id and s.removed_at is null
     where l.entity_type = ${entity} and l.entity_id = any(${[...entityIds]}::text[]) and l.retired_at is null
     order by l.external_system_id, l.id`.execute(db);
  return rows;
}

/** Notes on links that a person edited the record here: it waits to go out until a sync has looked at it. */
export async function markEdited(db: Kysely<Database>, linkIds: readonly number[]): Promise<void> {
  if (linkIds.length === 0) return;
  await sql`update sync_links set edited_at = tieline_now() where id = any(${[...linkIds]}::bigint[])`.execute(
    db,
  );
}

/** The same for every living link of records. @param exceptSystem whose remote has what the records say now. */
export async function markRecordsEdited(
  db: Kysely<Database>,
  {
    entity,
    entityIds,
    exceptSystem,
  }: {
    readonly entity: string;
    readonly entityIds: readonly string[];
    readonly exceptSystem?: number | null;
  },
): Promise<void> {
  if (entityIds.length === 0) return;
  await sql`
    update sync_links set edited_at = tieline_now()
     where entity_type = ${entity} and entity_id = any(${[...entityIds]}::text[]) and retired_at is null
       and external_system_id is distinct from ${exceptSystem ?? null}`.execute(db);
}

/** A sync has looked at the records of these links: what was edited is in the outbox, or has nothing to go out. */
export async function clearEdited(db: Kysely<Database>, linkIds: readonly number[]): Promise<void> {
  if (linkIds.length === 0) return;
  await sql`
    update sync_links set edited_at = null where id = any(${[...linkIds]}::bigint[]) and edited_at is not null`.execute(
    db,
  );
}
