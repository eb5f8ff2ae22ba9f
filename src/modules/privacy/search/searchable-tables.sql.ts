/**
 * Which tables there are to search, from the catalogue of the database, so that a new table is never forgotten: every table of every schema
 * but PostgreSQL's own. A partitioned table is read as one; where it has no key, its partitions are read.
 */
import { type Kysely, sql } from 'kysely';
import type { NotSearchedReason } from '../../../canonical/vocabulary/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';

/** Numbers, dates, booleans and their like hold no name. Of user-defined types, bytes cannot be searched; what else there is has a text. */
const holdsText = sql`(coalesce(e.typcategory, y.typcategory) not in ('N', 'D', 'T', 'B', 'G', 'R', 'E', 'I', 'V')
                       and coalesce(e.typname, y.typname) <> 'bytea')`;

/**
 * Lists the tables of a search, with those that will not be searched and why. Done once a search: it continues with the same tables.
 * The tables of the search itself would find themselves.
 */
export async function listTablesToSearch(db: Kysely<Database>, searchId: number): Promise<void> {
  await sql`
    with known as (
      select c.oid, n.nspname as schema_name, c.relname as table_name, c.relkind,
             has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as is_readable,
             coalesce((select array_agg(a.attname::text order by k.place)
                         from pg_index i, unnest(i.indkey) with ordinality k(number, place)
                         join pg_attribute a on a.attnum = k.number
                        where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid), '{}') as key_columns
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
         and (not c.relispartition
              or c.relkind = 'r' and not exists (select from pg_index i where i.indrelid = pg_partition_root(c.oid) and i.indisprimary))
    ), columned as (
      select k.*,
             coalesce((select array_agg(a.attname::text order by a.attnum) from pg_attribute a join pg_type y on y.oid = a.atttypid
                         left join pg_type e on e.oid = y.typelem and y.typcategory = 'A'
                        where a.attrelid = k.oid and a.attnum > 0 and not a.attisdropped and ${holdsText}), '{}') as searched,
             coalesce((select array_agg(a.attname::text order by a.attnum) from pg_attribute a join pg_type y on y.oid = a.atttypid
                         left join pg_type e on e.oid = y.typelem and y.typcategory = 'A'
                        where a.attrelid = k.oid and a.attnum > 0 and not a.attisdropped and coalesce(e.typname, y.typname) = 'bytea'), '{}') as left_out
        from known k where k.relkind <> 'p' or k.key_columns <> '{}'
    )
    insert into privacy_search_tables (search_id, schema_name, table_name, key_columns, searched_columns, left_out_columns, not_searched_because)
    select ${searchId}::int, schema_name, table_name, key_columns, searched, left_out,
           case when table_name like 'privacy\\_search%' then 'own_search'
                when relkind = 'f' then 'another_database'
                when not is_readable then 'no_permission'
                when searched = '{}' then 'no_text' end
      from columned
     union all
    select ${searchId}::int, '', 'file store', '{}', '{}', '{}', 'file_store'
    on conflict (search_id, schema_name, table_name) do nothing`.execute(db);
}

export interface SearchTable {
  readonly id: number;
  readonly schema: string;
  readonly table: string;
  readonly keyColumns: readonly string[];
  readonly searchedColumns: readonly string[];
  readonly leftOutColumns: readonly string[];
  /** The key that was read last, as texts, or the number of the next block; null: nothing was read. */
  readonly position: readonly string[] | number | null;
  readonly rowsRead: number;
  readonly rowsFound: number;
  readonly notSearchedBecause: NotSearchedReason | null;
  readonly isDone: boolean;
}

const columns = sql`t.id, t.schema_name as schema, t.table_name as "table", t.key_columns as "keyColumns", t.searched_columns as "searchedColumns",
           t.left_out_columns as "leftOutColumns", t.position, t.rows_read::float8 as "rowsRead", t.rows_found::float8 as "rowsFound",
           t.not_searched_because as "notSearchedBecause", t.ended_at is not null as "isDone"`;

/** The tables of a search: those with something first, then by name. */
export async function listSearchTables(db: Kysely<Database>, searchId: number): Promise<SearchTable[]> {
  const { rows } = await sql<SearchTable>`
    select ${columns} from privacy_search_tables t where t.search_id = ${searchId}
     order by t.rows_found > 0 desc, t.not_searched_because is not null, t.schema_name, t.table_name limit 10000`.execute(
    db,
  );
  return rows;
}

/** How far one table is by now. */
export async function findSearchTable(db: Kysely<Database>, id: number): Promise<SearchTable | undefined> {
  const { rows } = await sql<SearchTable>`
    select ${columns} from privacy_search_tables t where t.id = ${id}`.execute(db);
  return rows[0];
}

export async function setNotSearched(
  db: Kysely<Database>,
  id: number,
  because: NotSearchedReason,
): Promise<void> {
  await sql`update privacy_search_tables set not_searched_because = ${because} where id = ${id}`.execute(db);
}

export interface KeyColumn {
  readonly name: string;
  /** As SQL writes it: `character varying`. */
  readonly type: string;
}
export interface TableKey {
  readonly columns: readonly KeyColumn[];
  readonly isPartitioned: boolean;
}

/** The keys of the tables of a search, by the number of the table. One that is missing is gone, or has another key by now. */
export async function fetchKeys(
  db: Kysely<Database>,
  searchId: number,
): Promise<ReadonlyMap<number, TableKey>> {
  const { rows } = await sql<{ id: number; isPartitioned: boolean; columns: KeyColumn[] }>`
    select t.id, c.relkind = 'p' as "isPartitioned",
           coalesce((select jsonb_agg(jsonb_build_object('name', k.name, 'type', format_type(a.atttypid, null)) order by k.place)
                       from unnest(t.key_columns) with ordinality k(name, place)
                       join pg_attribute a on a.attrelid = c.oid and a.attname::text = k.name and not a.attisdropped), '[]') as columns
      from privacy_search_tables t join pg_namespace n on n.nspname = t.schema_name
      join pg_class c on c.relnamespace = n.oid and c.relname = t.table_name
     where t.search_id = ${searchId}
       and cardinality(t.key_columns) = (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname::text = any(t.key_columns) and not a.attisdropped)`.execute(
    db,
  );
  return new Map(rows.map(({ id, ...key }) => [id, key]));
}
