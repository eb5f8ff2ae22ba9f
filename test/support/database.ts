import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/schema.ts';
import { withDatabase } from './database-url.ts';

export interface ClonedDatabase {
  readonly url: string;
  readonly db: Kysely<Database>;
  readonly pool: pg.Pool;
  /** Closes the pool and drops the database, whoever is still connected to it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A database of its own for one test file (or test), with every migration applied and no rows of others.
 * Make it in `beforeAll` and dispose of it in `afterAll`, or hold it with `await using`.
 */
export function cloneDatabase(): Promise<ClonedDatabase> {
  return createDatabase(inject('templateName'));
}

/** A database with nothing in it, for tests of the migrations themselves. */
export function emptyDatabase(): Promise<ClonedDatabase> {
  return createDatabase('template1');
}

async function createDatabase(template: string): Promise<ClonedDatabase> {
  const name = `tieline_test_${randomBytes(6).toString('hex')}`;
  const server = inject('testServerUrl');
  await onServer(server, async (client) => {
    // PostgreSQL refuses two copies of one template at the same instant; the lock makes test files take turns.
    await client.query('SELECT pg_advisory_lock(7415263)');
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const url = withDatabase(server, name);
  const opened = await openDatabase(url);
  return {
    url,
    db: opened.db,
    pool: opened.pool,
    [Symbol.asyncDispose]: async () => {
      await opened.close();
      await onServer(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

async function onServer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
