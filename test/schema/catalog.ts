/** What a database's catalog says of its tables, as short lines that can be held against the plan's. */
import type pg from 'pg';

/**
 * Every column of every table in the current schema (partitions left out), in order, each as one line:
 * `name type`, then `!` for not null, `= default`, `pk`, `unique`, `-> table.column`, `cascade`.
 * Only keys of one column are shown; an identity column and a sequence's default both read `serial`.
 */
export async function readColumns(pool: pg.Pool): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ table_name: string; line: string }>(`
    select c.relname as table_name,
           concat_ws(' ',
             a.attname,
             case
               when a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%' then 'serial'
               else replace(replace(replace(format_type(a.atttypid, a.atttypmod),
                 'character varying', 'varchar'),
                 'timestamp without time zone', 'timestamp'),
                 'timestamp with time zone', 'timestamptz')
             end || case when a.attnotnull then '!' else '' end,
             case when pg_get_expr(d.adbin, d.adrelid) not like 'nextval(%'
               then '= ' || regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::[a-z ]+$', '') end,
             (select case k.contype when 'p' then 'pk' else 'unique' end from pg_constraint k
               where k.conrelid = c.oid and k.contype in ('p', 'u') and k.conkey = array[a.attnum]),
             (select '-> ' || k.confrelid::regclass || '.' || f.attname
                     || case k.confdeltype when 'c' then ' cascade' when 'n' then ' set null' else '' end
                from pg_constraint k
                join pg_attribute f on f.attrelid = k.confrelid and f.attnum = k.confkey[1]
               where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum])
           ) as line
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relkind in ('r', 'p') and not c.relispartition
       and c.relnamespace = current_schema()::regnamespace
     order by c.relname, a.attnum`);
  return new Map(
    [...Map.groupBy(rows, (row) => row.table_name)].map(([table, columns]) => [
      table,
      columns.map((column) => column.line),
    ]),
  );
}

/** Tables of the current schema, partitions left out, that have no comment. */
export async function listTablesWithoutComment(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ table_name: string }>(`
    select relname as table_name from pg_class
     where relkind in ('r', 'p') and not relispartition and relnamespace = current_schema()::regnamespace
       and obj_description(oid, 'pg_class') is null
     order by 1`);
  return rows.map((row) => row.table_name);
}

/**
 * Foreign keys of the current schema's tables, as `table(columns)`, whose columns no index starts with. A partial
 * index counts when all it leaves out is null: a deleted parent never looks for those rows.
 */
export async function listForeignKeysWithoutIndex(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ foreign_key: string }>(`
    select k.conrelid::regclass || '(' || string_agg(a.attname, ', ' order by a.attnum) || ')' as foreign_key
      from pg_constraint k
      join pg_class c on c.oid = k.conrelid and not c.relispartition
      join pg_attribute a on a.attrelid = c.oid and a.attnum = any (k.conkey)
     where k.contype = 'f' and c.relnamespace = current_schema()::regnamespace
       and not exists (
         select from pg_index i
          where i.indrelid = k.conrelid and i.indisvalid
            and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
            and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = '(' || a.attname || ' IS NOT NULL)'))
     group by k.oid, k.conrelid
     order by 1`);
  return rows.map((row) => row.foreign_key);
}
