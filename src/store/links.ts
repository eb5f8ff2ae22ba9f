import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../model/json.ts';
import { storableJson } from './copy-rows.ts';
import { asKey, negotiatedTables, type NegotiatedEntity } from './negotiated-tables.ts';
import { assetsNamed } from './poams.ts';
import { fetchSideDigests } from './side-digests.ts';
import type { Database } from './schema.ts';

export interface LinkRow {
  readonly entity_id: string;
  readonly external_id: string;
  readonly base: JsonObject;
  readonly remote_version: string | null;
  readonly confirmed_at: Date;
}

/**
 * SQL that is true of a link `l` that ended because its row is linked to another record of the same system: that row is no longer
 * what the record is.
 */
export const isReplaced =
  sql.raw(`(l.retired_at is not null and l.entity_type in ('system', 'component', 'control', 'poam', 'milestone', 'acceptance')
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

export interface LinkToSave {
  readonly entityId: string;
  readonly externalId: string;
  readonly base: JsonObject;
  readonly version: string | null;
  /** Digest (UUID) of the report, where the same report need not be merged again as long as our side stays as it is now. */
  readonly reportDigest?: string | undefined;
  /** Machines that the report names and that are not known here. */
  readonly waitsFor?: readonly string[] | undefined;
}

/**
 * Makes or renews links: the base becomes what both sides now agree on. What was known of an earlier report is forgotten where no digest
 * is given.
 */
export async function saveLinks(
  db: Kysely<Database>,
  source: { systemId: number; entity: string; operationId: string },
  links: readonly LinkToSave[],
): Promise<void> {
  if (links.length === 0) return;
  const moves = sql.raw(`((known.base, known.remote_version, known.entity_id)
              is distinct from (excluded.base, excluded.remote_version, excluded.entity_id)
           or known.retired_at is not null or known.missing_since is not null)`);
  const digests = links.some((link) => link.reportDigest !== undefined)
    ? await seenRows(db, source.systemId, source.entity as NegotiatedEntity)
    : { seen: sql`null::bigint`, join: sql`` };
  await sql`
    insert into sync_links as known (external_system_id, entity_type, entity_id, external_id, base, remote_version, operation_id,
                                     report_digest, seen_digest, waits_for)
    select ${source.systemId}, ${source.entity}, wanted."entityId", wanted."externalId", wanted.base, wanted.version, ${source.operationId}::uuid,
           wanted."reportDigest", ${digests.seen}, wanted."waitsFor"
      from jsonb_to_recordset(${storableJson(links)}::jsonb)
        as wanted("entityId" text, "externalId" text, base jsonb, version text, "reportDigest" uuid, "waitsFor" text[])
      ${digests.join}
    on conflict (external_system_id, entity_type, external_id) where entity_type <> 'asset_component' do update
      set entity_id = excluded.entity_id, base = excluded.base, remote_version = excluded.remote_version,
          operation_id = case when ${moves} then excluded.operation_id else known.operation_id end,
          confirmed_at = case when ${moves} then now() else known.confirmed_at end,
          retired_at = null, missing_since = null,
          report_digest = excluded.report_digest, seen_digest = excluded.seen_digest, waits_for = excluded.waits_for,
          settled_digest = case when ${moves} then null else known.settled_digest end
      where ${moves}
         or (known.report_digest, known.seen_digest, known.waits_for)
            is distinct from (excluded.report_digest, excluded.seen_digest, excluded.waits_for)`.execute(db);
}

/** SQL of our side of the links that `wanted` names. */
async function seenRows(db: Kysely<Database>, systemId: number, entity: NegotiatedEntity) {
  const { name, key, keyKind } = negotiatedTables[entity];
  const digests = await fetchSideDigests(db, entity);
  return {
    seen: sql`case when wanted."reportDigest" is not null then ${digests.seenBy(systemId)} end`,
    join: sql`left join ${sql.table(name)} t on t.${sql.ref(key)} = ${asKey('wanted."entityId"', keyKind)}`,
  };
}

/**
 * Of these reports, those that were merged already, with nothing left to settle: the digest is that of the last one, our side is as it
 * was then, no machine that it waits for is known now, no conflict of the record is open, and no other external system has the row.
 * @param reports by the remote's id; the digest is a UUID. @returns the remote's ids.
 */
export async function findKnownReports(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: NegotiatedEntity },
  reports: ReadonlyMap<string, string>,
): Promise<ReadonlySet<string>> {
  if (reports.size === 0) return new Set();
  const { name, key, keyKind } = negotiatedTables[source.entity];
  const digests = await fetchSideDigests(db, source.entity);
  const { rows } = await sql<{ id: string }>`
    select l.external_id as id
      from unnest(${[...reports.keys()]}::text[], ${[...reports.values()]}::uuid[]) as given(external_id, digest)
      join sync_links l on l.external_system_id = ${source.systemId} and l.entity_type = ${source.entity}
                       and l.external_id = given.external_id and l.report_digest = given.digest
      join ${sql.table(name)} t on t.${sql.ref(key)} = ${asKey('l.entity_id', keyKind)}
     where l.retired_at is null and l.missing_since is null
       and l.seen_digest = ${digests.seenBy(source.systemId)}
       and not exists (select from unnest(l.waits_for) waited(name) cross join lateral (${assetsNamed('waited.name')}) known)
       and not exists (select from sync_conflicts c
                        where c.entity_type = l.entity_type and c.entity_id = l.entity_id and c.resolution_status = 'pending'
                          and coalesce(c.external_system_id, l.external_system_id) = l.external_system_id)
       and not exists (select from sync_links other
                        where other.entity_type = l.entity_type and other.entity_id = l.entity_id
                          and other.external_system_id <> l.external_system_id and other.retired_at is null)`.execute(
    db,
  );
  return new Set(rows.map((row) => row.id));
}

/** Notes rows, each as it was read, that did not differ from the base in any field: planning edits passes them until they move. */
export async function recordSettled(
  db: Kysely<Database>,
  links: readonly { readonly linkId: number; readonly rowDigest: string }[],
): Promise<void> {
  if (links.length === 0) return;
  await sql`
    update sync_links l set settled_digest = given.digest
      from unnest(${links.map((each) => each.linkId)}::bigint[], ${links.map((each) => each.rowDigest)}::bigint[]) as given(id, digest)
     where l.id = given.id and l.settled_digest is distinct from given.digest`.execute(db);
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

/** Of these remote ids, those whose link ended because its row is linked to another record: with that row and record. */
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

/** The record of the system, other than `but` (a remote's id), that our record is linked to. */
export async function findOtherLink(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  entityId: string,
  but: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ external_id: string }>`
    select external_id from sync_links
     where external_system_id = ${source.systemId} and entity_type = ${source.entity} and entity_id = ${entityId}
       and external_id <> ${but} and retired_at is null
     order by id limit 1`.execute(db);
  return rows[0]?.external_id;
}

/** Of these rows, those that another external system has too. */
export async function findLinkedElsewhere(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  entityIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (entityIds.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select distinct entity_id as id from sync_links
     where entity_type = ${source.entity} and entity_id = any(${[...entityIds]}::text[])
       and external_system_id <> ${source.systemId} and retired_at is null`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Of rows with what each stands inside of, those that another external system has there. */
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
