import type pg from 'pg';

/**
 * Columns that hold a time of the server's own clock, of a database whose product clock was moved far from it: none should but those of
 * locks, heartbeats and the like.
 * @returns `table.column`, in order.
 */
export async function timesOfTheServersClock(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ place: string; query: string }>(`
    select c.relname || '.' || a.attname as place,
           format('select from only %I where %I between now() - interval ''1 hour'' and now() + interval ''1 hour''', c.relname, a.attname) as query
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.atttypid in ('timestamp'::regtype, 'timestamptz'::regtype)
     order by 1`);
  const found = await Promise.all(
    rows.map(async ({ place, query }) => ((await pool.query(`${query} limit 1`)).rowCount ? [place] : [])),
  );
  return found.flat();
}
