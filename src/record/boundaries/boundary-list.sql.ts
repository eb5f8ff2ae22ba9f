/**
 * Authorization boundaries (systems, in words and addresses) as they stand: a row each with its numbers. There are hundreds, not
 * millions: what is counted is counted for all of them at once, so that a list can be sorted and filtered by it.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { FacetOf, FilterOf, SortOf, systemList } from '../../canonical/lists/index.ts';
import {
  type After,
  behind,
  type Conditions,
  every,
  type Filter,
  filtered,
  flagOf,
  instantOf,
  type KeySet,
  numberOf,
  orderOf,
  type Page,
  pageOf,
  type Sort,
  type SortColumn,
  sortValue,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { countedBySystem } from '../poams/index.ts';

export type BoundaryFilter = Filter<FilterOf<typeof systemList>>;
type BoundarySort = SortOf<typeof systemList>;
type BoundaryFacet = FacetOf<typeof systemList>;

/** Why the records of a boundary are not kept in agreement. */
export type NoSync = 'excluded' | 'not_linked' | 'connection_paused';

/** A boundary as the list shows it. Days are `YYYY-MM-DD`. */
export interface BoundaryRow {
  readonly systemId: string;
  /** What the GRC system calls it. */
  readonly remoteId: string | null;
  readonly name: string;
  /** Its id at each connection that it is linked to, by the connection's name. */
  readonly externalIds: Readonly<Record<string, string>>;
  /** The id of the tag that stands for it at a scanner. */
  readonly scannerTag: string | null;
  readonly impact: {
    readonly confidentiality: string | null;
    readonly integrity: string | null;
    readonly availability: string | null;
    readonly overall: string | null;
  };
  readonly status: string | null;
  readonly isso: string | null;
  readonly authorizingOfficial: string | null;
  readonly components: { readonly linked: number; readonly all: number };
  readonly assets: number;
  /** Open findings that are neither accepted nor false positives. */
  readonly open: {
    readonly critical: number;
    readonly high: number;
    readonly medium: number;
    readonly low: number;
  };
  readonly poams: { readonly open: number; readonly overdue: number };
  /** When the oldest open finding of high or critical severity was first found. */
  readonly severeSince: Date | null;
  readonly authorizationEnds: string | null;
  readonly lastScan: Date | null;
  readonly lastSync: Date | null;
  readonly sync: { readonly isOn: boolean; readonly why: NoSync | null };
}

export interface BoundaryQuery {
  readonly filter: BoundaryFilter;
  readonly sort: Sort<BoundarySort>;
  readonly after?: After | undefined;
  readonly limit: number;
  readonly now: Date;
}

const held = sql`
  count(*)::int as assets, sum(e.open_critical)::int as critical, sum(e.open_high)::int as high, sum(e.open_medium)::int as medium,
  sum(e.open_low)::int as low, min(e.severe_since) as severe_since, max(machine.last_seen) as last_scan`;

/** Which boundaries are counted: a condition on their id. What nobody asked about is not counted first and left out later. */
type Among = (systemId: RawBuilder<unknown>) => RawBuilder<boolean>;

/** Machines in a boundary beside their main one. */
const besideOf = (among: Among): RawBuilder<unknown> => sql`
  select distinct b.asset_uuid, b.system_id
    from ingestion_system_assets b join ingestion_assets main on main.asset_uuid = b.asset_uuid
   where b.system_id is distinct from main.system_id and b.system_id is not null and ${among(sql`b.system_id`)}`;
/** So many are named, and looked up one by one. */
const besideNamedAtMost = 5000;

/** SQL of what they hold there, as a relation. */
async function heldBeside(db: Kysely<Database>, among: Among): Promise<RawBuilder<unknown>> {
  const beside = besideOf(among);
  const { rows } = await sql<{ asset: string; system: string }>`
    select asset_uuid::text as asset, system_id::text as system from (${beside}) beside limit ${besideNamedAtMost + 1}`.execute(
    db,
  );
  if (rows.length > besideNamedAtMost)
    return sql`
      select beside.system_id, ${held}
        from (${beside}) beside
        join ingestion_assets machine on machine.asset_uuid = beside.asset_uuid and machine.merged_into is null
        left join asset_exposure e on e.asset_uuid = machine.asset_uuid
       group by 1`;
  return sql`
    select beside.system_id, ${held}
      from unnest(${rows.map((row) => row.asset)}::uuid[], ${rows.map((row) => row.system)}::text[]) beside(asset_uuid, system_id)
     cross join lateral (select own.asset_uuid, own.last_seen from ingestion_assets own
                          where own.asset_uuid = beside.asset_uuid and own.merged_into is null offset 0) machine
      left join lateral (select * from asset_exposure known where known.asset_uuid = machine.asset_uuid offset 0) e on true
     group by 1`;
}

/**
 * SQL of a relation: what each boundary holds. A machine that is in two counts in both, as their lists of assets and findings show it. Most are
 * in their main one only: these are counted as they lie. How many are beside the planner cannot know; not told, it took them for all, and read
 * every machine and its exposure a second time (50,000 machines, 1,000 of them in two: 120 ms, now 80).
 */
const heldBySystem = async (db: Kysely<Database>, among: Among): Promise<RawBuilder<unknown>> => sql`
  select part.system_id, sum(part.assets)::int as assets, sum(part.critical)::int as critical, sum(part.high)::int as high,
         sum(part.medium)::int as medium, sum(part.low)::int as low, min(part.severe_since) as severe_since, max(part.last_scan) as last_scan
    from (
      select machine.system_id, ${held}
        from ingestion_assets machine left join asset_exposure e on e.asset_uuid = machine.asset_uuid
       where machine.merged_into is null and machine.system_id is not null and ${among(sql`machine.system_id`)} group by 1
      union all ${await heldBeside(db, among)}) part
   group by 1`;

/** SQL of every boundary with its numbers, as a relation `b`; not every owner's database declares system_id unique. */
async function boundariesAt(db: Kysely<Database>, now: Date, among: Among): Promise<RawBuilder<unknown>> {
  return sql`(
    select s.system_id, s.xacta_system_id as remote_id, s.name, s.external_system_mappings, s.tenable_asset_group_id as scanner_tag, s.status, s.information_system_security_officer as isso,
           s.authorizing_official as ao, s.authorization_termination_date as ends, s.sync_enabled,
           initcap(i.confidentiality_impact) as confidentiality, initcap(i.integrity_impact) as integrity,
           initcap(i.availability_impact) as availability, initcap(i.overall_impact) as overall,
           coalesce(c.linked, 0) as linked, coalesce(c.components, 0) as components, coalesce(a.assets, 0) as assets,
           coalesce(a.critical, 0) as critical, coalesce(a.high, 0) as high, coalesce(a.medium, 0) as medium, coalesce(a.low, 0) as low,
           a.severe_since, a.last_scan, coalesce(p.open, 0) as poams_open, coalesce(p.overdue, 0) as poams_overdue, l.last_sync,
           case when s.sync_enabled is false then 'excluded' when l.entity_id is null then 'not_linked'
                when not l.is_enabled then 'connection_paused' end as no_sync
      from ingestion_systems s
      left join lateral (select * from ingestion_system_impact_levels own where own.system_id = s.system_id order by own.id limit 1) i on true
      left join (
        select k.system_id, count(*)::int as components,
               (count(*) filter (where exists (select from asset_correlations m where m.component_id = k.id and m.decision = 'linked')))::int as linked
          from system_components k where ${among(sql`k.system_id`)} group by 1) c on c.system_id = s.system_id
      left join (${await heldBySystem(db, among)}) a on a.system_id = s.system_id
      left join (${await countedBySystem(db, now, among)}) p on p.system_id = s.system_id
      left join (
        select own.entity_id, max(x.last_sync_time) as last_sync, bool_or(x.sync_enabled is not false) as is_enabled
          from sync_links own join external_systems x on x.id = own.external_system_id and x.removed_at is null
         where own.entity_type = 'system' and own.retired_at is null and ${among(sql`own.entity_id`)} group by 1) l on l.entity_id = s.system_id
     where s.system_id is not null and ${among(sql`s.system_id`)}
       and not exists (select from ingestion_systems older where older.system_id = s.system_id and older.id < s.id)) b`;
}

const conditions: Conditions<FilterOf<typeof systemList>> = {
  system: wordsOf(sql`b.system_id`),
  status: wordsOf(sql`b.status`),
  impact: wordsOf(sql`b.overall`),
  isso: wordsOf(sql`b.isso`),
  ao: wordsOf(sql`b.ao`),
  overdue: numberOf(sql`b.poams_overdue`),
  ends: instantOf(sql`b.ends`),
  sync: flagOf(sql<boolean>`b.no_sync is null`),
  q: textOf(sql`concat_ws(' ', b.system_id, b.remote_id, b.name)`),
};
const byId: SortColumn = { column: sql`b.system_id`, type: 'text', always: true };
const sorts: Readonly<Record<BoundarySort, SortColumn>> = {
  name: { column: sql`b.name`, type: 'text', always: true },
  critical: { column: sql`b.critical`, type: 'integer', always: true },
  overdue: { column: sql`b.poams_overdue`, type: 'integer', always: true },
  ends: { column: sql`b.ends`, type: 'timestamp' },
};
const facets: Readonly<Record<BoundaryFacet, RawBuilder<string | null>>> = {
  status: sql`b.status`,
  impact: sql`b.overall`,
};

const shown = sql`
  b.system_id as "systemId", b.remote_id as "remoteId", b.name,
  -- What the host application keeps there may be of another shape.
  (select coalesce(jsonb_object_agg(own.key, own.value), '{}')
     from jsonb_each_text(case jsonb_typeof(b.external_system_mappings) when 'object' then b.external_system_mappings else '{}' end) own
    where jsonb_typeof(b.external_system_mappings -> own.key) = 'string') as "externalIds", b.scanner_tag as "scannerTag",
  jsonb_build_object('confidentiality', b.confidentiality, 'integrity', b.integrity, 'availability', b.availability, 'overall', b.overall) as impact,
  b.status, b.isso, b.ao as "authorizingOfficial", jsonb_build_object('linked', b.linked, 'all', b.components) as components, b.assets,
  jsonb_build_object('critical', b.critical, 'high', b.high, 'medium', b.medium, 'low', b.low) as open,
  jsonb_build_object('open', b.poams_open, 'overdue', b.poams_overdue) as poams, b.severe_since as "severeSince",
  to_char(b.ends, 'YYYY-MM-DD') as "authorizationEnds", b.last_scan as "lastScan", b.last_sync as "lastSync",
  jsonb_build_object('isOn', b.no_sync is null, 'why', b.no_sync) as sync`;

const within =
  (scope: Scope): Among =>
  (systemId) =>
    inScope(scope, systemId);
const whereOf = (filter: BoundaryFilter) => every(filtered(conditions, filter));

/** A page of boundaries in a scope. (`listSystems` of the ledger lists connections.) */
export async function listBoundaries(
  db: Kysely<Database>,
  scope: Scope,
  query: BoundaryQuery,
): Promise<Page<BoundaryRow>> {
  const keys: KeySet = { by: sorts[query.sort.by], id: byId, descending: query.sort.descending };
  const { rows } = await sql<BoundaryRow & { readonly sort_value: string | number | null }>`
    select ${sortValue(keys.by)} as sort_value, ${shown} from ${await boundariesAt(db, query.now, within(scope))}
     where ${whereOf(query.filter)} and ${query.after ? behind(keys, query.after) : sql`true`}
     order by ${orderOf(keys)} limit ${query.limit + 1}`.execute(db);
  return pageOf(
    rows,
    query.limit,
    (row) => row.systemId,
    ({ sort_value: _sorted, ...row }) => row,
  );
}

export async function countBoundaries(
  db: Kysely<Database>,
  scope: Scope,
  asked: Pick<BoundaryQuery, 'filter' | 'now'>,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ${await boundariesAt(db, asked.now, within(scope))} where ${whereOf(asked.filter)}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

export async function facetBoundaries(
  db: Kysely<Database>,
  scope: Scope,
  asked: Pick<BoundaryQuery, 'filter' | 'now'> & { readonly by: BoundaryFacet },
): Promise<{ readonly value: string | null; readonly count: number }[]> {
  const { rows } = await sql<{ value: string | null; count: number }>`
    select ${facets[asked.by]} as value, count(*)::int as count from ${await boundariesAt(db, asked.now, within(scope))}
     where ${whereOf(asked.filter)} group by 1 order by count(*) desc, 1`.execute(db);
  return rows;
}

/** One boundary as the list shows it; undefined where it is not there or out of scope. */
export async function findBoundaryRow(
  db: Kysely<Database>,
  scope: Scope,
  systemId: string,
  now: Date,
): Promise<BoundaryRow | undefined> {
  const among: Among = (id) => sql<boolean>`${id} = ${systemId} and ${inScope(scope, id)}`;
  const { rows } = await sql<BoundaryRow>`select ${shown} from ${await boundariesAt(db, now, among)}`.execute(
    db,
  );
  return rows[0];
}

/** Whether a boundary is there and in scope. */
export async function isBoundaryWithin(
  db: Kysely<Database>,
  scope: Scope,
  systemId: string,
): Promise<boolean> {
  const { rows } = await sql`
    select from ingestion_systems s where s.system_id = ${systemId} and ${inScope(scope, sql`s.system_id`)} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}
