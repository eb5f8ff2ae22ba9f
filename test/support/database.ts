import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase } from '../../src/platform/postgres/database.ts';
import type { Database } from '../../src/platform/postgres/schema.ts';
import type { ProductClock } from '../../src/platform/postgres/product-clock.ts';
import type { Store } from '../../src/platform/postgres/store.ts';
import { holdLogKeys, logKeyOf } from '../../src/ledger/security/index.ts';
import { withDatabase } from './database-url.ts';

// What a process is given at its start: events of tests are chained under it.
holdLogKeys([logKeyOf(Buffer.alloc(32, 'log key of tests'))]);

export interface ClonedDatabase {
  readonly url: string;
  readonly db: Kysely<Database>;
  readonly store: Store;
  readonly pool: pg.Pool;
  /** Moved, it moves the time in SQL too. */
  readonly clock: ProductClock;
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
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} ${await copyStrategy(client)}`);
  });
  const url = withDatabase(server, name);
  const opened = await openDatabase(url);
  return {
    url,
    db: opened.db,
    store: opened.store,
    pool: opened.pool,
    clock: opened.clock,
    [Symbol.asyncDispose]: async () => {
      await opened.close();
      await onServer(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

/** All tables but those that hold rows in a new database. As a replica: foreign keys are not asked in what order. */
const emptying = `
  do $$
  declare each record;
  begin
    set local session_replication_role = replica;
    for each in select c.oid, c.oid::regclass::text as name from pg_class c
                 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                   and c.relname not in ('alert_rules', 'approval_rules', 'control_rules', 'weakness_rules', 'tieline_migrations', 'tieline_objects', 'tieline_partitioned_tables')
                   and c.relname not in ('calendars', 'due_date_policies', 'due_date_policy_evaluations', 'due_date_policy_times', 'due_date_policy_uses', 'due_date_policy_versions')
    loop
      execute 'delete from ' || each.name;
      perform setval(s.seqrelid, s.seqstart, false) from pg_sequence s join pg_depend d on d.objid = s.seqrelid
        where d.refobjid = each.oid and d.deptype in ('a', 'i');
    end loop;
    delete from due_date_policy_uses where system_id is not null;
    delete from alert_rules where system_id is not null;
  end $$`;

/**
 * Takes every row out that a test put in, and starts the numbers anew. For many stories in one file: it takes 5 ms, and the
 * connections stay that know the catalog, which takes each new one 40 ms of CPU.
 */
export async function emptyTables(pool: pg.Pool): Promise<void> {
  await pool.query(emptying);
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
