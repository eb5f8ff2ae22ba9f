/** Tasks: pages, counts and facets of one selection. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { FacetOf, FilterOf, ListQuery, taskList } from '../../canonical/lists/index.ts';
import type { TaskSubject } from '../../canonical/vocabulary/index.ts';
import {
  type Conditions,
  countByFacet,
  countedAtMost,
  countFitting,
  type FacetCount,
  type Filter,
  filtered,
  type FilterTerm,
  inOrderOf,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { assignedTo, isNobodys, isOfNamed } from '../../record/assignments/index.ts';

type List = typeof taskList;
export type TaskFilter = Filter<FilterOf<List>>;

export interface TaskRow {
  readonly id: number;
  readonly what: string;
  readonly about: TaskSubject;
  readonly recordId: string;
  /** What the record is called. */
  readonly recordTitle: string | null;
  readonly systemId: string | null;
  /** A person or team; null: whoever sees it. */
  readonly assignedTo: string | null;
  readonly isTeam: boolean;
  readonly due: string | null;
  readonly note: string | null;
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly doneAt: Date | null;
  readonly doneBy: string | null;
  readonly doneNote: string | null;
}

const state = sql`case when t.done_at is null then 'open' else 'done' end`;

function waitsFor(term: FilterTerm): RawBuilder<boolean> {
  const waits = sql<boolean>`(t.done_at is null and (${isNobodys('t')} or ${isOfNamed('t', term.is === 'in' ? term.values : [])}))`;
  return term.is === 'in' && term.negated ? sql`(${waits}) is not true` : waits;
}

const conditions: Conditions<FilterOf<List>> = {
  state: wordsOf(state),
  waits: waitsFor,
  assigned: assignedTo('t'),
  system: wordsOf(sql`t.system_id`),
  about: wordsOf(sql`t.entity_type`),
  record: wordsOf(sql`t.entity_id`),
  due: instantOf(sql`t.due_on`),
  made: instantOf(sql`t.made_at at time zone 'UTC'`),
  by: wordsOf(sql`t.made_by`),
  q: textOf(sql`concat_ws(' ', t.what, t.entity_id, t.note)`),
};

const source = {
  from: sql`work_tasks t`,
  id: { column: sql`t.id`, type: 'integer' as const, always: true as const },
  sorts: {
    due: { column: sql`t.due_on`, type: 'date' as const },
    made: { column: sql`t.made_at`, type: 'timestamptz' as const, always: true as const },
  },
  facets: { state, system: sql`t.system_id`, about: sql`t.entity_type` },
};

const fitting = (scope: Scope, filter: TaskFilter): RawBuilder<boolean>[] => [
  inScope(scope, sql`t.system_id`),
  ...filtered(conditions, filter),
];

const recordTitle = sql`
  case t.entity_type
    when 'poam' then (select split_part(k.weakness_description, E'\\n', 1) from ingestion_poams k where k.poam_id = t.entity_id)
    when 'system' then (select s.name from ingestion_systems s where s.system_id = t.entity_id order by s.id limit 1)
    when 'asset' then (select a.hostname from ingestion_assets a where a.asset_uuid::text = t.entity_id)
    when 'finding' then (select concat_ws(' on ', v.vulnerability_name, a.hostname) from ingestion_vulnerabilities v
                           left join ingestion_assets a on a.asset_uuid = v.asset_ref where v.finding_key::text = t.entity_id) end`;

async function fetchTasks(db: Kysely<Database>, ids: readonly number[]): Promise<TaskRow[]> {
  const { rows } = await sql<TaskRow>`
    select t.id, t.what, t.entity_type as about, t.entity_id as "recordId", ${recordTitle} as "recordTitle", t.system_id as "systemId",
           coalesce(p.name, m.name) as "assignedTo", t.assigned_team_id is not null as "isTeam", t.due_on as due, t.note, t.made_at as "madeAt",
           t.made_by as "madeBy", t.done_at as "doneAt", t.done_by as "doneBy", t.done_note as "doneNote"
      from work_tasks t left join principals p on p.id = t.assigned_principal_id left join teams m on m.id = t.assigned_team_id
     where t.id = any(${[...ids]}::int[])`.execute(db);
  return rows;
}

export async function listTasks(
  db: Kysely<Database>,
  scope: Scope,
  query: ListQuery<List>,
): Promise<Page<TaskRow>> {
  const { items: keys, ...page } = await selectKeys(db, source, fitting(scope, query.filter), query);
  const rows = keys.length === 0 ? [] : await fetchTasks(db, keys.map(Number));
  return { items: inOrderOf(keys, rows, (row) => String(row.id)), ...page };
}

/** @returns undefined where there is no such task in the scope. */
export async function findTask(db: Kysely<Database>, scope: Scope, id: number): Promise<TaskRow | undefined> {
  const { rows } = await sql<{ id: number }>`
    select t.id from work_tasks t where t.id = ${id} and ${inScope(scope, sql`t.system_id`)}`.execute(db);
  return rows[0] && (await fetchTasks(db, [rows[0].id]))[0];
}

/** @param atMost undefined: all are counted. */
export const countTasks = (
  db: Kysely<Database>,
  scope: Scope,
  filter: TaskFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(scope, filter), atMost);

export const facetTasks = (
  db: Kysely<Database>,
  scope: Scope,
  filter: TaskFilter,
  by: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(scope, filter), by);
