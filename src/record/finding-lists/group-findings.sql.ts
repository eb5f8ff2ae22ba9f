/**
 * Findings in groups: what to fix first. All that match are counted once, by plugin or by asset, which are few; what the group is of, and its
 * place among the others, follow from that. Assets, systems, first found and POA&Ms are looked up for the groups of the page only.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { FindingGroup, findingPoamStates } from '../../canonical/lists/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';
import { type After, type Page, pageOf } from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { membershipsIn } from '../systems/index.ts';
import { type FindingFilter, groupRisk, pluginOf } from './finding-conditions.sql.ts';
import { findSight, poamInScopeOfMany, poamStateOf } from './finding-poam.sql.ts';
import { byNarrowIndex } from './narrow-index.sql.ts';
import { findReach } from './reach.sql.ts';

export interface FindingGroupRow {
  /** What the filter of the same name takes to show the group's findings; null: those that belong to none. */
  readonly key: string | null;
  readonly title: string | null;
  readonly critical: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly info: number;
  readonly findings: number;
  readonly assets: number;
  /** Systems of the scope. */
  readonly systems: number;
  /** Risk score, 0 to 100, of the worst of it that one sees; null where none was scored, and for CVEs and solutions. */
  readonly risk: number | null;
  readonly firstFound: Date | null;
  /** The worst of its findings: overdue, without a POA&M, open, completed. */
  readonly poamState: (typeof findingPoamStates)[number];
}

interface GroupSql {
  /** What is counted first. */
  readonly counted: RawBuilder<unknown>;
  /** SQL of a relation (part, key): to which groups each counted part belongs; `counted(part, …)` is joined to it. */
  readonly parts: RawBuilder<unknown>;
  readonly title: RawBuilder<unknown>;
  readonly risk: RawBuilder<unknown>;
}

const groupSql = (scope: Scope): Readonly<Record<FindingGroup, GroupSql>> => ({
  plugin: {
    counted: pluginOf,
    parts: sql`select part, part as key from counted`,
    title: sql`(select p.name from scan_plugins p where p.plugin_id = top.key)`,
    risk: groupRisk(scope, sql`g.plugin_id = top.key`),
  },
  asset: {
    counted: sql`v.asset_ref`,
    parts: sql`select part, part::text as key from counted`,
    title: sql`(select a.hostname from ingestion_assets a where a.asset_uuid = top.key::uuid)`,
    risk: sql`(select x.risk_score from assets_extended x where x.asset_uuid = top.key::uuid)`,
  },
  system: {
    counted: sql`v.asset_ref`,
    parts: sql`select part, m.system_id as key from counted left join (${membershipsIn(scope)}) m on m.asset_uuid = part`,
    title: sql`(select s.name from ingestion_systems s where s.system_id = top.key order by s.id limit 1)`,
    risk: groupRisk(scope, sql`g.system_id = coalesce(top.key, '')`),
  },
  cve: {
    counted: pluginOf,
    parts: sql`select part, named.cve as key from counted left join scan_plugins p on p.plugin_id = part left join unnest(p.cves) named(cve) on true`,
    title: sql`null::text`,
    risk: sql`null`,
  },
  solution: {
    counted: pluginOf,
    parts: sql`select part, md5(p.solution) as key from counted left join scan_plugins p on p.plugin_id = part`,
    title: sql`(select p.solution from scan_plugins p where md5(p.solution) = top.key limit 1)`,
    risk: sql`null`,
  },
});

const worstFirst = severities.toReversed().map((word) => word.toLowerCase());
const bySeverity = sql.join(
  severities.map(
    (word, rank) =>
      sql`count(*) filter (where v.severity_rank = ${sql.lit(rank)})::int as ${sql.ref(word.toLowerCase())}`,
  ),
);
const sums = sql.join(
  [...worstFirst, 'findings'].map((name) => sql`sum(${sql.ref(name)})::int as ${sql.ref(name)}`),
);
/** Most critical ones first, then most high ones, and so on: as one text that sorts so. */
const weight = sql`concat(${sql.join(worstFirst.map((name) => sql`lpad(${sql.ref(name)}::text, 9, '0')`))}) collate "C"`;
/** A finding without a POA&M is worse than one whose POA&M is on time. */
const worstPoams = [
  'overdue',
  'none',
  'open',
  'completed',
] as const satisfies readonly FindingGroupRow['poamState'][];
const noKey = '\u0001';

interface GroupQuery {
  readonly filter: FindingFilter;
  readonly by: FindingGroup;
  readonly after?: After;
  readonly limit: number;
  readonly now: Date;
}

/** A page of groups, the worst first. */
export async function groupFindings(
  db: Kysely<Database>,
  scope: Scope,
  { filter, by, after, limit, now }: GroupQuery,
): Promise<Page<FindingGroupRow>> {
  const { all } = await findReach(db, scope, { filter, now });
  const sight = await findSight(db, scope, { now });
  const { counted, parts, title, risk } = groupSql(scope)[by];
  const grouping = sql<FindingGroupRow & { group_id: string; sort_value: string }>`
    with counted as materialized (
      select ${counted} as part, ${bySeverity}, count(*)::int as findings from ingestion_vulnerabilities v where ${all} group by 1
    ), parts as materialized (${parts}
    ), weighed as (
      select key, coalesce(key, ${noKey}) collate "C" as group_id, ${sums} from parts join counted using (part) group by key
    ), top as materialized (
      select *, ${weight} as sort_value from weighed
       where ${after ? sql`(${weight}, group_id) < (${after.value}::text, ${after.id}::text)` : sql`true`}
       order by ${weight} desc, group_id desc limit ${limit + 1}
    ), found as materialized (
      select parts.key, v.asset_ref, min(v.first_found) as first_found, answer.id as poam
        from top join parts on parts.key is not distinct from top.key
        join ingestion_vulnerabilities v on ${counted} = parts.part
       cross join lateral (select ${poamInScopeOfMany(sight)} as id offset 0) answer
       where ${all} group by parts.key, v.asset_ref, answer.id
    ), of_assets as (
      select key, count(*)::int as assets, min(first_found) as first_found from (
        select key, asset_ref, min(first_found) as first_found from found group by key, asset_ref) each group by key
    ), of_systems as (
      select key, count(distinct m.system_id)::int as systems from (select distinct key, asset_ref from found) each
        join (${membershipsIn(scope)}) m on m.asset_uuid = each.asset_ref group by key
    ), of_poams as (
      select key, min(array_position(${[...worstPoams]}::text[], coalesce(${poamStateOf('k', now)}, 'none'))) as worst
        from (select distinct key, poam from found) each left join ingestion_poams k on k.id = each.poam group by key
    )
    select top.*, ${title} as title, (${risk})::float8 as risk, of_assets.assets, of_assets.first_found as "firstFound", coalesce(of_systems.systems, 0) as systems,
           (${[...worstPoams]}::text[])[of_poams.worst] as "poamState"
      from top
      join of_assets on of_assets.key is not distinct from top.key
      join of_poams on of_poams.key is not distinct from top.key
      left join of_systems on of_systems.key is not distinct from top.key
     order by top.sort_value desc, top.group_id desc`;
  const { rows } = await byNarrowIndex(db, (one) => grouping.execute(one));
  return pageOf(
    rows,
    limit,
    (row) => row.group_id,
    ({ group_id: _id, sort_value: _value, ...row }) => row,
  );
}
