/** Searches as rows, what they found, and what of it is left out of the copy. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { PrivacyReason } from '../../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { SearchTable, TableKey } from './searchable-tables.sql.ts';

export interface SearchRow {
  readonly id: number;
  readonly request: number;
  readonly terms: readonly string[];
  readonly jobId: string | null;
  readonly askedAt: Date;
  readonly askedBy: string;
  readonly listedAt: Date | null;
  readonly endedAt: Date | null;
  readonly problem: { readonly code: string; readonly message: string } | null;
}

const columns = sql`s.id, s.request_ref as request, s.terms, s.job_id as "jobId", s.asked_at as "askedAt", s.asked_by as "askedBy",
           s.listed_at as "listedAt", s.ended_at as "endedAt", s.problem`;

/** The latest search of a request. */
export async function findSearchOf(db: Kysely<Database>, request: number): Promise<SearchRow | undefined> {
  const { rows } = await sql<SearchRow>`
    select ${columns} from privacy_searches s where s.request_ref = ${request} order by s.id desc limit 1`.execute(
    db,
  );
  return rows[0];
}

export async function findSearch(db: Kysely<Database>, id: number): Promise<SearchRow | undefined> {
  const { rows } = await sql<SearchRow>`select ${columns} from privacy_searches s where s.id = ${id}`.execute(
    db,
  );
  return rows[0];
}

export async function insertSearch(
  db: Kysely<Database>,
  search: Pick<SearchRow, 'request' | 'terms' | 'askedAt' | 'askedBy'>,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into privacy_searches (request_ref, terms, asked_at, asked_by)
    values (${search.request}, ${[...search.terms]}::text[], ${search.askedAt}, ${search.askedBy.slice(0, 255)}) returning id`.execute(
    db,
  );
  return rows[0]?.id ?? 0;
}

export async function setSearchJob(db: Kysely<Database>, id: number, jobId: string): Promise<void> {
  await sql`update privacy_searches set job_id = ${jobId}::uuid where id = ${id}`.execute(db);
}

export async function setListed(db: Kysely<Database>, id: number, at: Date): Promise<void> {
  await sql`update privacy_searches set listed_at = ${at} where id = ${id}`.execute(db);
}

/** Ends a search. @param problem why it came to nothing. */
export async function endSearch(
  db: Kysely<Database>,
  id: number,
  problem: SearchRow['problem'] = null,
): Promise<void> {
  await sql`
    update privacy_searches set ended_at = tieline_now(), problem = ${problem === null ? null : storableJson(problem)}::jsonb
     where id = ${id} and ended_at is null`.execute(db);
}

export interface Hit {
  readonly id: string;
  readonly table: string;
  readonly key: JsonObject;
  /** The row as it is now; null: it is gone since. */
  readonly row: JsonObject | null;
  readonly leftOutBecause: PrivacyReason | null;
  readonly leftOutNote: string | null;
}

/**
 * Rows that a search found in one table, as they are now, by number. @param key undefined where the table is gone.
 * @param isKept of those that go into the copy only, or of those that do not.
 */
export async function listHits(
  db: Kysely<Database>,
  table: SearchTable,
  key: TableKey | undefined,
  {
    after = '0',
    limit,
    isKept,
  }: { readonly after?: string | undefined; readonly limit: number; readonly isKept?: boolean },
): Promise<Hit[]> {
  const columnsOfKey = key?.columns ?? [];
  const same: RawBuilder<unknown> = sql.join(
    columnsOfKey.map(
      ({ name, type }) => sql`t.${sql.id(name)} = cast(h.row_key ->> ${name}::text as ${sql.raw(type)})`,
    ),
    sql` and `,
  );
  const present =
    columnsOfKey.length === 0
      ? { row: sql`case when ${key !== undefined} then h.row_key end`, join: sql`` }
      : {
          row: sql`to_jsonb(t)`,
          join: sql`left join ${key?.isPartitioned === true ? sql`` : sql`only`} ${sql.table(`${table.schema}.${table.table}`)} t on ${same}`,
        };
  const { rows } = await sql<Omit<Hit, 'table'>>`
    select h.id::text as id, h.row_key as key, ${present.row} as row, h.left_out_because as "leftOutBecause", h.left_out_note as "leftOutNote"
      from privacy_search_hits h ${present.join}
     where h.search_table_id = ${table.id} and h.id > ${after}::bigint
       and (${isKept ?? null}::boolean is null or (h.left_out_because is null) = ${isKept ?? null}::boolean)
     order by h.id limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, table: `${table.schema}.${table.table}` }));
}

/**
 * Leaves rows out of the copy, or takes them into it again (null). @param which rows by number, or all of a table of the search.
 * @returns how many.
 */
export async function setLeftOut(
  db: Kysely<Database>,
  searchId: number,
  which: { readonly hits: readonly string[] } | { readonly tableId: number },
  left: {
    readonly because: PrivacyReason | null;
    readonly note: string | null;
    readonly by: string;
    readonly at: Date;
  },
): Promise<number> {
  const chosen =
    'hits' in which ? sql`h.id = any(${[...which.hits]}::bigint[])` : sql`t.id = ${which.tableId}`;
  const { numAffectedRows = 0n } = await sql`
    update privacy_search_hits h set left_out_because = ${left.because}, left_out_note = ${left.note}, reviewed_at = ${left.at},
           reviewed_by = ${left.by.slice(0, 255)}
      from privacy_search_tables t where t.id = h.search_table_id and t.search_id = ${searchId} and ${chosen}`.execute(
    db,
  );
  return Number(numAffectedRows);
}

export interface LeftOutCount {
  readonly tableId: number;
  readonly because: PrivacyReason;
  readonly rows: number;
}

/** What is left out of the copy, by table and reason. */
export async function countLeftOut(db: Kysely<Database>, searchId: number): Promise<LeftOutCount[]> {
  const { rows } = await sql<LeftOutCount>`
    select t.id as "tableId", h.left_out_because as because, count(*)::int as rows
      from privacy_search_tables t join privacy_search_hits h on h.search_table_id = t.id
     where t.search_id = ${searchId} and h.left_out_because is not null group by t.id, h.left_out_because order by 1, 2`.execute(
    db,
  );
  return rows;
}

/** What a person has decided so far about what is left out of the copy, as a text to compare: how many rows, and when the last of it was decided. */
export async function fetchReviewMark(db: Kysely<Database>, searchId: number): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select concat_ws(' ', count(h.left_out_because), max(h.reviewed_at)) as mark
      from privacy_search_tables t join privacy_search_hits h on h.search_table_id = t.id where t.search_id = ${searchId}`.execute(
    db,
  );
  return rows[0]?.mark ?? '';
}

/** Deletes what was found of a request that is closed for long, where copies of keys serve nobody. @returns how many rows. */
export async function forgetHits(db: Kysely<Database>, before: Date): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from privacy_search_hits h using privacy_search_tables t, privacy_searches s, data_subject_requests r
     where t.id = h.search_table_id and s.id = t.search_id and r.id = s.request_ref and r.status = 'closed' and r.completed_at < ${before}`.execute(
    db,
  );
  return Number(numAffectedRows);
}
