/** Matches that wait for a person as a list: filtered, cut to a scope, paged, counted. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, isWithin, type Scope } from '../../canonical/access/index.ts';
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
export const matchBoundary = sql`coalesce(a.system_id, shared.system_id, best.system_id)::text`;
export const matchGain = sql`coalesce(e.open_info + e.open_low + e.open_medium + e.open_high + e.open_critical, 0)`;

/** Where matches are listed, counted and read from; `a` is the asset, `e` its open findings. */
export const matchSource = {
  from: sql`match_reviews r
      join external_systems s on s.id = r.external_system_id
      left join asset_identity_decisions d on d.id = r.decision_id
      left join ingestion_assets a on a.asset_uuid = coalesce(r.asset_uuid, d.asset_uuid)
      left join asset_exposure e on e.asset_uuid = a.asset_uuid
      left join system_components shared on shared.id = r.component_id
      left join lateral (select c.system_id from asset_correlations k join system_components c on c.id = k.component_id
                          where r.kind = 'component' and k.asset_uuid = r.asset_uuid and c.external_system_id = r.external_system_id
                            and k.decided_by_kind = 'rule'
                          order by k.score desc, c.id limit 1) fitting on true
      left join lateral (select coalesce(fitting.system_id,
                                         (select min(b.system_id) from boundary_decisions b
                                           where r.kind = 'boundary' and b.asset_uuid = r.asset_uuid and b.decision = 'review')) as system_id) best on true`,
  id: { column: sql`r.id`, type: 'bigint' as const, always: true as const },
  sorts: {
    age: { column: sql`r.opened_at`, type: 'timestamptz' as const, always: true as const },
    gain: { column: matchGain, type: 'integer' as const, always: true as const },
  },
  facets: { system: matchBoundary, connection: sql`s.system_name`, kind: sql`r.kind` },
};

const conditions: Conditions<FilterOf<List>> = {
  system: wordsOf(matchBoundary),
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
  inScope(scope, matchBoundary),
  ...(filter.state === undefined ? [isOpen] : []),
  ...filtered(conditions, filter),
];

/** A match as it is listed: with what it is worth to decide it. */
export interface MatchRow extends MatchReview {
  /** Of its asset; of one that is in none yet, of its best candidate. */
  readonly boundary: string | null;
  /** Open findings of the asset, which would belong to the system. */
  readonly gain: number;
  /** Candidates that lie in boundaries which the reader may not see, and are left out. */
  readonly candidatesOutside: number;
}

/** Leaves out what the reader may not see. */
export function cutToScope(
  match: MatchReview,
  scope: Scope,
): Pick<MatchRow, 'candidates' | 'candidatesOutside'> {
  const candidates = match.candidates.filter(({ systemId }) => isWithin(scope, systemId));
  return { candidates, candidatesOutside: match.candidates.length - candidates.length };
}

/** Matches within the scope, a page of them; those that wait where the filter names no state. */
export async function listMatches(
  db: Kysely<Database>,
  scope: Scope,
  query: MatchListQuery,
): Promise<Page<MatchRow>> {
  const { items: keys, ...page } = await selectKeys(db, matchSource, fitting(scope, query.filter), query);
  if (keys.length === 0) return { items: [], ...page };
  const ids = keys.map(Number);
  const rows = await listMatchReviews(db, { ids, all: true }, keys.length);
  const { rows: worth } = await sql<{ id: number; boundary: string | null; gain: number }>`
    select r.id::int as id, ${matchBoundary} as boundary, ${matchGain}::int as gain
      from ${matchSource.from} where r.id = any(${ids}::bigint[])`.execute(db);
  const worthOf = new Map(worth.map(({ id, ...facts }) => [id, facts]));
  const items = rows.map((row) => ({
    ...row,
    ...(worthOf.get(row.id) ?? { boundary: null, gain: 0 }),
    ...cutToScope(row, scope),
  }));
  return { items: inOrderOf(keys, items, (row) => row.id), ...page };
}

/** @param atMost undefined: all are counted. */
export const countMatches = (
  db: Kysely<Database>,
  scope: Scope,
  filter: MatchListFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, matchSource, fitting(scope, filter), atMost);

export const countMatchesBy = (
  db: Kysely<Database>,
  scope: Scope,
  filter: MatchListFilter,
  facet: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, matchSource, fitting(scope, filter), facet);

/** Whether there is a match of this number within the scope, open or settled. */
export async function isMatchWithin(db: Kysely<Database>, scope: Scope, id: number): Promise<boolean> {
  const { rows } = await sql`
    select from ${matchSource.from} where r.id = ${id} and ${inScope(scope, matchBoundary)}`.execute(db);
  return rows.length > 0;
}
