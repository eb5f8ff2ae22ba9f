/** Runs as people read them: pages, counts and facets of one selection, and one run with its trace. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../../canonical/access/index.ts';
import type { FacetOf, FilterOf, ListQuery, workflowRunList } from '../../../canonical/lists/index.ts';
import type { RecordKind, WorkflowMode } from '../../../canonical/workflow/index.ts';
import {
  type Conditions,
  countByFacet,
  countedAtMost,
  countFitting,
  type FacetCount,
  type Filter,
  filtered,
  inOrderOf,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  wordsOf,
} from '../../../platform/lists/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { RunState } from '../executor/run-states.ts';
import type { Why } from '../executor/trace-words.ts';

type List = typeof workflowRunList;
export type RunFilter = Filter<FilterOf<List>>;

export interface RunRow {
  readonly id: number;
  readonly runId: string;
  readonly workflow: string;
  readonly title: string;
  readonly version: number;
  readonly mode: Exclude<WorkflowMode, 'off'>;
  readonly state: RunState;
  readonly recordKind: RecordKind;
  readonly recordId: string;
  readonly systemId: string | null;
  readonly trigger: string;
  readonly startedBy: string | null;
  readonly causedBy: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly step: string | null;
  readonly wakeAt: Date | null;
  readonly problem: Why | null;
}

const conditions: Conditions<FilterOf<List>> = {
  workflow: wordsOf(sql`w.workflow_name`),
  state: wordsOf(sql`e.status`),
  mode: wordsOf(sql`e.mode`),
  system: wordsOf(sql`e.system_id`),
  record: wordsOf(sql`e.record_id`),
  trigger: wordsOf(sql`e.trigger_kind`),
  started: instantOf(sql`e.started_at`),
  by: wordsOf(sql`e.started_by`),
};

const source = {
  from: sql`workflow_executions e join workflows w on w.id = e.workflow_id`,
  id: { column: sql`e.id`, type: 'integer' as const, always: true as const },
  sorts: { started: { column: sql`e.started_at`, type: 'timestamp' as const } },
  facets: {
    workflow: sql`w.workflow_name`,
    state: sql`e.status`,
    mode: sql`e.mode`,
    system: sql`e.system_id`,
  },
};

/** Rows that Tieline made have a version. */
const fitting = (scope: Scope, filter: RunFilter): RawBuilder<boolean>[] => [
  sql<boolean>`e.version is not null`,
  inScope(scope, sql`e.system_id`),
  ...filtered(conditions, filter),
];

async function fetchRuns(db: Kysely<Database>, ids: readonly number[]): Promise<RunRow[]> {
  const { rows } = await sql<RunRow>`
    select e.id, e.execution_id as "runId", w.workflow_name as workflow, coalesce(w.title, w.workflow_name) as title, e.version, e.mode,
           e.status as state, e.record_kind as "recordKind", e.record_id as "recordId", e.system_id as "systemId", e.trigger_kind as trigger,
           e.started_by as "startedBy", e.caused_by as "causedBy", e.started_at at time zone 'UTC' as "startedAt",
           e.completed_at at time zone 'UTC' as "endedAt", e.current_step as step, e.wake_at as "wakeAt", e.problem
      from workflow_executions e join workflows w on w.id = e.workflow_id
     where e.id = any(${[...ids]}::int[])`.execute(db);
  return rows;
}

export async function listRuns(
  db: Kysely<Database>,
  scope: Scope,
  query: ListQuery<List>,
): Promise<Page<RunRow>> {
  const { items: keys, ...page } = await selectKeys(db, source, fitting(scope, query.filter), query);
  const rows = keys.length === 0 ? [] : await fetchRuns(db, keys.map(Number));
  return { items: inOrderOf(keys, rows, (row) => String(row.id)), ...page };
}

/** @param atMost undefined: all are counted. */
export const countRuns = (
  db: Kysely<Database>,
  scope: Scope,
  filter: RunFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(scope, filter), atMost);

export const facetRuns = (
  db: Kysely<Database>,
  scope: Scope,
  filter: RunFilter,
  by: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(scope, filter), by);

/** Ids of runs that begin so, at most two. */
export async function findRunIds(db: Kysely<Database>, prefix: string): Promise<string[]> {
  if (!/^[0-9a-f-]{4,36}$/i.test(prefix)) return [];
  const { rows } = await sql<{ id: string }>`
    select execution_id as id from workflow_executions where execution_id::text like ${`${prefix.toLowerCase()}%`} and version is not null limit 2`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** @returns undefined where there is no such run in the scope. */
export async function findRun(
  db: Kysely<Database>,
  scope: Scope,
  runId: string,
): Promise<RunRow | undefined> {
  const { rows } = await sql<{ id: number }>`
    select e.id from workflow_executions e where e.execution_id = ${runId}::uuid and e.version is not null and ${inScope(scope, sql`e.system_id`)}`.execute(
    db,
  );
  return rows[0] && (await fetchRuns(db, [rows[0].id]))[0];
}

/** Runs of each workflow within the scope, by state. */
export async function countRunsByWorkflow(
  db: Kysely<Database>,
  scope: Scope,
): Promise<readonly { readonly workflowId: number; readonly state: RunState; readonly count: number }[]> {
  const { rows } = await sql<{ workflowId: number; state: RunState; count: number }>`
    select e.workflow_id as "workflowId", e.status as state, count(*)::int as count from workflow_executions e
     where e.version is not null and ${inScope(scope, sql`e.system_id`)} group by 1, 2`.execute(db);
  return rows;
}
