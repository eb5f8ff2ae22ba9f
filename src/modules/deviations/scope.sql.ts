/** What a deviation is about: the POA&M, its assets, and the findings under it. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { fetchPoamColumns } from '../../record/poams/index.ts';

export interface DeviatedPoam {
  readonly poamId: string;
  readonly boundary: string | null;
  readonly weakness: string | null;
  readonly severity: Severity | null;
  /** As it is stored: what an adjustment changes. */
  readonly rating: string | null;
  readonly deviationRationale: string | null;
  readonly isOpen: boolean;
}

/** The POA&M within the scope. */
export async function findDeviatedPoam(
  db: Kysely<Database>,
  scope: Scope,
  poamId: string,
): Promise<DeviatedPoam | undefined> {
  const columns = await fetchPoamColumns(db);
  const { rows } = await sql<DeviatedPoam>`
    select p.poam_id as "poamId", p.system_id as boundary, split_part(${columns.of('weakness_description')}::text, E'\\n', 1) as weakness,
           ${columns.severity} as severity, ${columns.of('risk_rating')} as rating, ${columns.of('deviation_rationale')} as "deviationRationale",
           ${columns.isOpen} as "isOpen"
      from ingestion_poams p where p.poam_id = ${poamId} and ${inScope(scope, sql`p.system_id`)}`.execute(db);
  return rows[0];
}

export interface ScopedAsset {
  readonly assetUuid: string;
  readonly hostname: string | null;
  /** Open findings of the POA&M on it. */
  readonly open: number;
}

/** The assets of a POA&M: those that it lists, and those with findings under it. */
export async function listScopedAssets(db: Kysely<Database>, poamId: string): Promise<ScopedAsset[]> {
  const { rows } = await sql<ScopedAsset>`
    select a.asset_uuid::text as "assetUuid", a.hostname, count(v.id) filter (where v.lifecycle_state in ('open', 'reopened'))::int as open
      from (select l.asset_uuid from ingestion_poam_assets l where l.poam_id = ${poamId}
             union select f.asset_ref from ingestion_vulnerabilities f join ingestion_poams p on p.id = f.poam_id where p.poam_id = ${poamId}) listed
      join ingestion_assets a on a.asset_uuid = listed.asset_uuid and a.merged_into is null
      left join (ingestion_vulnerabilities v join ingestion_poams p on p.id = v.poam_id and p.poam_id = ${poamId}) on v.asset_ref = a.asset_uuid
     group by a.asset_uuid, a.hostname order by a.hostname, a.asset_uuid limit 10000`.execute(db);
  return rows;
}

/** SQL of the findings that deviations `d` are about, as a relation (deviation_id, asset_uuid, plugin_id, is_open). */
const scopedFindings = (where: RawBuilder<boolean>): RawBuilder<unknown> => sql`
  select d.id as deviation_id, v.asset_ref as asset_uuid, v.plugin_id::text as plugin_id, v.lifecycle_state in ('open', 'reopened') as is_open
    from deviations d
    join ingestion_poams p on p.poam_id = d.poam_id
    join ingestion_vulnerabilities v on v.poam_id = p.id
   where ${where} and (d.is_whole_poam or exists (select from deviation_assets a where a.deviation_id = d.id and a.asset_uuid = v.asset_ref))`;

const living = sql<boolean>`d.state in ('requested', 'approved')`;

/** Of living deviations, how many findings each is about, and how many of them are open. */
export async function countScopedFindings(
  db: Kysely<Database>,
): Promise<ReadonlyMap<number, { readonly open: number; readonly all: number }>> {
  const { rows } = await sql<{ id: number; open: number; all: number }>`
    select s.deviation_id as id, count(*) filter (where s.is_open)::int as open, count(*)::int as all
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
