/** Assets, systems, what scans covered of them, and loads of feeds, as conditions read them. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { tagsOfAssets } from '../../../../record/assets/index.ts';
import { fetchPoamColumns } from '../../../../record/poams/index.ts';
import { isOpenPoam } from '../../../../record/poam-status/index.ts';
import { assetsOfSystem } from '../../../../record/systems/index.ts';
import { type Database, prepared } from '../../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../../platform/values/index.ts';
import type { SnapshotRow } from '../hydrate.ts';
import { isAmong, instant, listed } from './parts.sql.ts';

/** What asset `a` is tagged with. */
const tagsOf = sql`
  select to_jsonb(coalesce(array_agg(distinct named.tag), '{}'))
    from (select g.tag_key || ':' || g.tag_value as tag from ${tagsOfAssets} g where g.asset_uuid = a.asset_uuid) named`;

export async function readAssets(db: Kysely<Database>, ids: readonly string[]): Promise<SnapshotRow[]> {
  const { rows } = await sql<SnapshotRow>`
    ${prepared}
    select a.asset_uuid::text as id, coalesce(a.hostname, a.netbios_name, a.asset_uuid::text) as title, a.system_id::text as boundary,
           jsonb_build_object('asset', jsonb_build_object(
             'id', a.asset_uuid::text, 'name', coalesce(a.hostname, a.netbios_name),
             'state', case when a.deleted_at is not null then 'deleted' when a.terminated_at is not null then 'terminated'
                           when a.unreported_since is not null then 'unreported' else 'reported' end,
             'in_boundary', a.system_id is not null
                            or exists (select from ingestion_system_assets b where b.asset_uuid = a.asset_uuid and b.system_id is not null),
             'first_seen', ${instant(sql`a.first_seen`)}, 'last_seen', ${instant(sql`a.last_seen`)}, 'agent', coalesce(a.has_agent, false),
             'criticality', x.business_criticality, 'environment', x.environment, 'zone', x.network_zone, 'tags', (${tagsOf}), 'risk', x.risk_score,
             'open_critical', coalesce(e.open_critical, 0), 'open_high', coalesce(e.open_high, 0),
             'open_findings', coalesce(e.open_critical + e.open_high + e.open_medium + e.open_low + e.open_info, 0),
             'open_poams', (select count(distinct p.id) from ingestion_poam_assets l join ingestion_poams p on p.poam_id = l.poam_id
                             where l.asset_uuid = a.asset_uuid and ${isOpenPoam('p')}))) as plain
      from ingestion_assets a
      left join assets_extended x on x.asset_uuid = a.asset_uuid
      left join asset_exposure e on e.asset_uuid = a.asset_uuid
     where ${isAmong('a.asset_uuid', ids, 'uuid')} and a.merged_into is null
     order by a.asset_uuid`.execute(db);
  return rows;
}

/** SQL of the policies in force in system `s`: what was said there, else what holds everywhere. */
const policiesOf = sql`
  select to_jsonb(coalesce(array_agg(each.policy_id order by each.policy_id), '{}'))
    from due_date_policies each
   where coalesce((select u.applies from due_date_policy_uses u where u.policy_id = each.policy_id and u.system_id = s.system_id and u.ended_at is null order by u.id desc limit 1),
                  (select u.applies from due_date_policy_uses u where u.policy_id = each.policy_id and u.system_id is null and u.ended_at is null order by u.id desc limit 1), false)`;

/** Systems by their id, as the variable `system` of every condition. */
export async function readSystemParts(
  db: Kysely<Database>,
  ids: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, JsonObject>> {
  if (ids.length === 0) return new Map();
  const columns = await fetchPoamColumns(db);
  const today = sql`${now.toISOString().slice(0, 10)}::timestamp`;
  const { rows } = await sql<{ id: string; part: JsonObject }>`
    ${prepared}
    select distinct on (s.system_id) s.system_id::text as id, jsonb_build_object(
             'id', s.system_id::text, 'name', s.name, 'owner', s.system_owner, 'isso', s.information_system_security_officer,
             'policies', (${policiesOf}), 'authorized_until', ${instant(sql`s.authorization_termination_date`)},
             'assets', (select count(*) from (${assetsOfSystem(sql`s.system_id`)}) own),
             'open_poams', poams.open, 'overdue_poams', poams.overdue) as part
      from ingestion_systems s
      left join lateral (select count(*) filter (where ${columns.isOpen}) as open,
                                count(*) filter (where ${columns.isOpen} and ${columns.due} < ${today}) as overdue
                           from ingestion_poams p where p.system_id = s.system_id) poams on true
     where ${isAmong('s.system_id', ids, 'text')} order by s.system_id, s.id`.execute(db);
  return new Map(rows.map(({ id, part }) => [id, part]));
}

const since = (now: Date, days: number): RawBuilder<unknown> =>
  sql`(${now}::timestamptz at time zone 'UTC' - ${days}::int * interval '1 day')`;

/** What scans with credentials covered of boundaries in the last 7 days before the moment. */
export async function readScans(
  db: Kysely<Database>,
  ids: readonly string[],
  now: Date,
): Promise<SnapshotRow[]> {
  const { rows } = await sql<SnapshotRow>`
    ${prepared}
    select s.system_id::text as id, concat_ws(' ', 'scans of', s.name) as title, s.system_id::text as boundary,
           jsonb_build_object('scan', jsonb_build_object(
             'id', s.system_id::text, 'ended', ${instant(sql`known.ended`)}, 'assets', known.assets, 'covered', known.covered,
             'unauthenticated', known.seen - known.seen_with,
             'coverage', case when known.assets > 0 then round(known.covered::numeric / known.assets, 4) end,
             'unauthenticated_rate', case when known.seen > 0 then round((known.seen - known.seen_with)::numeric / known.seen, 4) end,
             'newest_plugin', (select ${instant(sql`max(plugin.modified_at)`)} from scan_plugins plugin))) as plain
      from (select distinct on (system_id) system_id, name from ingestion_systems where ${isAmong('system_id', ids, 'text')} order by system_id, id) s
     cross join lateral (
       select count(*) as assets, count(*) filter (where c.is_recent) as covered, max(c.ended) as ended,
              count(*) filter (where a.last_seen >= ${since(now, 7)}) as seen,
              count(*) filter (where a.last_seen >= ${since(now, 7)} and c.is_recent) as seen_with
         from (${assetsOfSystem(sql`s.system_id`)}) own
         join ingestion_assets a on a.asset_uuid = own.asset_uuid
          and a.merged_into is null and a.deleted_at is null and a.terminated_at is null and a.unreported_since is null
         left join lateral (select max(k.ended_at) as ended, bool_or(k.ended_at >= ${since(now, 7)}) as is_recent
                              from scan_coverage k where k.asset_uuid = a.asset_uuid and k.ended_at <= ${since(now, 0)}) c on true) known
     order by s.system_id`.execute(db);
  return rows;
}

export async function readFeeds(db: Kysely<Database>, ids: readonly string[]): Promise<SnapshotRow[]> {
  const { rows } = await sql<SnapshotRow>`
    ${prepared}
    select l.id::text as id, concat_ws(' ', upper(l.feed), 'of', to_char(coalesce(l.feed_date, l.loaded_at), 'YYYY-MM-DD')) as title, null as boundary,
           jsonb_build_object('feed', jsonb_build_object(
             'id', l.id::text, 'name', l.feed, 'loaded', ${instant(sql`l.loaded_at`)}, 'of', ${instant(sql`l.feed_date`)},
             'rows_changed', l.rows_changed,
             'changed', (select to_jsonb(coalesce(array_agg(each.cve order by each.cve), '{}'))
                           from (select distinct h.cve from cve_changes h where h.load_id = l.id limit ${listed(5_000)}) each))) as plain
      from intelligence_loads l where ${isAmong('l.id', ids.map(Number).filter(Number.isSafeInteger), 'int')} order by l.id`.execute(
    db,
  );
  return rows;
}
