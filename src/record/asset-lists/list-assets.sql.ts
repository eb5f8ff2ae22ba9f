/** Pages, counts and facets of assets. Assets are some ten thousands: what is filtered and sorted is read from narrow rows, the rest for the page only. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { assetList, FacetOf, SortOf } from '../../canonical/lists/index.ts';
import {
  type After,
  behind,
  type KeySet,
  orderOf,
  type Page,
  pageOf,
  type Sort,
  type SortColumn,
  sortValue,
  streamRows,
} from '../../platform/lists/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import { type Counted, countedAtMost, type Facet } from '../finding-lists/index.ts';
import { membershipsIn, systemsOfAsset } from '../systems/index.ts';
import { acrOf, type AssetFilter, assetsMatching, assetState, openOf } from './asset-conditions.sql.ts';

export interface AssetRow {
  readonly assetUuid: string;
  readonly name: string | null;
  readonly ips: readonly string[];
  readonly fqdns: readonly string[];
  readonly operatingSystem: string | null;
  /** The systems of the scope in which it is. */
  readonly systemIds: readonly string[];
  /** The component that it is, as the GRC system calls it. */
  readonly componentId: string | null;
  readonly state: 'reported' | 'unreported' | 'terminated' | 'deleted';
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
  readonly hasAgent: boolean | null;
  readonly acr: number | null;
  /** 0 to 100; null where nothing of it was scored. */
  readonly risk: number | null;
  readonly criticality: string | null;
  readonly environment: string | null;
  readonly tags: readonly string[];
  /** The connections that report it. */
  readonly sources: readonly string[];
  readonly openCritical: number;
  readonly openHigh: number;
  readonly openMedium: number;
  readonly openLow: number;
  readonly openInfo: number;
  readonly accepted: number;
}

export type AssetSort = Sort<SortOf<typeof assetList>>;
export interface AssetQuery {
  readonly filter: AssetFilter;
  readonly sort: AssetSort;
}

const id: SortColumn = { column: sql`a.id`, type: 'integer', always: true };
const sorts: Readonly<Record<SortOf<typeof assetList>, SortColumn>> = {
  name: { column: sql`a.hostname`, type: 'text' },
  critical: { column: openOf('critical'), type: 'integer', always: true },
  seen: { column: sql`a.last_seen`, type: 'timestamp' },
  first: { column: sql`a.first_seen`, type: 'timestamp' },
  risk: { column: sql`x.risk_score`, type: 'numeric' },
  acr: { column: acrOf, type: 'numeric' },
};

/** SQL of the page's rows as a relation (id, sort_value, place). @param limit undefined: all. */
function assetIds(
  scope: Scope,
  { filter, sort }: AssetQuery,
  after: After | undefined,
  limit: number | undefined,
): RawBuilder<unknown> {
  const keys: KeySet = { by: sorts[sort.by], id, descending: sort.descending };
  return sql`
    select a.id, ${sortValue(keys.by)} as sort_value, row_number() over (order by ${orderOf(keys)}) as place
    ${assetsMatching(scope, filter)} ${after ? sql`and ${behind(keys, after)}` : sql``}
     order by ${orderOf(keys)} ${limit === undefined ? sql`` : sql`limit ${limit}`}`;
}

const network = (column: string): RawBuilder<string[]> =>
  sql`array(select ${sql.ref(`n.${column}`)}::text from ingestion_asset_network n where n.asset_uuid = a.asset_uuid and ${sql.ref(`n.${column}`)} is not null order by n.id limit 20)`;

/** `page` is a relation (id, sort_value, place). */
const assetRows = (scope: Scope, page: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select page.id, page.sort_value, a.asset_uuid::text as "assetUuid", a.hostname as name, ${network('ipv4_address')} || ${network('ipv6_address')} as ips, ${network('fqdn')} as fqdns,
         (select o.operating_system from ingestion_asset_systems o where o.asset_uuid = a.asset_uuid order by o.is_primary desc nulls last, o.id limit 1) as "operatingSystem",
         array(select s.system_id from (${systemsOfAsset(scope, sql`a.asset_uuid`)}) s order by 1) as "systemIds",
         a.xacta_component_id as "componentId", ${assetState} as state, a.first_seen as "firstSeen", a.last_seen as "lastSeen", a.has_agent as "hasAgent",
         ${acrOf}::float8 as acr, x.risk_score::float8 as risk, x.business_criticality as criticality, x.environment,
         array(select own.key || ':' || val.word from jsonb_each(case jsonb_typeof(x.asset_tags) when 'object' then x.asset_tags else '{}' end) own
               cross join lateral jsonb_array_elements_text(case jsonb_typeof(own.value) when 'array' then own.value else jsonb_build_array(own.value) end) val(word)
               order by 1 limit 50) as tags,
         array(select distinct s.system_name::text from asset_sources r join external_systems s on s.id = r.external_system_id where r.asset_uuid = a.asset_uuid order by 1) as sources,
         ${openOf('critical')} as "openCritical", ${openOf('high')} as "openHigh", ${openOf('medium')} as "openMedium", ${openOf('low')} as "openLow",
         ${openOf('info')} as "openInfo", coalesce(e.accepted, 0) as accepted
    from ${page} page
    join ingestion_assets a on a.id = page.id
    left join asset_exposure e on e.asset_uuid = a.asset_uuid
    left join assets_extended x on x.asset_uuid = a.asset_uuid
   order by page.place`;

type StoredAssetRow = AssetRow & { readonly id: number; readonly sort_value: string | number | null };
const shownAsset = ({ id: _id, sort_value: _value, ...row }: StoredAssetRow): AssetRow => row;

/** A page of assets: those with the most open critical findings first by default. */
export async function listAssets(
  db: Kysely<Database>,
  scope: Scope,
  query: AssetQuery & { readonly after?: After; readonly limit: number },
): Promise<Page<AssetRow>> {
  const { rows } = await sql<StoredAssetRow>`
      with page as materialized (${assetIds(scope, query, query.after, query.limit + 1)})
    ${assetRows(scope, sql`page`)}`.execute(db);
  return pageOf(rows, query.limit, (row) => row.id, shownAsset);
}

/** How many match: up to 10,000, unless it is to be exact. */
export async function countAssets(
  db: Kysely<Database>,
  scope: Scope,
  filter: AssetFilter,
  { exact = false }: { readonly exact?: boolean } = {},
): Promise<Counted> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (select ${assetsMatching(scope, filter)} ${exact ? sql`` : sql`limit ${countedAtMost + 1}`}) found`.execute(
    db,
  );
  const n = rows[0]?.n ?? 0;
  return exact || n <= countedAtMost ? { count: n, exact: true } : { count: countedAtMost, exact: false };
}

/** An asset that is in two systems, or that two sources report, counts in both. */
const facetOf = (
  scope: Scope,
  by: FacetOf<typeof assetList>,
  found: RawBuilder<unknown>,
): RawBuilder<unknown> => {
  switch (by) {
    case 'state':
      return sql`select state as value from ${found}`;
    case 'system':
      return sql`select m.system_id as value from ${found} left join (${membershipsIn(scope)}) m using (asset_uuid)`;
    case 'source':
      return sql`select s.system_name as value from ${found} left join (select distinct asset_uuid, external_system_id from asset_sources) r using (asset_uuid)
                   left join external_systems s on s.id = r.external_system_id`;
  }
};

/** How the matching assets divide, always exact; `none` for assets without a value. */
export async function facetAssets(
  db: Kysely<Database>,
  scope: Scope,
  filter: AssetFilter,
  by: FacetOf<typeof assetList>,
): Promise<Facet> {
  const { rows } = await sql<{ value: string; count: number }>`
    with found as materialized (select a.asset_uuid, ${assetState} as state ${assetsMatching(scope, filter)})
    select coalesce(value, 'none') as value, count(*)::int as count from (${facetOf(scope, by, sql`found`)}) valued
     group by 1 order by 2 desc, 1 limit 1000`.execute(db);
  return { tally: rows, exact: true };
}

/** The rows of these ids, in the order of the ids. */
export async function fetchAssetRows(
  db: Kysely<Database>,
  scope: Scope,
  ids: readonly number[],
): Promise<AssetRow[]> {
  const page = sql`(select id, place, null::text as sort_value from unnest(${[...ids]}::int[]) with ordinality each(id, place))`;
  const { rows } = await sql<StoredAssetRow>`${assetRows(scope, page)}`.execute(db);
  return rows.map(shownAsset);
}

/** All assets that match, in their order, some hundred at a time. */
export async function* streamAssets(
  store: Store,
  scope: Scope,
  query: AssetQuery,
  signal?: AbortSignal,
): AsyncGenerator<readonly AssetRow[], void> {
  const ids = sql`select id from (${assetIds(scope, query, undefined, undefined)}) page order by place`;
  yield* streamRows(store, ids, (db, some) => fetchAssetRows(db, scope, some), signal);
}
