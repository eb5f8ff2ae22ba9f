/** What a deviation is about: the POA&M, its assets, and the findings under it. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import {
  poamStandingOf,
  poamStatuses,
  type PoamStanding,
  severities,
  type Severity,
} from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { fetchPoamColumns, underEach } from '../../record/poams/index.ts';
import type { DeviationRow } from './deviations.sql.ts';

export interface DeviatedPoam {
  readonly poamId: string;
  readonly boundary: string | null;
  readonly weakness: string | null;
  readonly severity: Severity | null;
  /** As it is stored: what an adjustment changes. */
  readonly rating: string | null;
  readonly deviationRationale: string | null;
  readonly isOpen: boolean;
  /** Whether its status itself is that of a deviation, such as `Risk Accepted`. */
  readonly isDeviating: boolean;
}

/**
 * SQL of the severity by which deciders are looked up: the graver of what POA&M `p` says and of the weaknesses that it answers. Its own rating can
 * be edited by who asks; it counts for less only while an approved adjustment of the whole POA&M stands.
 */
const graverOf = (rank: RawBuilder<number | null>): RawBuilder<string | null> => sql`
  coalesce((select d.adjusted_severity from deviations d
             where d.poam_id = p.poam_id and d.kind = 'risk_adjustment' and d.state = 'approved' and d.is_whole_poam
             order by d.decided_at desc, d.id desc limit 1),
           (${severities}::text[])[1 + greatest(${rank}, (select max(array_position(${severities}::text[], w.severity::text)) - 1
                                                             from weaknesses w where w.poam_id = p.id))])`;

const deviatingStatuses = poamStatuses.filter((status) => poamStandingOf(status) === 'deviation');

/** The POA&M within the scope. */
export async function findDeviatedPoam(
  db: Kysely<Database>,
  scope: Scope,
  poamId: string,
): Promise<DeviatedPoam | undefined> {
  const columns = await fetchPoamColumns(db);
  const { rows } = await sql<DeviatedPoam>`
    select p.poam_id as "poamId", p.system_id as boundary, split_part(${columns.of('weakness_description')}::text, E'\\n', 1) as weakness,
           ${graverOf(columns.severityRank)} as severity, ${columns.of('risk_rating')} as rating, ${columns.of('deviation_rationale')} as "deviationRationale",
           ${columns.isOpen} as "isOpen", coalesce(${columns.status} = any(${deviatingStatuses}::text[]), false) as "isDeviating"
      from ingestion_poams p where p.poam_id = ${poamId} and ${inScope(scope, sql`p.system_id`)}`.execute(db);
  return rows[0];
}

export interface ScopedAsset {
  readonly assetUuid: string;
  readonly hostname: string | null;
  /** Open findings of the POA&M on it. */
  readonly open: number;
}

export interface CountedAsset extends ScopedAsset {
  /** Of which no scan has shown that they are fixed: also those that no source shows any more. */
  readonly unfixed: number;
}

/** SQL of POA&Ms as `underEach` asks for them. */
const askedPoams = (where: RawBuilder<boolean>): RawBuilder<unknown> =>
  sql`select p.id, p.system_id, p.original_detection_date as detected_on from ingestion_poams p where ${where}`;

/** The assets of a POA&M: those that it lists, and those with findings under it. */
export async function listScopedAssets(db: Kysely<Database>, poamId: string): Promise<CountedAsset[]> {
  const { rows } = await sql<CountedAsset>`
    with found as (
      select v.asset_ref as asset_uuid, v.lifecycle_state
        from (${underEach(askedPoams(sql<boolean>`p.poam_id = ${poamId}`))}) under join ingestion_vulnerabilities v on v.id = under.finding
    )
    select a.asset_uuid::text as "assetUuid", a.hostname,
           (select count(*)::int from found f where f.asset_uuid = a.asset_uuid and f.lifecycle_state in ('open', 'reopened')) as open,
           (select count(*)::int from found f where f.asset_uuid = a.asset_uuid and f.lifecycle_state <> 'fixed') as unfixed
      from (select l.asset_uuid from ingestion_poam_assets l where l.poam_id = ${poamId} union select f.asset_uuid from found f) listed
      join ingestion_assets a on a.asset_uuid = listed.asset_uuid and a.merged_into is null
     order by a.hostname, a.asset_uuid limit 10000`.execute(db);
  return rows;
}

/** SQL of the findings that deviations `d` are about, as a relation (deviation_id, asset_uuid, plugin_id, is_open, is_fixed). */
const scopedFindings = (where: RawBuilder<boolean>): RawBuilder<unknown> => sql`
  select d.id as deviation_id, v.asset_ref as asset_uuid, v.plugin_id::text as plugin_id,
         v.lifecycle_state in ('open', 'reopened') as is_open, v.lifecycle_state = 'fixed' as is_fixed
    from deviations d
    join ingestion_poams named on named.poam_id = d.poam_id
    join (${underEach(
      askedPoams(sql<boolean>`p.poam_id in (select d.poam_id from deviations d where ${where})`),
    )}) under on under.poam = named.id
    join ingestion_vulnerabilities v on v.id = under.finding and v.lifecycle_state is not null
   where ${where} and (d.is_whole_poam or exists (select from deviation_assets a where a.deviation_id = d.id and a.asset_uuid = v.asset_ref))
     and (d.only_plugins is null or v.plugin_id::text = any(d.only_plugins))`;

const living = sql<boolean>`d.state in ('requested', 'approved')`;

/** Of living deviations, how many findings each is about, and of how many no scan has shown that they are fixed. */
export async function countScopedFindings(
  db: Kysely<Database>,
): Promise<ReadonlyMap<number, { readonly unfixed: number; readonly all: number }>> {
  const { rows } = await sql<{ id: number; unfixed: number; all: number }>`
    select s.deviation_id as id, count(*) filter (where not s.is_fixed)::int as unfixed, count(*)::int as all
      from (${scopedFindings(living)}) s group by s.deviation_id`.execute(db);
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

export interface RuleToMake {
  readonly deviationId: number;
  readonly assetUuid: string;
  /** What the scanner's server calls the asset. */
  readonly externalId: string;
  readonly pluginId: string;
}

/** Open findings under approved deviations of kinds that a scanner's server can hold, and that has no rule there yet. */
export async function listRulesToMake(
  db: Kysely<Database>,
  systemId: number,
  kinds: readonly string[],
): Promise<RuleToMake[]> {
  const { rows } = await sql<RuleToMake>`
    select distinct on (s.deviation_id, s.asset_uuid, s.plugin_id)
           s.deviation_id as "deviationId", s.asset_uuid::text as "assetUuid", l.external_id as "externalId", s.plugin_id as "pluginId"
      from (${scopedFindings(sql<boolean>`d.state = 'approved' and d.kind = any(${[...kinds]}::text[])`)}) s
      join ingestion_assets a on a.asset_uuid = s.asset_uuid and a.merged_into is null
      join sync_links l on l.external_system_id = ${systemId} and l.entity_type = 'asset' and l.entity_id = s.asset_uuid::text and l.retired_at is null
     where s.is_open and s.plugin_id is not null
       and not exists (select from deviation_rules r where r.deviation_id = s.deviation_id and r.external_system_id = ${systemId}
                          and r.asset_uuid = s.asset_uuid and r.plugin_id = s.plugin_id)
     order by s.deviation_id, s.asset_uuid, s.plugin_id, l.id limit 10000`.execute(db);
  return rows;
}

/** Of approved deviations of these kinds, on how many assets with open findings no scanner holds them. */
export async function countNotSent(
  db: Kysely<Database>,
  kinds: readonly string[],
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await sql<{ id: number; assets: number }>`
    select s.deviation_id as id, count(distinct s.asset_uuid)::int as assets
      from (${scopedFindings(sql<boolean>`d.state = 'approved' and d.kind = any(${[...kinds]}::text[])`)}) s
     where s.is_open and not exists (select from deviation_rules r where r.deviation_id = s.deviation_id and r.asset_uuid = s.asset_uuid)
     group by s.deviation_id`.execute(db);
  return new Map(rows.map((row) => [row.id, row.assets]));
}

/** Approved false positives whose plugin was changed since, with the plugin. */
export async function listChangedPlugins(db: Kysely<Database>): Promise<ReadonlyMap<number, string>> {
  const { rows } = await sql<{ id: number; plugin: string }>`
    select s.deviation_id as id, min(s.plugin_id) as plugin
      from (${scopedFindings(sql<boolean>`d.state = 'approved' and d.kind = 'false_positive'`)}) s
      join deviations d on d.id = s.deviation_id
      join scan_plugins g on g.plugin_id = s.plugin_id and g.modified_at > d.decided_at
     where s.is_open group by s.deviation_id`.execute(db);
  return new Map(rows.map((row) => [row.id, row.plugin]));
}

/** How the POA&Ms of living deviations stand; one that is gone is left out. */
export async function listStandings(db: Kysely<Database>): Promise<ReadonlyMap<string, PoamStanding>> {
  const { rows } = await sql<{ id: string; status: string | null }>`
    select p.poam_id as id, p.status from ingestion_poams p
     where p.poam_id in (select d.poam_id from deviations d where ${living})`.execute(db);
  return new Map(rows.map(({ id, status }) => [id, poamStandingOf(status)]));
}

/** By deviation, of how many assets it is and what the first of them are called: as many as a sentence names (`whereText`). */
export async function listNamesOf(
  db: Kysely<Database>,
  deviations: readonly Pick<DeviationRow, 'id'>[],
  most: number,
): Promise<ReadonlyMap<number, { readonly count: number; readonly names: readonly string[] }>> {
  if (deviations.length === 0) return new Map();
  const ids = deviations.map(({ id }) => id);
  const asked = sql<boolean>`p.poam_id in (select d.poam_id from deviations d where d.id = any(${ids}::int[]))`;
  const { rows } = await sql<{ id: number; count: number; names: string[] }>`
    with listed as (
      select l.poam_id::text as poam_id, l.asset_uuid from ingestion_poam_assets l
       where l.poam_id in (select d.poam_id from deviations d where d.id = any(${ids}::int[]))
       union
      select p.poam_id::text, v.asset_ref
        from (${underEach(askedPoams(asked))}) under
        join ingestion_poams p on p.id = under.poam
        join ingestion_vulnerabilities v on v.id = under.finding
    )
    select d.id, count(*)::int as count, (array_agg(coalesce(a.hostname, a.asset_uuid::text) order by a.hostname, a.asset_uuid))[1:${sql.lit(most)}] as names
      from deviations d
      join listed on listed.poam_id = d.poam_id
      join ingestion_assets a on a.asset_uuid = listed.asset_uuid and a.merged_into is null
     where d.id = any(${ids}::int[])
       and (d.is_whole_poam or exists (select from deviation_assets own where own.deviation_id = d.id and own.asset_uuid = a.asset_uuid))
     group by d.id`.execute(db);
  return new Map(rows.map(({ id, count, names }) => [id, { count, names }]));
}

/** What the assets are called that a deviation is for. */
export async function namesOf(db: Kysely<Database>, deviation: DeviationRow): Promise<string[]> {
  const all = await listScopedAssets(db, deviation.poamId);
  const its = deviation.isWholePoam
    ? all
    : all.filter(({ assetUuid }) => deviation.assets.includes(assetUuid));
  return its.map(({ hostname, assetUuid }) => hostname ?? assetUuid);
}
