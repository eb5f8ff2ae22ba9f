/**
 * Reads the next rows of one table, and keeps the keys of those that name the person: one statement, committed with the position after it, so that a
 * killed search continues where it was and finds nothing twice. A page counts only where the position is still the one it was read from: of a worker
 * that was killed, the database completes the last statement, and the next worker may have begun with the same page by then. By the primary key, because a row that is rewritten meanwhile keeps its key but
 * not its place; a table without a key is read by its blocks.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { SearchTable, TableKey } from './searchable-tables.sql.ts';

export interface PageRead {
  readonly read: number;
  readonly found: number;
  /** Where the next page begins; null: there is none. */
  readonly next: SearchTable['position'];
}

/** How many rows, or blocks of 8 kB, are read at once. */
export const pageSize = { rows: 5_000, blocks: 1_000 } as const;

const list = (parts: readonly RawBuilder<unknown>[]): RawBuilder<unknown> => sql.join(parts, sql`, `);
const column = (name: string): RawBuilder<unknown> => sql`t.${sql.id(name)}`;

/** A typed value from its text. The type is of the catalogue. */
const typed = (text: string, type: string): RawBuilder<unknown> =>
  sql`cast(${text}::text as ${sql.raw(type)})`;

/** All that the row holds in words, in lower case, against all terms. */
const isFound = (table: SearchTable, patterns: readonly string[]): RawBuilder<boolean> =>
  sql`lower(concat_ws(E'\\n', ${list(table.searchedColumns.map((name) => sql`${column(name)}::text`))}))
        like any (array(select lower(p) from unnest(${[...patterns]}::text[]) p))`;

/**
 * Keeps what a page found and where the next one begins, in the statement that read it, unless another process has read that page meanwhile: then
 * it returns no row. @param next SQL of the place, from `seen`; null: none.
 */
const keptAt = (table: SearchTable, next: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    , moved as (
      update privacy_search_tables s
         set rows_read = s.rows_read + seen.read, rows_found = s.rows_found + seen.found, position = ${next},
             ended_at = case when ${next} is null then tieline_now() end
        from seen
       where s.id = ${table.id}::int and s.ended_at is null
         and s.position is not distinct from ${table.position === null ? null : JSON.stringify(table.position)}::jsonb
      returning seen.read, seen.found, s.position as next
    ), kept as (
      insert into privacy_search_hits (search_table_id, row_key)
      select ${table.id}::int, p.row_key from page p where p.is_found and exists (select from moved) order by p.at
    )
    select m.read, m.found, m.next from moved m`;

function byKey(
  table: SearchTable,
  { columns, isPartitioned }: TableKey,
  patterns: readonly string[],
): RawBuilder<PageRead> {
  const keys = list(columns.map(({ name }) => column(name)));
  const after = Array.isArray(table.position) ? (table.position as readonly string[]) : undefined;
  const beyond = after
    ? sql`where (${keys}) > (${list(columns.map(({ type }, at) => typed(after[at] ?? '', type)))})`
    : sql``;
  const named = list(columns.map(({ name }) => sql`${name}::text, ${column(name)}::text`));
  const texts = list(columns.map(({ name }) => sql`${column(name)}::text`));
  return sql<PageRead>`
    with page as materialized (
      select jsonb_build_object(${named}) as row_key, jsonb_build_array(${texts}) as place, row_number() over (order by ${keys}) as at,
             ${isFound(table, patterns)} as is_found
        from ${isPartitioned ? sql`` : sql`only`} ${sql.table(`${table.schema}.${table.table}`)} t ${beyond}
       order by ${keys} limit ${pageSize.rows}
    ), seen as (
      select count(*)::int as read, (count(*) filter (where p.is_found))::int as found,
             (select l.place from page l order by l.at desc limit 1) as last from page p
    )${keptAt(table, sql`case when seen.read = ${pageSize.rows}::int then seen.last end`)}`;
}

function byBlock(table: SearchTable, patterns: readonly string[]): RawBuilder<PageRead> {
  const from = typeof table.position === 'number' ? table.position : 0;
  const until = from + pageSize.blocks;
  const name = sql.table(`${table.schema}.${table.table}`);
  return sql<PageRead>`
    with page as materialized (
      select to_jsonb(t) as row_key, t.ctid as at, ${isFound(table, patterns)} as is_found from only ${name} t
       where t.ctid >= ${`(${from},0)`}::tid and t.ctid < ${`(${until},0)`}::tid
    ), seen as (
      select count(*)::int as read, (count(*) filter (where p.is_found))::int as found,
             pg_relation_size(format('%I.%I', ${table.schema}::text, ${table.table}::text)::regclass) / current_setting('block_size')::int as blocks
        from page p
    )${keptAt(table, sql`case when ${until}::int < seen.blocks then to_jsonb(${until}::int) end`)}`;
}

/** Reads the next page of a table, and keeps what it found and where it is. @returns undefined where another process read it first. */
export async function searchPage(
  db: Kysely<Database>,
  table: SearchTable,
  key: TableKey,
  patterns: readonly string[],
): Promise<PageRead | undefined> {
  const page = key.columns.length > 0 ? byKey(table, key, patterns) : byBlock(table, patterns);
  const { rows } = await page.execute(db);
  return rows[0];
}
