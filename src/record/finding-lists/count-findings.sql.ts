/** How many findings match, and how they divide: of the same rows as the list and the export. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { FacetOf, findingList } from '../../canonical/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { severityWord } from '../findings/index.ts';
import { membershipsIn } from '../systems/index.ts';
import { type FindingFilter, pluginOf } from './finding-conditions.sql.ts';
import { blind, findSight, poamInScopeOfMany, poamStateOf, type Sight } from './finding-poam.sql.ts';
import { byNarrowIndex } from './narrow-index.sql.ts';
import { findReach } from './reach.sql.ts';

/** A count ends here unless it is to be exact. */
export const countedAtMost = 10_000;
/** So many findings are looked at for facets: what a person waits for without noticing. */
export const facetedAtMost = 1_200_000;

export interface Counted {
  readonly count: number;
  /** Whether there are no more. */
  readonly exact: boolean;
}

/** How many match: up to 10,000, unless it is to be exact, which may take seconds where millions do. */
export async function countFindings(
  db: Kysely<Database>,
  scope: Scope,
  filter: FindingFilter,
  { now, exact = false }: { readonly now: Date; readonly exact?: boolean | undefined },
): Promise<Counted> {
  const { all } = await findReach(db, scope, { filter, now });
  const cut = exact ? sql`` : sql`limit ${countedAtMost + 1}`;
  const counting = sql<{ n: number }>`
    select count(*)::int as n from (select from ingestion_vulnerabilities v where ${all} ${cut}) found`;
  const { rows } = await byNarrowIndex(db, (one) => counting.execute(one));
  const n = rows[0]?.n ?? 0;
  return exact || n <= countedAtMost ? { count: n, exact: true } : { count: countedAtMost, exact: false };
}

export interface Facet {
  /** By value, the most first; `none` for findings without one. */
  readonly tally: readonly { readonly value: string; readonly count: number }[];
  /** Whether all findings were looked at; else each number is a lower bound. */
  readonly exact: boolean;
}

/**
 * For each facet what is counted first (one pass over the narrow index), and what of it the value is. Systems, families and POA&Ms are
 * counted by asset, plugin and POA&M first, which are few; an asset that is in two systems of the scope counts in both.
 */
interface FacetSql {
  readonly key: RawBuilder<unknown>;
  readonly value: (counted: RawBuilder<unknown>) => RawBuilder<unknown>;
}
const plain = (counted: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select key as value, n from ${counted}`;

const facetSql = (sight: Sight): Readonly<Record<FacetOf<typeof findingList>, FacetSql>> => ({
  severity: { key: sql.raw(severityWord('v.severity_rank')), value: plain },
  state: { key: sql`v.lifecycle_state::text`, value: plain },
  system: {
    key: sql`v.asset_ref`,
    value: (counted) => sql`
      select m.system_id as value, n from ${counted} left join (${membershipsIn(sight.scope)}) m on m.asset_uuid = key`,
  },
  family: {
    key: pluginOf,
    value: (counted) =>
      sql`select p.family as value, n from ${counted} left join scan_plugins p on p.plugin_id = key`,
  },
  poam: {
    key: poamInScopeOfMany(sight),
    value: (counted) => sql`
      select ${poamStateOf('k', sight.now)} as value, n from ${counted} left join ingestion_poams k on k.id = key`,
  },
});

const facetValuesAtMost = 1000;

/** How the matching findings divide. */
export async function facetFindings(
  db: Kysely<Database>,
  scope: Scope,
  {
    filter,
    by,
    now,
  }: { readonly filter: FindingFilter; readonly by: FacetOf<typeof findingList>; readonly now: Date },
): Promise<Facet> {
  const { all } = await findReach(db, scope, { filter, now });
  const sight = by === 'poam' ? await findSight(db, scope, { now }) : blind(scope, now);
  const { key, value } = facetSql(sight)[by];
  const counting = sql<{ value: string; count: number; seen: number }>`
    with counted as materialized (
      select key, count(*)::int as n
        from (select ${key} as key from ingestion_vulnerabilities v where ${all} limit ${facetedAtMost + 1}) found
       group by key
    )
    select coalesce(value, 'none') as value, sum(n)::int as count, (select sum(n)::int from counted) as seen
      from (${value(sql`counted`)}) valued group by 1 order by 2 desc, 1 limit ${facetValuesAtMost}`;
  const { rows } = await byNarrowIndex(db, (one) => counting.execute(one));
  const exact = (rows[0]?.seen ?? 0) <= facetedAtMost;
  return { tally: rows.map(({ value: each, count }) => ({ value: each, count })), exact };
}
