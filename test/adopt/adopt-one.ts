/**
 * One awkward database through all of it: checked, moved into, filled, checked again, at some point killed, and in the
 * end perhaps taken out of again. Every expectation that does not hold is an error that names the seed.
 */
import { strict as assert } from 'node:assert';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import {
  checkDatabase,
  checksumDatabase,
  migrateDatabase,
  removeFromDatabase,
} from '../../src/operate/database/adoption.ts';
import { backfill } from '../../src/operate/backfill/backfill.ts';
import { connectorModules } from '../../src/main/connectors.ts';
import { openDatabase } from '../../src/platform/postgres/database.ts';
import { wholeCatalog } from '../schema/whole-catalog.ts';
import { tieline } from '../support/command.ts';
import {
  chooseTraits,
  createAwkwardDatabase,
  dropOwnerRole,
  type AwkwardTraits,
} from './awkward-database.ts';
import { randomOf } from './traits.ts';

export interface AdoptionOptions {
  /** Of a role that may create databases. */
  readonly serverUrl: string;
  readonly seed: number;
  readonly findings: number;
  readonly traits?: AwkwardTraits;
  /** Whether to kill the commands at random points on the way. */
  readonly kills: boolean;
}

export interface AdoptionOutcome {
  readonly seed: number;
  readonly findings: number;
  readonly result: 'moved in' | 'refused';
  readonly problems: readonly string[];
  readonly traps: number;
  readonly filled: number;
  readonly refusedRows: number;
  readonly kills: number;
  readonly removed: boolean;
}

const folder = join(import.meta.dirname, '../../migrations');

export async function adoptOne(options: AdoptionOptions): Promise<AdoptionOutcome> {
  const draw = randomOf(options.seed + 1_000_003);
  const name = `tieline_awkward_${options.seed}_${randomBytes(4).toString('hex')}`;
  const url = new URL(options.serverUrl);
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`create database ${name}`);
  url.pathname = `/${name}`;
  try {
    const made = await openDatabase(url.href);
    try {
      const awkward = await createAwkwardDatabase(made.pool, {
        traits: options.traits ?? chooseTraits(options.seed),
        seed: options.seed,
        findings: options.findings,
      });
      const role = awkward.ownerRole;
      try {
        return await story({ ...options, url: url.href, name, pool: made.pool, draw });
      } finally {
        if (role !== undefined) await dropOwnerRole(made.pool, role);
      }
    } finally {
      await made.close();
    }
  } catch (error) {
    throw new Error(
      `seed ${options.seed}, ${options.findings} findings: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      { cause: error },
    );
  } finally {
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
}

interface Story extends AdoptionOptions {
  readonly url: string;
  readonly name: string;
  readonly pool: pg.Pool;
  readonly draw: () => number;
}

async function story(given: Story): Promise<AdoptionOutcome> {
  const { pool, draw } = given;
  const access = { pool, migrationsFolder: folder };
  const catalogBefore = await wholeCatalog(pool);
  const sumsBefore = await checksumDatabase(access);
  const check = await checkDatabase(access, { countRows: true, countLimitMs: 60_000 });
  assert.deepEqual(await wholeCatalog(pool), catalogBefore, 'a check changed the catalog');
  const outcome = {
    seed: given.seed,
    findings: given.findings,
    traps: check.traps.length,
    problems: check.problems.map((problem) => problem.id),
  };
  if (!check.canMigrate) {
    await assert.rejects(migrateDatabase(access, {}), { code: 'DATABASE_UNSUITABLE' });
    assert.deepEqual(await wholeCatalog(pool), catalogBefore, 'a refusal changed the catalog');
    assert.ok(check.problems.every((problem) => problem.remedy !== ''));
    return { ...outcome, result: 'refused', filled: 0, refusedRows: 0, kills: 0, removed: false };
  }

  let kills = 0;
  if (given.kills && draw() < 0.5) {
    kills += await killOnTheWay(given, ['db', 'migrate'], 300 + draw() * 900);
    const { rows } = await pool.query<{ applied: boolean }>(
      `select to_regclass('tieline_migrations') is not null as applied`,
    );
    // One transaction: it is there whole or not at all.
    if (!rows[0]?.applied)
      assert.deepEqual(await wholeCatalog(pool), catalogBefore, 'a killed migration left something');
  }
  const migration = await migrateDatabase(access, {});
  for (const each of migration.verified)
    assert.equal(each.verdict, 'equal', `${each.table} changed in the migration`);

  const later = await openDatabase(given.url);
  try {
    const there = { pool: later.pool, migrationsFolder: folder };
    assert.deepEqual(sums(await checksumDatabase(there)), sums(sumsBefore), 'rows changed in the migration');
    const catalogAfter = await wholeCatalog(later.pool);
    assert.deepEqual((await migrateDatabase(there, {})).applied, []);
    assert.deepEqual(await wholeCatalog(later.pool), catalogAfter, 'a second migration changed something');

    if (given.kills && draw() < 0.5)
      kills += await killOnTheWay(given, ['db', 'backfill', '--share', '100'], 500 + draw() * 1500);
    const filling = {
      batch: 2000,
      share: 100,
      again: false,
      signal: new AbortController().signal,
      report: () => undefined,
    };
    const filled = await backfill({ db: later.db, store: later.store, modules: connectorModules }, filling);
    assert.ok(
      filled.tables.every((table) => table.missed.length === 0),
      'rows were left out of the backfill',
    );
    assert.deepEqual(sums(await checksumDatabase(there)), sums(sumsBefore), 'rows changed in the backfill');
    const again = await backfill({ db: later.db, store: later.store, modules: connectorModules }, filling);
    assert.deepEqual(
      again.tables.map((table) => table.filled),
      filled.tables.map((table) => table.filled),
      'a second backfill filled something',
    );
    await insertLikeTheOwner(later.pool);

    const removed = draw() < 0.3;
    if (removed) {
      await removeFromDatabase(there, { confirm: given.name, patienceMs: 30_000 });
      assert.deepEqual(
        withoutNumbers(await wholeCatalog(later.pool)),
        withoutNumbers(catalogBefore),
        'the removal left something, or took too much',
      );
    }
    return {
      ...outcome,
      result: 'moved in',
      filled: filled.tables.reduce((sum, table) => sum + table.filled, 0),
      refusedRows: filled.tables.reduce((sum, table) => sum + table.refused, 0),
      kills,
      removed,
    };
  } finally {
    await later.close();
  }
}

const sums = (checksums: Awaited<ReturnType<typeof checksumDatabase>>) =>
  Object.fromEntries(
    checksums.map((each) => [`${each.schema}.${each.table}`, `${each.rows} ${each.checksum}`]),
  );
const withoutNumbers = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^(column \S+) \d+ /, '$1 '));

/** Starts a command and kills it with all its children after so long. @returns how many were killed: none if it was done. */
async function killOnTheWay(given: Story, args: readonly string[], afterMs: number): Promise<number> {
  let child: ChildProcess | undefined;
  const running = tieline(
    args,
    { DATABASE_URL: given.url, TIELINE_MASTER_KEY: randomBytes(32).toString('base64') },
    (started) => (child = started),
  );
  const ended = await Promise.race([running.then(() => true), delay(afterMs, false)]);
  if (ended) return 0;
  child?.kill('SIGKILL');
  await running;
  // Its server processes notice when they next speak to it; a statement that runs is ended by hand, as a failover would.
  await given.pool.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and application_name = 'tieline' and pid <> pg_backend_pid() and state <> 'idle'`,
  );
  await delay(50);
  return 1;
}

/** The application goes on as if nothing had happened. */
async function insertLikeTheOwner(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(
      `insert into ingestion_assets (asset_uuid, hostname) values (gen_random_uuid(), 'new-host')`,
    );
    await client.query(
      `insert into ingestion_systems (system_id, name, uuid) values ('NEW-1', 'New', gen_random_uuid())`,
    );
    await client.query(`insert into ingestion_controls (control_id, system_id) values ('AC-1', 'NEW-1')`);
    await client.query(`insert into ingestion_poams (poam_id, system_id) values ('NEW-POAM-1', 'NEW-1')`);
    // A row that breaks a check of the owner's own could not be updated before either.
    await client
      .query(
        `update ingestion_vulnerabilities set last_found = now() where id = (select min(id) from ingestion_vulnerabilities)`,
      )
      .catch((error: unknown) => {
        if (!(error instanceof pg.DatabaseError) || error.code !== '23514') throw error;
      });
  } finally {
    await client.query('rollback');
    client.release();
  }
}
