/** Scan files as they were brought, as a list: the latest first, with what became of each. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { FacetOf, FilterOf, importList, ImportState, ListQuery } from '../../canonical/lists/index.ts';
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
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';

type List = typeof importList;
export type ImportListQuery = ListQuery<List>;
export type ImportListFilter = Filter<FilterOf<List>>;

export interface ImportRow {
  readonly id: string;
  readonly file: string;
  readonly source: string;
  readonly state: ImportState;
  readonly way: 'upload' | 'command';
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly by: string;
  readonly requestedAt: Date;
  readonly endedAt: Date | null;
  readonly hosts: number;
  readonly items: number;
  readonly newFindings: number;
  readonly fixed: number;
  readonly cameBack: number;
  /** Records that could not be taken as they are. */
  readonly held: number;
  /** Items that were read until now; null before, and once it is over. */
  readonly itemsUntilNow: number | null;
  /** Why it was refused, cut off or waits; null where nothing is wrong. */
  readonly problem: string | null;
  /** The import in the history of operations, which names what was held; null where nothing was imported. */
  readonly operationId: string | null;
}

/** What the page of one import says beside its row. */
export interface StoredImport extends ImportRow {
  readonly files: Json;
  readonly fault: Json;
  readonly jobId: string | null;
}

const state = sql`case when i.outcome is not null then i.outcome
                       when j.state = 'queued' then 'waiting'
                       when j.state in ('running', 'succeeded') then 'running'
                       when j.state = 'cancelled' then 'cancelled' else 'refused' end`;
const source = {
  from: sql`scan_imports i left join requested_jobs j on j.job_id = i.job_id`,
  id: { column: sql`i.import_id`, type: 'uuid' as const, always: true as const },
  sorts: { at: { column: sql`i.requested_at`, type: 'timestamptz' as const, always: true as const } },
  facets: { state, source: sql`i.source_name` },
};

const conditions: Conditions<FilterOf<List>> = {
  state: wordsOf(state),
  source: wordsOf(sql`i.source_name`),
  by: wordsOf(sql`i.imported_by`),
  at: instantOf(sql`i.requested_at`),
  q: textOf(sql`i.file_name`),
};
const fitting = (filter: ImportListFilter): RawBuilder<boolean>[] => filtered(conditions, filter);

/** Over all files that were in it. */
const sum = (name: string) =>
  sql`(select coalesce(sum((f ->> ${name}::text)::int), 0)::int from jsonb_array_elements(i.files) f)`;

const columns = sql`
    i.import_id::text as id, i.file_name as file, i.source_name as source, ${state} as state, i.way, i.bytes, i.sha256, i.imported_by as by,
    i.requested_at as "requestedAt", i.ended_at as "endedAt", ${sum('hosts')} as hosts, ${sum('items')} as items,
    ${sum('newFindings')} as "newFindings", ${sum('fixed')} as fixed, ${sum('cameBack')} as "cameBack",
    (select coalesce(sum((f #>> '{counts,failed}')::int), 0)::int from jsonb_array_elements(i.files) f) as held,
    case when i.outcome is null and j.state = 'running' then j.done end as "itemsUntilNow",
    coalesce(i.problem ->> 'message', j.problem ->> 'message',
             (select f ->> 'problem' from jsonb_array_elements(i.files) f where f ->> 'problem' is not null limit 1)) as problem,
    (select f ->> 'operationId' from jsonb_array_elements(i.files) f where f ->> 'operationId' is not null limit 1) as "operationId"`;

export async function listImports(db: Kysely<Database>, query: ImportListQuery): Promise<Page<ImportRow>> {
  const { items: keys, ...page } = await selectKeys(db, source, fitting(query.filter), query);
  if (keys.length === 0) return { items: [], ...page };
  const { rows } = await sql<ImportRow>`
    select ${columns} from ${source.from} where i.import_id = any(${[...keys]}::uuid[])`.execute(db);
  return { items: inOrderOf(keys, rows, (row) => row.id), ...page };
}

export async function findImport(db: Kysely<Database>, id: string): Promise<StoredImport | undefined> {
  const { rows } = await sql<StoredImport>`
    select ${columns}, i.files, coalesce(i.problem, j.problem) as fault, i.job_id::text as "jobId"
      from ${source.from} where i.import_id = ${id}::uuid`.execute(db);
  return rows[0];
}

/** Whether an import is still to be done. */
export async function isImportOpen(db: Kysely<Database>, id: string): Promise<boolean> {
  const { rows } = await sql`
    select from ${source.from}
     where i.import_id = ${id}::uuid and i.outcome is null and j.state in ('queued', 'running')`.execute(db);
  return rows.length > 0;
}

/** How many files of a person wait for a worker or are being imported. */
export async function countOpenUploads(db: Kysely<Database>, principalId: string): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from ${source.from}
     where i.imported_by_principal = ${principalId} and i.outcome is null and j.state in ('queued', 'running')`.execute(
    db,
  );
  return rows[0]?.waiting ?? 0;
}

/** @param atMost undefined: all are counted. */
export const countImports = (
  db: Kysely<Database>,
  filter: ImportListFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(filter), atMost);

export const countImportsBy = (
  db: Kysely<Database>,
  filter: ImportListFilter,
  facet: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(filter), facet);

/** Names of the sources that files are filed under. @param type of such a source. */
export async function listSourceNames(db: Kysely<Database>, type: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select system_name as name from external_systems
     where system_type = ${type} and removed_at is null order by id`.execute(db);
  return rows.map((row) => row.name);
}
