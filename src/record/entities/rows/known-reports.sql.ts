/** Links as they are saved with what was known when, and the reports that need not be merged again. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../../platform/values/index.ts';
import { asKey, type Database, storableJson } from '../../../platform/postgres/index.ts';
import { isFileBeside } from '../../../ledger/links/index.ts';
import { assetsNamed } from '../../poams/index.ts';
import { linkedEntity } from '../define-entity.ts';
import type { LinkedEntityName } from './rows.sql.ts';
import { fetchSideDigests } from './side-digests.sql.ts';

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
  source: { systemId: number; entity: LinkedEntityName; operationId: string },
  links: readonly LinkToSave[],
): Promise<void> {
  if (links.length === 0) return;
  const moves = sql.raw(`((known.base, known.remote_version, known.entity_id)
              is distinct from (excluded.base, excluded.remote_version, excluded.entity_id)
           or known.retired_at is not null or known.missing_since is not null)`);
  const digests = links.some((link) => link.reportDigest !== undefined)
    ? await seenRows(db, source.systemId, source.entity)
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
          confirmed_at = case when ${moves} then tieline_now() else known.confirmed_at end,
          retired_at = null, missing_since = null,
          report_digest = excluded.report_digest, seen_digest = excluded.seen_digest, waits_for = excluded.waits_for,
          settled_digest = case when ${moves} then null else known.settled_digest end
      where ${moves}
         or (known.report_digest, known.seen_digest, known.waits_for)
            is distinct from (excluded.report_digest, excluded.seen_digest, excluded.waits_for)`.execute(db);
  await linkedEntity(source.entity).renewLinked?.(db);
}

/** SQL of our side of the links that `wanted` names. */
async function seenRows(db: Kysely<Database>, systemId: number, entity: LinkedEntityName) {
  const { table, key, keyKind } = linkedEntity(entity).row;
  const digests = await fetchSideDigests(db, entity);
  return {
    seen: sql`case when wanted."reportDigest" is not null then ${digests.seenBy(systemId)} end`,
    join: sql`left join ${sql.table(table)} t on t.${sql.ref(key)} = ${asKey('wanted."entityId"', keyKind)}`,
  };
}

/**
 * Those of these reports that were merged already, with nothing left to settle: the digest is that of the last one, our side is as it
 * was then, no machine that it waits for is known now, no conflict of the record is open, and no other external system has the row.
 *
 * Each table is asked once for the whole page: asked row by row, it takes twice as long or more. The join of `same` is an outer one, since
 * the planner takes an inner one, on the digest, for a single row; `offset 0` keeps it from reading a whole table for a page.
 * @param reports by the remote's id; the digest is a UUID. @returns the remote's ids.
 */
export async function findKnownReports(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: LinkedEntityName },
  reports: ReadonlyMap<string, string>,
): Promise<ReadonlySet<string>> {
  if (reports.size === 0) return new Set();
  const { table, key, keyKind } = linkedEntity(source.entity).row;
  const digests = await fetchSideDigests(db, source.entity);
  const seen = digests.seenAmong(
    source.systemId,
    sql`array(select ${asKey('known.entity_id', keyKind)} from same known)`,
  );
  const ofPage = sql`any(array(select known.entity_id from same known))`;
  const { rows } = await sql<{ id: string }>`
    with same as materialized (
      select l.entity_id, l.external_id, l.seen_digest, l.waits_for
        from unnest(${[...reports.keys()]}::text[], ${[...reports.values()]}::uuid[]) as given(external_id, digest)
        left join sync_links l on l.external_system_id = ${source.systemId} and l.entity_type = ${source.entity}
                              and l.external_id = given.external_id and l.report_digest = given.digest
                              and l.retired_at is null and l.missing_since is null
    ), others as materialized (
      select s.id from external_systems s
       where s.id <> ${source.systemId} and not ${isFileBeside(source.systemId, sql`s.id`)}
         and exists (select from sync_links o
                      where o.external_system_id = s.id and o.entity_type = ${source.entity} and o.retired_at is null)
    )${seen.ctes}
    select l.external_id as id
      from same l
     cross join lateral (select * from ${sql.table(table)} where ${sql.ref(key)} = ${asKey('l.entity_id', keyKind)} offset 0) t${seen.joins}
     where l.seen_digest = ${seen.digest}
       and (l.waits_for is null
            or not l.waits_for && array(select waited.name from (select distinct unnest(waits_for) from same) waited(name)
                                         where exists (${assetsNamed('waited.name')})))
       and l.entity_id <> all(array(
             select c.entity_id from sync_conflicts c
              where c.entity_type = ${source.entity} and c.entity_id = ${ofPage} and c.resolution_status = 'pending'
                and coalesce(c.external_system_id, ${source.systemId}) = ${source.systemId}))
       and l.entity_id <> all(array(
             select theirs.entity_id
               from others cross join lateral (
                    select entity_id from sync_links
                     where external_system_id = others.id and entity_type = ${source.entity} and entity_id = ${ofPage}
                       and retired_at is null offset 0) theirs))`.execute(db);
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
