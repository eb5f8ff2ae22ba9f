/** Migration 0037 makes a table again, partitioned: with its rows, in a database of Tieline's own and beside another application's tables. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyDatabase } from '../../../test/support/database.ts';
import { migrate } from './migrate.ts';

const folder = join(import.meta.dirname, '../../../migrations');

/** A folder of the migrations before that one. */
async function migrationsBefore(limit: string): Promise<string> {
  const before = await mkdtemp(join(tmpdir(), 'tieline-before-'));
  for (const name of await readdir(folder))
    if (name < limit) await cp(join(folder, name), join(before, name));
  return before;
}

it.each([
  ['its own', ''],
  ['taken names', 'create table sessions (id integer); create table grants (id integer);'],
])(
  'security events keep their rows and ids when their table becomes partitioned: a database with %s',
  async (_what, sql) => {
    const earlier = await migrationsBefore('0037');
    await using database = await emptyDatabase();
    await migrate(database.pool, { folder: earlier });
    await rm(earlier, { recursive: true });
    await database.pool.query(`${sql}
      insert into security_events_extended (event_type, severity, source_system, event_details, occurred_at)
        select 'old', 'Low', 'tieline', jsonb_build_object('n', n), '2020-01-01'::timestamptz + n * interval '1 month' from generate_series(1, 3) n`);
    const rows = async () =>
      (
        await database.pool.query(
          `select id, event_id, event_details, occurred_at from security_events_extended order by id`,
        )
      ).rows;
    const before = (await rows()).map((row: { id: number }) => ({ ...row, id: Number(row.id) }));
    await migrate(database.pool, { folder });
    expect((await rows()).map((row: { id: number }) => ({ ...row, id: Number(row.id) }))).toEqual(before);
    const { rows: next } = await database.pool.query<{ id: string }>(
      `insert into security_events_extended (event_type, severity, source_system, occurred_at) values ('new', 'Low', 'tieline', now()) returning id`,
    );
    expect(Number(next[0]?.id)).toBe(4);
    const { rows: kinds } = await database.pool.query(
      `select relkind::text as kind from pg_class where oid = 'security_events_extended'::regclass`,
    );
    expect(kinds).toEqual([{ kind: 'p' }]);
    expect((await migrate(database.pool, { folder })).applied).toEqual([]);
  },
);
