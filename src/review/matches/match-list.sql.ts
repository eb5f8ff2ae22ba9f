/** Matches that wait for a person as a list: filtered, cut to a scope, paged, counted. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { FacetOf, FilterOf, ListQuery, matchList } from '../../canonical/lists/index.ts';
import { listMatchReviews, type MatchReview } from '../../modules/correlation/index.ts';
import {
  type Conditions,
  countByFacet,
  countFitting,
  countedAtMost,
  type FacetCount,
  type Filter,
  filtered,
  inOrderOf,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

type List = typeof matchList;
export type MatchListQuery = ListQuery<List>;
export type MatchListFilter = Filter<FilterOf<List>>;

/**
 * The boundary of a match: of its asset or shared component; of an asset that is in none yet, that of its best candidate, whose people are
 * asked whether it is theirs.
 */
const boundary = sql`coalesce(a.system_id, shared.system_id, best.system_id)::text`;
const gain = sql`coalesce(e.open_info + e.open_low + e.open_medium + e.open_high + e.open_critical, 0)`;

const source = {
  from: sql`match_reviews r
      join external_systems s on s.id = r.external_system_id
      left join asset_identity_decisions d on d.id = r.decision_id
      left join ingestion_assets a on a.asset_uuid = coalesce(r.asset_uuid, d.asset_uuid)
      left join asset_exposure e on e.asset_uuid = a.asset_uuid
      left join system_components shared on shared.id = r.component_id
      left join lateral (select c.system_id from asset_correlations k join system_components c on c.id = k.component_id
                          where r.kind = 'component' and k.asset_uuid = r.asset_uuid and c.external_system_id = r.external_system_id
                            and k.decided_by_kind = 'rule'
                          order by k.score desc, c.id limit 1) best on true`,
  id: { column: sql`r.id`, type: 'bigint' as const, always: true as const },
  sorts: {
    age: { column: sql`r.opened_at`, type: 'timestamptz' as const, always: true as const },
    gain: { column: gain, type: 'integer' as const, always: true as const },
  },
  facets: { system: boundary, connection: sql`s.system_name`, kind: sql`r.kind` },
};

const conditions: Conditions<FilterOf<List>> = {
  system: wordsOf(boundary),
  connection: wordsOf(sql`s.system_name`),
  kind: wordsOf(sql`r.kind`),
  asset: (term) =>
    term.is === 'in'
      ? sql`(lower(a.hostname) = any(${term.values.map((value) => value.toLowerCase())}::text[])
             or a.asset_uuid::text = any(${term.values.map((value) => value.toLowerCase())}::text[])) is ${term.negated ? sql`not true` : sql`true`}`
      : wordsOf(sql`a.hostname`)(term),
  state: wordsOf(sql`case when r.settled_at is null then 'open' else 'settled' end`),
  age: instantOf(sql`r.opened_at`),
};

const isOpen = sql<boolean>`r.settled_at is null`;
const fitting = (scope: Scope, filter: MatchListFilter): RawBuilder<boolean>[] => [
  inScope(scope, boundary),
  ...(filter.state === undefined ? [isOpen] : []),
  ...filtered(conditions, filter),
];

/** Matches within the scope, a page of them; those that wait where the filter names no state. */
export async function listMatches(
  db: Kysely<Database>,
  scope: Scope,
  query: MatchListQuery,
): Promise<Page<MatchReview>> {
  const { items: keys, ...page } = await selectKeys(db, source, fitting(scope, query.filter), query);
  const rows =
    keys.length === 0 ? [] : await listMatchReviews(db, { ids: keys.map(Number), all: true }, keys.length);
  return { items: inOrderOf(keys, rows, (row) => row.id), ...page };
}

/** @param atMost undefined: all are counted. */
export const countMatches = (
  db: Kysely<Database>,
  scope: Scope,
  filter: MatchListFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(scope, filter), atMost);

export const countMatchesBy = (
  db: Kysely<Database>,
  scope: Scope,
  filter: MatchListFilter,
  facet: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(scope, filter), facet);

/** Whether there is a match of this number within the scope, open or settled. */
export async function isMatchWithin(db: Kysely<Database>, scope: Scope, id: number): Promise<boolean> {
  const { rows } = await sql`
    select from ${source.from} where r.id = ${id} and ${inScope(scope, boundary)}`.execute(db);
  return rows.length > 0;
}
