import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase, type DatabaseOptions } from '../../src/store/database.ts';
import type { Database } from '../../src/store/schema.ts';
import { withDatabase } from './database-url.ts';

export interface ClonedDatabase {
  readonly url: string;
  readonly db: Kysely<Database>;
  readonly pool: pg.Pool;
  /** Closes the pool and drops the database, whoever is still connected to it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** `maxConnections`: few, where a file makes a database for each test, since each connection to a new one begins by learning its catalog. */
export type PoolOptions = Pick<DatabaseOptions, 'maxConnections'>;

/**
 * A database of its own for one test file (or test), with every migration applied and no rows of others.
 * Make it in `beforeAll` and dispose of it in `afterAll`, or hold it with `await using`.
 */
export function cloneDatabase(options: PoolOptions = {}): Promise<ClonedDatabase> {
  return createDatabase(inject('templateName'), options);
}

/** A database with nothing in it, for tests of the migrations themselves. */
export function emptyDatabase(): Promise<ClonedDatabase> {
  return createDatabase('template1');
}

async function createDatabase(template: string, options: PoolOptions = {}): Promise<ClonedDatabase> {
  const name = `tieline_test_${randomBytes(6).toString('hex')}`;
  const server = inject('testServerUrl');
  await onServer(server, async (client) => {
    // PostgreSQL refuses two copies of one template at the same instant; the lock makes test files take turns.
    await client.query('SELECT pg_advisory_lock(7415263)');
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} ${await copyStrategy(client)}`);
  });
  const url = withDatabase(server, name);
  const opened = await openDatabase(url, options);
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

/** The copy of files takes a third of the time of the copy through the log; 14 knows no other and has no word for it. */
async function copyStrategy(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  return Number(rows[0]?.server_version_num) < 150_000 ? '' : 'STRATEGY file_copy';
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
