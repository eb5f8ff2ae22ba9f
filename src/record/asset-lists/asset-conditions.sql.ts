/** Each filter of the list of assets in SQL. The row is `a` (ingestion_assets) with `e` (asset_exposure) and `x` (assets_extended). */
import { type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { assetList, FilterOf } from '../../canonical/lists/index.ts';
import {
  type Conditions,
  every,
  type Filter,
  filtered,
  type FilterTerm,
  flagOf,
  instantOf,
  numberOf,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import { tagsOfAssets } from '../assets/index.ts';
import { addressedSo, inSet, systemCondition, taggedSo } from '../finding-lists/index.ts';
import { isAssetIn } from '../systems/index.ts';

export type AssetFilterName = FilterOf<typeof assetList>;
export type AssetFilter = Filter<AssetFilterName>;
type ToCondition = (term: FilterTerm) => RawBuilder<boolean>;

/** What ended or is missing: the first that holds. */
export const assetState = sql<'deleted' | 'terminated' | 'unreported' | 'reported'>`
  case when a.deleted_at is not null then 'deleted' when a.terminated_at is not null then 'terminated'
       when a.unreported_since is not null then 'unreported' else 'reported' end`;
export const acrOf = sql`coalesce(x.acr_override, a.acr_score)`;
export const openOf = (severity: string): RawBuilder<number> =>
  sql`coalesce(${sql.ref(`e.open_${severity}`)}, 0)`;

const among = (table: RawBuilder<unknown>, of: ToCondition): ToCondition =>
  inSet(
    sql`a.asset_uuid`,
    (condition) => sql`select t.asset_uuid from ${table} where t.asset_uuid is not null and ${condition}`,
  )(of);

/** Everything that an asset is called, in one text; by its names and addresses, and its ids. */
const assetText = sql`concat_ws(' ', a.hostname, a.netbios_name, a.asset_uuid::text, a.xacta_component_id,
  (select string_agg(concat_ws(' ', n.fqdn, n.ipv4_address, n.ipv6_address, n.mac_address), ' ') from ingestion_asset_network n where n.asset_uuid = a.asset_uuid))`;

/** One of its regimes; none: it falls under none that is known. */
const complianceOf: ToCondition = (term) =>
  term.is === 'presence'
    ? sql`(coalesce(x.compliance_scope, '{}') = '{}') is ${term.present ? sql`not true` : sql`true`}`
    : among(
        sql`(select o.asset_uuid, s.word from assets_extended o cross join lateral unnest(o.compliance_scope) s(word)) t`,
        wordsOf(sql`t.word`),
      )(term);

const ofSource: ToCondition = (term) =>
  sql`lower(s.system_name) = any(${term.is === 'in' ? term.values.map((word) => word.toLowerCase()) : []}::text[])`;

export const assetConditions = (scope: Scope): Conditions<AssetFilterName> => ({
  system: systemCondition(scope, sql`a.asset_uuid`),
  ip: among(sql`ingestion_asset_network t`, addressedSo),
  os: among(sql`ingestion_asset_systems t`, textOf(sql`t.operating_system`)),
  source: among(sql`asset_sources t join external_systems s on s.id = t.external_system_id`, ofSource),
  component: wordsOf(sql`a.xacta_component_id`),
  tag: among(sql`${tagsOfAssets} t`, taggedSo),
  seen: instantOf(sql`a.last_seen`),
  first: instantOf(sql`a.first_seen`),
  critical: numberOf(openOf('critical')),
  high: numberOf(openOf('high')),
  risk: numberOf(sql`x.risk_score`),
  acr: numberOf(acrOf),
  agent: flagOf(sql`a.has_agent`),
  state: wordsOf(assetState),
  criticality: wordsOf(sql`x.business_criticality`),
  environment: wordsOf(sql`x.environment`),
  compliance: complianceOf,
  classification: wordsOf(sql`x.data_classification`),
  zone: wordsOf(sql`trim(x.network_zone)`),
  costcenter: wordsOf(sql`x.cost_center`),
  q: textOf(assetText),
});

/** The rows of list, count, facets and export: assets in the scope that did not turn out to be another one. */
export const assetsMatching = (scope: Scope, filter: AssetFilter): RawBuilder<unknown> => sql`
  from ingestion_assets a
  left join asset_exposure e on e.asset_uuid = a.asset_uuid
  left join assets_extended x on x.asset_uuid = a.asset_uuid
 where ${every([sql`a.merged_into is null`, isAssetIn(scope, sql`a.asset_uuid`), ...filtered(assetConditions(scope), filter)])}`;
