import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, emptyDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { TielineError } from '../errors/tieline-error.ts';
import { Secret } from '../values/secret.ts';
import { processIdOf } from './connection-pool.ts';
import { copyInto } from './copy-rows.ts';
import { openDatabase } from './database.ts';
import { takeSystemsLock } from '../../ledger/external-systems/sync-lock.sql.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
  await database.pool.query(
    'create table held_here (n int primary key); insert into held_here values (1), (2)',
  );
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const terminate = (pid: number | undefined) => database.pool.query('select pg_terminate_backend($1)', [pid]);

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 200 && !(await holds()); looks += 1) await delay(25);
}

describe('a COPY', () => {
  it('a COPY whose connection is lost in the middle fails as an unreachable database, and can be given up', async () => {
    const copied = database.store.transaction(async (tx) => {
      await tx.client.query('create temporary table copied (a text)');
      const copy = copyInto(tx.client, 'copied (a)');
      try {
        for (let row = 0; row < 200; row += 1) {
          await copy.write(['x'.repeat(100_000)]);
          if (row === 20) await terminate(processIdOf(tx.client));
          if (row > 20) await delay(5);
        }
        await copy.end();
      } catch (error) {
        await copy.abort(error as Error);
        throw error;
      }
    });
    await expect(copied).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });

  it('a COPY that PostgreSQL refuses fails with its reason, and the connection stays usable', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('create temporary table copied (at timestamptz)');
      const copy = copyInto(client, 'copied (at)');
      await copy.write(['0000-01-01T00:00:00.000Z']);
      await expect(copy.end()).rejects.toThrow('out of range');
      await copy.abort(new Error('given up'));
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    } finally {
      client.release();
    }
  });
});

describe('a session', () => {
  it('a session sets what it needs itself, whatever the role and database set', async () => {
    await using given = await emptyDatabase();
    const name = new URL(given.url).pathname.slice(1);
    for (const setting of [
      `default_transaction_isolation = 'serializable'`,
      `statement_timeout = '1s'`,
      `idle_in_transaction_session_timeout = '1s'`,
      `idle_session_timeout = '1s'`,
      `jit = on`,
      `search_path = ''`,
    ])
      await given.pool.query(`alter database ${name} set ${setting}`);
    const opened = await openDatabase(new Secret(given.url), { lockWaitMs: 7000 });
    const { rows } = await opened.pool.query(
      `select name, setting from pg_settings where name in ('default_transaction_isolation', 'statement_timeout',
         'idle_in_transaction_session_timeout', 'idle_session_timeout', 'jit', 'lock_timeout') order by 1`,
    );
    const path = await opened.pool.query('select current_schemas(false)::text as path');
    await opened.close();
    expect(
      Object.fromEntries(rows.map((row: { name: string; setting: string }) => [row.name, row.setting])),
    ).toEqual({
      default_transaction_isolation: 'read committed',
      statement_timeout: '0',
      idle_in_transaction_session_timeout: '0',
      idle_session_timeout: '0',
      jit: 'off',
      lock_timeout: '7000',
    });
    expect(path.rows).toEqual([{ path: '{public}' }]);
  });

  it('a session that the server ended reports why, also for later statements', async () => {
    const client = await database.pool.connect();
    await terminate(processIdOf(client));
    await until(() => '_queryable' in client && client._queryable === false);
    await expect(client.query('select 1')).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringContaining('it ended the connection') as string,
    });
    client.release(true);
  });

  it('a session waits for a lock up to its limit and no longer', async () => {
    const opened = await openDatabase(database.url, { lockWaitMs: 100 });
    const holder = await database.pool.connect();
    await holder.query('begin; lock table held_here');
    await expect(opened.pool.query('update held_here set n = n')).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
    });
    await holder.query('rollback');
    holder.release();
    await opened.close();
  });

  it('a session that waits for a lock is cancelled within five seconds after the process was asked to end', async () => {
    const told = new AbortController();
    const opened = await openDatabase(database.url, { signal: told.signal });
    const holder = await database.pool.connect();
    await holder.query('begin; lock table held_here');
    const waiting = opened.pool.query('update held_here set n = n').catch((error: unknown) => error);
    await delay(100);
    const at = performance.now();
    told.abort(new TielineError('INTERRUPTED', 'Told to end.'));
    expect(await waiting).toMatchObject({ code: 'INTERRUPTED' });
    expect(performance.now() - at).toBeLessThan(5000);
    await holder.query('rollback');
    holder.release();
    await opened.close();
  });
});

it('a transaction that is the victim of a deadlock is tried again', async () => {
  const meet = Promise.withResolvers<undefined>();
  let there = 0;
  const lockBoth = (first: number, second: number) =>
    database.store.transaction(async (tx) => {
      await tx.client.query('update held_here set n = n where n = $1', [first]);
      there += 1;
      if (there === 2) meet.resolve(undefined);
      await meet.promise;
      await tx.client.query('update held_here set n = n where n = $1', [second]);
      return first;
    });
  expect(await Promise.all([lockBoth(1, 2), lockBoth(2, 1)])).toEqual([1, 2]);
  expect(there).toBeGreaterThan(2); // the one that is tried again may be the faster one, and meet the other once more
});

describe('a lock', () => {
  it('a lock keeps out this process as it does others, and is free again when it is released', async () => {
    const other = await openDatabase(database.url);
    const held = await takeSystemsLock(database.store, [1, 2]);
    expect(await takeSystemsLock(database.store, [2, 3])).toEqual({ busy: 2 });
    expect(await takeSystemsLock(other.store, [2])).toEqual({ busy: 2 });
    const beside = await takeSystemsLock(other.store, [3]);
    await beside.taken?.release();
    await held.taken?.release();
    const later = await takeSystemsLock(other.store, [2]);
    expect(later.taken).toBeDefined();
    await later.taken?.release();
    await other.close();
  });

  it('a lock that is lost with its connection reports so, and nothing is written under it any more', async () => {
    const lock = await database.store.takeLock({ numbers: [4711] });
    if (!lock) throw new Error('nobody else takes it');
    const guarded = database.store.guardedBy(lock.signal);
    const { rows } = await database.pool.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and objid = 4711 and database = (select oid from pg_database where datname = current_database())`,
    );
    const written = guarded.transaction(async (tx) => {
      await tx.client.query('insert into held_here values (3)');
      await terminate(rows[0]?.pid);
      await until(() => lock.signal.aborted);
    });
    await expect(written).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await expect(guarded.session()).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect((await database.pool.query('select from held_here where n = 3')).rowCount).toBe(0);
    await lock.release();
    const again = await database.store.takeLock({ numbers: [4711] });
    expect(again).toBeDefined();
    await again?.release();
  });
});
