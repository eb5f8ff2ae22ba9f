import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import type { Store, Tx } from './store.ts';

let database: ClonedDatabase;
let store: Store;
beforeAll(async () => {
  database = await cloneDatabase();
  ({ store } = database);
  await database.pool.query('create table kept (n int primary key)');
});
beforeEach(async () => {
  await database.pool.query('delete from kept');
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const put = async ({ client }: Tx, n: number): Promise<void> => {
  await client.query('insert into kept values ($1)', [n]);
};

/** What others see: asked over the pool, beside the store. */
async function kept(): Promise<number[]> {
  const { rows } = await database.pool.query<{ n: number }>('select n from kept order by n');
  return rows.map(({ n }) => n);
}

/** Loses to another as often as it is done. */
function losing(): { attempts: number; work: () => Promise<never> } {
  const lost = {
    attempts: 0,
    work(): Promise<never> {
      lost.attempts += 1;
      const error = new pg.DatabaseError('lost', 4, 'error');
      error.code = '40001';
      return Promise.reject(error);
    },
  };
  return lost;
}

describe('a store that is one transaction', () => {
  it('a single-transaction store is invisible to others until it is committed, and its transactions are parts of it', async () => {
    await store.asOne(async (one) => {
      await one.transaction((tx) => put(tx, 1));
      await one.transactionOnce((tx) => put(tx, 2));
      expect(one.isOne).toBe(true);
      expect(await kept()).toEqual([]);
      return { keep: true, result: undefined };
    });
    expect(await kept()).toEqual([1, 2]);
  });

  it('a single-transaction store leaves nothing behind when it is not kept, and still returns its result', async () => {
    const result = await store.asOne(async (one) => {
      await one.transaction((tx) => put(tx, 1));
      return { keep: false, result: 'looked at' };
    });
    expect(result).toBe('looked at');
    expect(await kept()).toEqual([]);
  });

  it('a single-transaction store leaves nothing behind when its work fails, and the connection stays usable', async () => {
    const failing = store.asOne(async (one) => {
      await one.transaction((tx) => put(tx, 1));
      throw new Error('given up');
    });
    await expect(failing).rejects.toThrow('given up');
    expect(await kept()).toEqual([]);
    await store.transaction((tx) => put(tx, 2));
    expect(await kept()).toEqual([2]);
  });

  it('a single-transaction store continues after a transaction in it failed, without what that one wrote', async () => {
    await store.asOne(async (one) => {
      await one.transaction((tx) => put(tx, 1));
      await expect(
        one.transaction(async (tx) => {
          await put(tx, 2);
          await put(tx, 1);
        }),
      ).rejects.toMatchObject({ code: '23505' });
      await one.transaction((tx) => put(tx, 3));
      return { keep: true, result: undefined };
    });
    expect(await kept()).toEqual([1, 3]);
  });

  it('a single-transaction store can hold another that is not kept', async () => {
    await store.asOne(async (outer) => {
      await outer.transaction((tx) => put(tx, 1));
      await outer.asOne(async (inner) => {
        await inner.transaction((tx) => put(tx, 2));
        return { keep: false, result: undefined };
      });
      return { keep: true, result: undefined };
    });
    expect(await kept()).toEqual([1]);
  });

  it('a single-transaction store repeats nothing in it that lost to another transaction', async () => {
    const lost = losing();
    await store.asOne(async (one) => {
      await expect(one.transaction(lost.work)).rejects.toThrow('lost');
      return { keep: false, result: undefined };
    });
    expect(lost.attempts).toBe(1);
  });
});

describe('a transaction', () => {
  it('a transaction that loses to others is tried five times, or once where it cannot be repeated', async () => {
    const lost = losing();
    await expect(store.transaction(lost.work)).rejects.toThrow('lost');
    expect(lost.attempts).toBe(5);
    const once = losing();
    await expect(store.transactionOnce(once.work)).rejects.toThrow('lost');
    expect(once.attempts).toBe(1);
  });
});

describe('a guarded store', () => {
  it('a guarded store commits nothing any more once the guard is aborted, neither a transaction nor a whole', async () => {
    const guards = [new AbortController(), new AbortController()] as const;
    const ended = new Error('the right was lost');
    const one = store.guardedBy(guards[0].signal).transaction(async (tx) => {
      await put(tx, 1);
      guards[0].abort(ended);
    });
    await expect(one).rejects.toBe(ended);
    const whole = store.guardedBy(guards[1].signal).asOne(async (within) => {
      await within.transaction((tx) => put(tx, 2));
      guards[1].abort(ended);
      return { keep: true, result: undefined };
    });
    await expect(whole).rejects.toBe(ended);
    expect(await kept()).toEqual([]);
  });

  it('a guarded store hands out no connection once one of its guards is aborted, while the store itself stays usable', async () => {
    const outer = new AbortController();
    const guarded = store.guardedBy(outer.signal).guardedBy(new AbortController().signal);
    expect(await guarded.db.selectFrom('external_systems').select('id').execute()).toEqual([]);
    const ended = new Error('the right was lost');
    outer.abort(ended);
    await expect(guarded.db.selectFrom('external_systems').select('id').execute()).rejects.toBe(ended);
    await expect(guarded.session()).rejects.toBe(ended);
    await expect(guarded.transaction((tx) => put(tx, 1))).rejects.toBe(ended);
    await store.transaction((tx) => put(tx, 2));
    expect(await kept()).toEqual([2]);
  });

  it('a guarded store shares its locks with the store, on one connection', async () => {
    const locks = [
      await store.takeLock({ numbers: [4712] }),
      await store.guardedBy(new AbortController().signal).takeLock({ numbers: [4713] }),
      await store.asOne(async (one) => ({ keep: false, result: await one.takeLock({ numbers: [4714] }) })),
    ];
    expect(locks).not.toContain(undefined);
    expect(await store.guardedBy(new AbortController().signal).takeLock({ numbers: [4712] })).toBeUndefined();
    const { rows } = await database.pool.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and objid between 4712 and 4714
          and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(rows).toHaveLength(3);
    expect(new Set(rows.map(({ pid }) => pid)).size).toBe(1);
    for (const lock of locks) await lock?.release();
  });
});
