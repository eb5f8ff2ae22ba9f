import type pg from 'pg';

/**
 * Everything that the catalog says of the schemas of users, one line a thing, sorted: schemas, tables with owner,
 * columns, constraints, indexes, triggers, views, functions, sequences, comments. Two equal lists are the same schema.
 * Monthly partitions are left out: the calendar makes them. Columns have their place among those that are there: a
 * restored database has no gaps where one was dropped.
 */
export async function wholeCatalog(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    with spaces as (select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
    relations as (select c.*, s.nspname || '.' || c.relname as name from pg_class c join spaces s on s.oid = c.relnamespace
                   where c.relname !~ '_[0-9]{4}_[0-9]{2}($|_)')
    select 'schema ' || nspname as line from spaces
    union all select 'relation ' || relkind::text || ' ' || name || ' of ' || pg_get_userbyid(relowner) from relations
    union all select 'column ' || r.name || '.' || a.attname || ' ' || row_number() over (partition by r.oid order by a.attnum) || ' ' || format_type(a.atttypid, a.atttypmod)
                     || ' ' || a.attnotnull || ' ' || a.attidentity::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
                     || ' ' || coalesce(col_description(r.oid, a.attnum), '')
                from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
                left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum where r.relkind in ('r', 'p', 'v', 'm')
    union all select 'constraint ' || r.name || ' ' || k.conname || ' ' || k.convalidated || ' ' || pg_get_constraintdef(k.oid)
                from relations r join pg_constraint k on k.conrelid = r.oid
    union all select 'index ' || i.indisvalid || ' ' || pg_get_indexdef(i.indexrelid) from relations r join pg_index i on i.indexrelid = r.oid
    union all select 'trigger ' || r.name || ' ' || t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
                from relations r join pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
    union all select 'view ' || r.name || ' ' || pg_get_viewdef(r.oid) from relations r where r.relkind in ('v', 'm')
    union all select 'function ' || s.nspname || '.' || p.proname || ' ' || md5(p.prosrc) from pg_proc p join spaces s on s.oid = p.pronamespace
    union all select 'comment ' || r.name || ' ' || obj_description(r.oid, 'pg_class') from relations r where obj_description(r.oid, 'pg_class') is not null
    order by 1`);
  return rows.map((row) => row.line);
}
