/** A pool whose process "ends" at its n-th statement: nothing it is asked for afterwards happens, not even a rollback. */
import type pg from 'pg';
import { openDatabase } from '../../src/platform/postgres/database.ts';
import type { ProductClock } from '../../src/platform/postgres/product-clock.ts';
import { openStore, type Store } from '../../src/platform/postgres/store.ts';

export interface KilledPool {
  readonly pool: pg.Pool;
  readonly store: Store;
  readonly clock: ProductClock;
  /** Closes its connections, as the kernel does for a process that is gone. */
  close(): Promise<void>;
}

export class Killed extends Error {
  constructor() {
    super('the process was killed');
  }
}

/** @param given.after whether the statement takes effect. @param given.onDeath called when it happens. */
export async function openKilledPool(
  url: string,
  given: { readonly at: number; readonly after: boolean; readonly onDeath: () => void },
): Promise<KilledPool> {
  const opened = await openDatabase(url, { maxConnections: 10 });
  let statements = 0;
  let isDead = false;
  const die = (): Killed => {
    isDead = true;
    given.onDeath();
    return new Killed();
  };
  const counting =
    (client: pg.PoolClient) =>
    async (...args: unknown[]): Promise<unknown> => {
      if (isDead) throw new Killed();
      statements += 1;
      const last = statements === given.at;
      if (last && !given.after) throw die();
      const result: unknown = await (client.query as (...all: unknown[]) => Promise<unknown>).apply(
        client,
        args,
      );
      if (last) throw die();
      return result;
    };
  const wrap = (client: pg.PoolClient): pg.PoolClient => {
    const query = counting(client);
    return new Proxy(client, {
      get(target, name) {
        if (name === 'query') return query;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  const pool = new Proxy(opened.pool, {
    get(target, name) {
      if (name === 'connect') return async () => wrap(await target.connect());
      if (name === 'query')
        return async (...args: unknown[]) => {
          const client = await target.connect();
          try {
            return await counting(client)(...args);
          } finally {
            client.release();
          }
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    pool,
    store: openStore(pool),
    clock: opened.clock,
    close: () => opened.close(),
  };
}
