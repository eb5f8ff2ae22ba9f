/** Approvals as a list: filtered, cut to a scope, paged, counted; keys only, the rest is fetched by them. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { approvalList, FacetOf, FilterOf, ListQuery } from '../../canonical/lists/index.ts';
import {
  type Conditions,
  countByFacet,
  countFitting,
  countedAtMost,
  type FacetCount,
  type Filter,
  filtered,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

type List = typeof approvalList;
export type ApprovalListQuery = ListQuery<List>;
export type ApprovalListFilter = Filter<FilterOf<List>>;

/** Of a plan the plan says it. */
const boundary = sql`coalesce(p.system_id, a.system_id)`;
const kind = sql`coalesce(a.subject_kind, 'changes')`;
/** The POA&M that a request is about: its subject, or that of the deviation that is asked for. */
const poam = sql`case when a.subject_kind in ('extension', 'completion', 'due_date') then a.subject_id
                      when a.subject_kind is not null
                      then (select d.poam_id from deviations d where d.id = case when a.subject_id ~ '^\\d{1,9}$' then a.subject_id::int end) end`;
const source = {
  from: sql`approvals a left join sync_plans p on p.plan_id = a.plan_id left join external_systems s on s.id = p.external_system_id`,
  id: { column: sql`a.id`, type: 'integer' as const, always: true as const },
  sorts: {
    asked: { column: sql`a.requested_at`, type: 'timestamptz' as const, always: true as const },
    decided: { column: sql`a.decided_at`, type: 'timestamptz' as const },
  },
  facets: { system: boundary, kind, connection: sql`s.system_name`, state: sql`a.status` },
};

const conditions: Conditions<FilterOf<List>> = {
  system: wordsOf(boundary),
  kind: wordsOf(kind),
  poam: wordsOf(poam),
  connection: wordsOf(sql`s.system_name`),
  state: wordsOf(sql`a.status`),
  by: wordsOf(sql`a.decided_by`),
  asked: instantOf(sql`a.requested_at`),
  decided: instantOf(sql`a.decided_at`),
};

const isPending = sql<boolean>`a.status = 'pending'`;

/** One that may hold records of several boundaries is for those who may see everywhere. */
const within = (scope: Scope): RawBuilder<boolean> =>
  scope.kind === 'everywhere'
    ? sql`true`
    : sql`(p.is_by_boundary is not false and ${inScope(scope, boundary)})`;

const fitting = (scope: Scope, filter: ApprovalListFilter): RawBuilder<boolean>[] => [
  within(scope),
  ...(filter.state === undefined ? [isPending] : []),
  ...filtered(conditions, filter),
];

export const selectApprovals = (
  db: Kysely<Database>,
  scope: Scope,
  query: ApprovalListQuery,
): Promise<Page<string>> => selectKeys(db, source, fitting(scope, query.filter), query);

/** @param atMost undefined: all are counted. */
export const countApprovals = (
  db: Kysely<Database>,
  scope: Scope,
  filter: ApprovalListFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(scope, filter), atMost);

export const countApprovalsBy = (
  db: Kysely<Database>,
  scope: Scope,
  filter: ApprovalListFilter,
  facet: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(scope, filter), facet);
