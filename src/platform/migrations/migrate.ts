/**
 * Carries out a migration: plain SQL files NNNN_verb_noun.sql, in order, forward only, over a fresh database and over
 * one that another application uses alike. Everything but indexes is one transaction: it is there whole, or not at
 * all. There is no way down: a step back is a new file that goes forward, `tieline db remove`, or a backup.
 *
 * How the host application never waits long: our own tables are made first, which locks nothing of its own. Then each table
 * that is to be changed is locked against vacuum and other migrations only (SHARE UPDATE EXCLUSIVE; no other
 * notices, and an autovacuum yields). Only then the real locks are asked for, all in one message with the changes
 * and the commit, and given up after a fraction of a second if they are not available: who queued behind us continues, and we
 * try again. Rejected: `lock_timeout` alone, which counts again for each table; and a savepoint around the changes
 * themselves, whose rows would carry another transaction id than the one that the verification looks for.
 */
import type { ConnectionSource } from './connection-source.ts';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { messageOf, TielineError } from '../errors/index.ts';
import { databaseErrorOf } from '../postgres/index.ts';
import { fetchCatalog } from './catalog.ts';
import { type MigrationSet, pendingFiles, readMigrationFiles } from './files.ts';
import {
  fetchMigrationState,
  ledgerNames,
  listUnfinishedIndexes,
  listUnvalidated,
  recordingStatements,
  type MigrationState,
  type UnfinishedIndex,
} from './brought.ts';
import { namesIn, type MigrationPlan, type PlannedStatement } from './plan-draft.ts';
import { planMigration } from './plan.ts';
import { beginVerification, type VerifiedTable } from './verify-rows.ts';

export interface MigrateOptions {
  /** The folder of the SQL files. */
  readonly folder: string;
  /** Further folders, applied after it. */
  readonly sets?: readonly MigrationSet[];
  /** The schema for Tieline's tables, created if missing; default: that of the tables that are there, or the first of the search path. */
  readonly schema?: string;
  readonly log?: (line: string) => void;
  /** How long to keep trying for the locks. Default: 300,000. */
  readonly lockTimeoutMs?: number;
  /** Problems (Problem.id) that the operator accepts. */
  readonly accept?: readonly string[];
  /** Whether to compare the owner's rows before and after. Default: true. */
  readonly verify?: boolean;
}

export interface MigrateResult {
  /** Names of the files applied now, in order. */
  readonly applied: readonly string[];
  /** Names of the files that had been applied before. */
  readonly already: readonly string[];
  readonly adopted: boolean;
  /** Indexes built now. */
  readonly indexes: readonly string[];
  readonly verified: readonly VerifiedTable[];
  /** How often the locks were asked for, and how long the last time they were held or waited for. */
  readonly lockAttempts: number;
  readonly lockedMs: number;
}

/** Any constant: "tieline migrations", first eight bytes of its SHA-256 as int8. */
const lockKey = createHash('sha256').update('tieline migrations').digest().readBigInt64BE().toString();
const longestTurnMs = 10 * 60_000;

/** What a migration of this database would do. Changes nothing. @throws as `pendingFiles` does. */
export async function preparePlan(
  client: pg.ClientBase,
  options: Pick<MigrateOptions, 'folder' | 'sets' | 'schema'>,
): Promise<{
  plan: MigrationPlan;
  state: MigrationState;
  catalog: Awaited<ReturnType<typeof fetchCatalog>>;
}> {
  const files = await readMigrationFiles(options.folder, options.sets);
  const catalog = await fetchCatalog(client, [...namesIn(files), ...ledgerNames]);
  const state = await fetchMigrationState(client, catalog, options.schema);
  const pending = pendingFiles(files, state.applied);
  return {
    plan: planMigration({
      files,
      pending,
      catalog,
      brought: state.brought,
      // Where the list of what we added says where our tables are, only the operator's own word sets the place of new ones whose name is taken.
      schema: options.schema ?? (state.brought.length > 0 ? undefined : state.schema),
    }),
    state,
    catalog,
  };
}

export interface Readiness {
  /** `behind`: ours alone, and to be migrated; `owners`: another application's too, so only on request. */
  readonly state: 'current' | 'behind' | 'owners';
  readonly pending: readonly string[];
  readonly unfinishedIndexes: number;
}

/** Whether the database is as this Tieline needs it. Reads only. @throws as `pendingFiles` does. */
export async function fetchReadiness(
  pool: ConnectionSource,
  folder: string,
  sets: readonly MigrationSet[] = [],
): Promise<Readiness> {
  const client = await pool.connect();
  try {
    const { plan, state } = await preparePlan(client, { folder, sets });
    const unfinished =
      state.schema !== undefined && state.brought.length > 0
        ? await listUnfinishedIndexes(client, state.schema)
        : [];
    const ready = plan.files.length === 0 && unfinished.length === 0;
    return {
      state: ready ? 'current' : plan.adopted ? 'owners' : 'behind',
      pending: plan.files.map((file) => file.name),
      unfinishedIndexes: unfinished.length,
    };
  } finally {
    client.release();
  }
}

/**
 * Applies every file of the folder that was not applied yet, and finishes indexes that an earlier run left open.
 * Throws MIGRATION_FAILED (names the file, PostgreSQL's message and line; the database is as it was, or, in the index
 * phase, complete but for indexes) and DATABASE_UNSUITABLE (migrated by a newer Tieline; or something is in the
 * way, each thing with its remedy).
 */
export async function migrate(pool: ConnectionSource, options: MigrateOptions): Promise<MigrateResult> {
  const client = await pool.connect();
  try {
    await takeTurn(client);
    return await migrateOn(client, pool, options);
  } finally {
    // Destroyed, not handed back: that frees the lock and drops search_path and time limits with it.
    client.release(true);
  }
}

async function migrateOn(
  client: pg.PoolClient,
  pool: ConnectionSource,
  options: MigrateOptions,
): Promise<MigrateResult> {
  const log = options.log ?? (() => undefined);
  const { plan, state } = await preparePlan(client, options);
  refuseProblems(plan, options.accept ?? []);
  let window: Awaited<ReturnType<typeof applyInTransaction>> = { attempts: 0, ms: 0, xid: undefined };
  let verified: VerifiedTable[] = [];
  if (plan.files.length > 0) {
    const watch =
      plan.adopted && options.verify !== false
        ? await beginVerification(client, pool, state, log)
        : undefined;
    try {
      window = await applyInTransaction(client, plan, options, log);
      verified = (await watch?.compare(window.xid)) ?? [];
    } finally {
      await watch?.end();
    }
  }
  const schema = state.schema ?? plan.schema;
  await client.query(`SELECT set_config('search_path', $1, false)`, [plan.searchPath.map(quote).join(', ')]);
  const indexes = await buildIndexes(
    client,
    plan.listed
      ? await listUnfinishedIndexes(client, schema)
      : plan.indexes.map((index) => ({ ...index, invalid: false })),
    log,
  );
  if (plan.listed) await validateConstraints(client, schema, log);
  return {
    applied: plan.files.map((file) => file.name),
    already: [...state.applied.keys()],
    adopted: plan.adopted,
    indexes,
    verified,
    lockAttempts: window.attempts,
    lockedMs: Math.round(window.ms),
  };
}

function refuseProblems(plan: MigrationPlan, accepted: readonly string[]): void {
  const open = plan.problems.filter((problem) => !(problem.acceptable && accepted.includes(problem.id)));
  if (open.length === 0) return;
  throw new TielineError(
    'DATABASE_UNSUITABLE',
    'This database cannot be migrated as it is; nothing was changed.',
    {
      fields: open.map((problem) => ({
        field: problem.id,
        message: `${problem.what} ${problem.remedy}${problem.acceptable ? ` (--accept ${problem.id})` : ''}`,
      })),
      remedy: 'Mend each point, then run `tieline db check` again.',
    },
  );
}

async function takeTurn(client: pg.PoolClient): Promise<void> {
  await client.query(`SELECT set_config('lock_timeout', $1, false)`, [String(longestTurnMs)]);
  try {
    await client.query('SELECT pg_advisory_lock($1::int8)', [lockKey]);
    await client.query('SET lock_timeout = 0');
  } catch (cause) {
    throw new TielineError(
      'MIGRATION_FAILED',
      `Another process migrates this database: ${messageOf(cause)}.`,
      { cause, remedy: 'Wait for the other process to end and run the command again.' },
    );
  }
}

const quote = (name: string): string => pg.escapeIdentifier(name);

/** The ledger's own statements, so that a dry run shows them too. */
export function ledgerStatements(plan: MigrationPlan): string[] {
  const ledger = `${quote(plan.schema)}.tieline_migrations`;
  return [
    `CREATE TABLE IF NOT EXISTS ${ledger} (\n  name text PRIMARY KEY,\n  sha256 text NOT NULL,\n  applied_at timestamptz NOT NULL DEFAULT now()\n)`,
    ...plan.files.map(
      (file) => `INSERT INTO ${ledger} (name, sha256) VALUES ('${file.name}', '${file.sha256}')`,
    ),
    ...(plan.listed ? recordingStatements(plan) : []),
  ];
}

async function applyInTransaction(
  client: pg.PoolClient,
  plan: MigrationPlan,
  options: MigrateOptions,
  log: (line: string) => void,
): Promise<{ attempts: number; ms: number; xid: string | undefined }> {
  const patienceMs = options.lockTimeoutMs ?? 300_000;
  const deadline = performance.now() + patienceMs;
  try {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('search_path', $1, true), set_config('lock_timeout', $2, true)`, [
      plan.searchPath.map(quote).join(', '),
      String(patienceMs),
    ]);
    if (!plan.create.some((each) => each.file === 'schema' && each.sql.includes(quote(plan.schema))))
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${quote(plan.schema)}`);
    const { rows } = await client.query<{ xid: string }>('select pg_current_xact_id()::xid::text as xid');
    for (const file of plan.files) log(`applying migration ${file.name}`);
    for (const statement of plan.create) await runOne(client, statement);
    for (const sql of ledgerStatements(plan)) await client.query(sql);
    const window =
      plan.locked.length === 0 ? await commit(client) : await changeUnderLocks(client, plan, deadline, log);
    return { ...window, xid: rows[0]?.xid };
  } catch (cause) {
    // If the connection is gone, the server has rolled back already.
    await client.query('ROLLBACK').catch(() => undefined);
    if (cause instanceof TielineError) throw cause;
    throw new TielineError('MIGRATION_FAILED', messageOf(cause), {
      cause,
      remedy: 'The database is as it was before. Mend the cause and run the command again.',
    });
  }
}

async function commit(client: pg.PoolClient): Promise<{ attempts: number; ms: number }> {
  await client.query('COMMIT');
  return { attempts: 0, ms: 0 };
}

async function runOne(client: pg.PoolClient, statement: PlannedStatement): Promise<void> {
  try {
    await client.query(statement.sql);
  } catch (cause) {
    throw new TielineError(
      'MIGRATION_FAILED',
      `${statement.file}, line ${lineOf(statement, cause)}: ${messageOf(cause)}`,
      { cause, remedy: 'The database is as it was before. Mend the cause and run the command again.' },
    );
  }
}

/** PostgreSQL's position counts characters from 1, not UTF-16 units; qualifying names moves no line. */
function lineOf(statement: PlannedStatement, cause: unknown): number {
  const position = Number(databaseErrorOf(cause)?.position ?? NaN);
  if (!Number.isInteger(position)) return statement.line;
  const before = Array.from(statement.sql).slice(0, position - 1);
  return statement.line + before.filter((character) => character === '\n').length;
}

const lockUnavailable = '55P03';
const queryCanceled = '57014';
const deadlockDetected = '40P01';

const lockedByOthers = (what: string, cause: unknown): TielineError =>
  new TielineError('MIGRATION_FAILED', `${what}: other sessions hold it all the time.`, {
    cause,
    remedy:
      'The database is as it was before. `tieline db check` names the sessions; run the command again when they are done, or at a quieter hour.',
  });

async function changeUnderLocks(
  client: pg.PoolClient,
  plan: MigrationPlan,
  deadline: number,
  log: (line: string) => void,
): Promise<{ attempts: number; ms: number }> {
  const { exclusive, shared } = plan.locks;
  for (const table of exclusive)
    try {
      await client.query(`LOCK TABLE ONLY ${table} IN SHARE UPDATE EXCLUSIVE MODE`);
    } catch (error) {
      if (databaseErrorOf(error)?.code !== lockUnavailable) throw error;
      throw lockedByOthers(`The lock on ${table} could not be had (lock timeout)`, error);
    }
  for (let attempt = 1; ; attempt += 1) {
    const waitMs = Math.min(50 + 25 * attempt, 400);
    const message = [
      'SAVEPOINT locks',
      `SET LOCAL lock_timeout = ${waitMs}`,
      `SET LOCAL statement_timeout = ${waitMs}`,
      // Neither, where only tables of ours that are there already change: `LOCK TABLE` without a name is not a statement.
      ...(shared.length > 0 ? [`LOCK TABLE ${shared.join(', ')} IN SHARE ROW EXCLUSIVE MODE`] : []),
      ...(exclusive.length > 0 ? [`LOCK TABLE ${exclusive.join(', ')} IN ACCESS EXCLUSIVE MODE`] : []),
      'RELEASE SAVEPOINT locks',
      // Rows are only ever rewritten in a database that is Tieline's alone.
      `SET LOCAL statement_timeout = ${plan.adopted ? 900 : 0}`,
      ...plan.locked.map((statement) => statement.sql),
      'COMMIT',
    ].join(';\n');
    const started = performance.now();
    try {
      await client.query(message);
      return { attempts: attempt, ms: performance.now() - started };
    } catch (error) {
      const { code } = databaseErrorOf(error) ?? {};
      const locksOnly = await client.query('ROLLBACK TO SAVEPOINT locks').then(
        () => true,
        () => false,
      );
      const retryable = code === lockUnavailable || code === queryCanceled || code === deadlockDetected;
      if (!retryable || !locksOnly) throw error;
      if (performance.now() > deadline)
        throw lockedByOthers(
          `The locks on ${exclusive.join(', ')} could not be had in ${attempt} attempts (lock timeout)`,
          error,
        );
      if (attempt % 10 === 1) log(`tables are in use; attempt ${attempt} gave way, trying again`);
      await delay(Math.min(50 * attempt, 1000) * (0.5 + Math.random()));
    }
  }
}

/** Builds indexes beside the owner's work; what a broken-off build left behind is cleared away first. */
async function buildIndexes(
  client: pg.PoolClient,
  indexes: readonly UnfinishedIndex[],
  log: (line: string) => void,
): Promise<string[]> {
  for (const index of indexes) {
    const name = `${quote(index.schema)}.${quote(index.name)}`;
    log(`building index ${index.name} on ${index.table}`);
    try {
      if (index.invalid) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await client.query(index.sql);
    } catch (cause) {
      await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`).catch(() => undefined);
      throw new TielineError(
        'MIGRATION_FAILED',
        `The index ${index.name} could not be built: ${messageOf(cause)}`,
        {
          cause,
          remedy:
            "Columns and tables are complete, and the owner's application continues. Correct the cause and run `tieline db migrate` again: it builds the indexes that are missing.",
        },
      );
    }
  }
  return indexes.map((index) => index.name);
}

/** Checks the existing rows against checks of ours; readers and writers continue meanwhile. */
async function validateConstraints(
  client: pg.PoolClient,
  schema: string,
  log: (line: string) => void,
): Promise<void> {
  for (const { table, constraint } of await listUnvalidated(client, schema)) {
    log(`checking ${constraint}`);
    await client.query(`ALTER TABLE ${table} VALIDATE CONSTRAINT ${quote(constraint)}`);
  }
}
