/** Deviations as a list: filtered, cut to a scope, paged, counted. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { deviationList, FacetOf, FilterOf, ListQuery } from '../../canonical/lists/index.ts';
import {
  type Conditions,
  countByFacet,
  countedAtMost,
  countFitting,
  type FacetCount,
  type Filter,
  filtered,
  flagOf,
  inOrderOf,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { fetchPoamColumns } from '../../record/poams/index.ts';
import { deviationColumns, type DeviationRow } from './deviations.sql.ts';

type List = typeof deviationList;
export type DeviationListQuery = ListQuery<List>;
export type DeviationFilter = Filter<FilterOf<List>>;

const source = {
  from: sql`deviations d`,
  id: { column: sql`d.id`, type: 'integer' as const, always: true as const },
  sorts: {
    ends: { column: sql`d.expires_on::timestamp`, type: 'timestamp' as const },
    asked: { column: sql`d.requested_at`, type: 'timestamptz' as const, always: true as const },
  },
  facets: { kind: sql`d.kind`, state: sql`d.state`, system: sql`d.system_id` },
};

const conditions: Conditions<FilterOf<List>> = {
  system: wordsOf(sql`d.system_id`),
  poam: wordsOf(sql`d.poam_id`),
  kind: wordsOf(sql`d.kind`),
  state: wordsOf(sql`d.state`),
  waits: flagOf(sql<boolean>`exists (select from deviation_notices n where n.deviation_id = d.id)`),
  ends: instantOf(sql`d.expires_on::timestamp`),
  by: wordsOf(sql`d.requested_by`),
  q: textOf(sql`concat_ws(' ', d.id::text, d.poam_id, d.rationale, d.requested_by)`),
};

/** Also what was found and asks a person. */
const isLiving = sql<boolean>`d.state in ('found', 'requested', 'approved')`;

const fitting = (scope: Scope, filter: DeviationFilter): RawBuilder<boolean>[] => [
  inScope(scope, sql`d.system_id`),
  ...(filter.state === undefined ? [isLiving] : []),
  ...filtered(conditions, filter),
];

interface WholeDeviation extends Omit<DeviationRow, 'details'> {
  readonly details: JsonObject;
  readonly boundaryName: string | null;
  /** The first line of what its POA&M is about. */
  readonly weakness: string | null;
  /** How many assets it is for, now. */
  readonly assetCount: number;
  /** How many files are its evidence. */
  readonly files: number;
}

export type ListedDeviation = Omit<WholeDeviation, 'assets' | 'requestedByPrincipal'>;

async function listByIds(db: Kysely<Database>, ids: readonly number[]): Promise<WholeDeviation[]> {
  const poams = await fetchPoamColumns(db);
  const { rows } = await sql<WholeDeviation>`
    select ${deviationColumns},
           (select own.name from ingestion_systems own where own.system_id = d.system_id order by own.id limit 1) as "boundaryName",
           split_part(${poams.of('weakness_description')}::text, E'\\n', 1) as weakness,
           case when d.is_whole_poam then (select count(distinct l.asset_uuid)::int from ingestion_poam_assets l where l.poam_id = d.poam_id)
                else (select count(*)::int from deviation_assets a where a.deviation_id = d.id) end as "assetCount",
           (select count(*)::int from deviation_files f where f.deviation_id = d.id) as files
      from deviations d left join ingestion_poams p on p.poam_id = d.poam_id
     where d.id = any(${[...ids]}::int[])`.execute(db);
  return rows;
}

export async function listDeviations(
  db: Kysely<Database>,
  scope: Scope,
  query: DeviationListQuery,
): Promise<Page<ListedDeviation>> {
  const { items: keys, ...page } = await selectKeys(db, source, fitting(scope, query.filter), query);
  if (keys.length === 0) return { items: [], ...page };
  const rows = await listByIds(db, keys.map(Number));
  const listed = rows.map(({ assets: _some, requestedByPrincipal: _key, ...row }): ListedDeviation => row);
  return { items: inOrderOf(keys, listed, (row) => row.id), ...page };
}

export async function findDeviation(
  db: Kysely<Database>,
  scope: Scope,
  id: number,
): Promise<WholeDeviation | undefined> {
  const { rows } = await sql<{ id: number }>`
    select d.id from deviations d where d.id = ${id} and ${inScope(scope, sql`d.system_id`)}`.execute(db);
  return rows.length === 0 ? undefined : (await listByIds(db, [id]))[0];
}

/** @param atMost undefined: all are counted. */
export const countDeviations = (
  db: Kysely<Database>,
  scope: Scope,
  filter: DeviationFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(scope, filter), atMost);

export const countDeviationsBy = (
  db: Kysely<Database>,
  scope: Scope,
  filter: DeviationFilter,
  facet: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(scope, filter), facet);

/** What holds of a POA&M now: on how many of its assets, and until when the first of them ends. */
export interface HeldBack {
  readonly poamId: string;
  readonly kind: DeviationRow['kind'];
  readonly assets: number;
  readonly until: string | null;
}

/** What holds of these POA&Ms, by kind: `2 assets accepted until 2026-12-31`. */
export async function listHeldBack(db: Kysely<Database>, poamIds: readonly string[]): Promise<HeldBack[]> {
  const { rows } = await sql<HeldBack>`
    select held.poam_id as "poamId", held.kind, count(distinct held.asset_uuid)::int as assets, to_char(min(held.expires_on), 'YYYY-MM-DD') as until
      from (select d.poam_id, d.kind, d.expires_on, coalesce(a.asset_uuid, l.asset_uuid) as asset_uuid
              from deviations d
              left join deviation_assets a on a.deviation_id = d.id
              left join ingestion_poam_assets l on d.is_whole_poam and l.poam_id = d.poam_id
             where d.state = 'approved' and d.poam_id = any(${[...poamIds]}::text[])) held
     group by held.poam_id, held.kind order by held.poam_id, held.kind`.execute(db);
  return rows;
}
