import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../model/json.ts';
import { storableJson } from './copy-rows.ts';
import type { Database } from './schema.ts';

export interface LinkRow {
  readonly entity_id: string;
  readonly external_id: string;
  readonly base: JsonObject;
  readonly remote_version: string | null;
  readonly confirmed_at: Date;
}

/** Links of one entity type by the remote's ids. */
export async function fetchLinks(
  db: Kysely<Database>,
  systemId: number,
  entity: string,
  externalIds: readonly string[],
): Promise<Map<string, LinkRow>> {
  if (externalIds.length === 0) return new Map();
  const { rows } = await sql<LinkRow>`
    select entity_id, external_id, base, remote_version, confirmed_at
      from sync_links
     where external_system_id = ${systemId} and entity_type = ${entity} and external_id = any(${[...externalIds]}::text[])`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.external_id, row]));
}

export interface LinkToSave {
  readonly entityId: string;
  readonly externalId: string;
  readonly base: JsonObject;
  readonly version: string | null;
}

/** Makes or renews links: the base becomes what both sides now agree on. */
export async function saveLinks(
  db: Kysely<Database>,
  source: { systemId: number; entity: string; operationId: string },
  links: readonly LinkToSave[],
): Promise<void> {
  if (links.length === 0) return;
  await sql`
    insert into sync_links as known (external_system_id, entity_type, entity_id, external_id, base, remote_version, operation_id)
    select ${source.systemId}, ${source.entity}, wanted."entityId", wanted."externalId", wanted.base, wanted.version, ${source.operationId}::uuid
      from jsonb_to_recordset(${storableJson(links)}::jsonb)
        as wanted("entityId" text, "externalId" text, base jsonb, version text)
    on conflict (external_system_id, entity_type, external_id) where entity_type <> 'asset_component' do update
      set entity_id = excluded.entity_id, base = excluded.base, remote_version = excluded.remote_version,
          operation_id = excluded.operation_id, confirmed_at = now(), retired_at = null, missing_since = null
      where (known.base, known.remote_version, known.entity_id)
            is distinct from (excluded.base, excluded.remote_version, excluded.entity_id)
         or known.retired_at is not null or known.missing_since is not null`.execute(db);
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
