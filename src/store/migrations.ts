import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import { searchPathOf } from './database.ts';

/**
 * Runs the migrations: plain SQL files NNNN_verb_noun.sql, in order, forward only. Each file and its row in
 * `tieline_migrations` are one transaction, so a file that fails leaves the database as it was before it. A
 * session-level advisory lock makes a second process wait, and then find nothing to do.
 *
 * There is no way down: a step back is a new file that goes forward, or a backup.
 */
export interface MigrateOptions {
  /** The folder of the SQL files. */
  readonly folder: string;
  /** The schema for Tieline's tables, created if missing; default: the connection's own search path. */
  readonly schema?: string;
  readonly log?: (line: string) => void;
  /** The longest wait for a lock that another session holds on a table. Default: 30,000. */
  readonly lockTimeoutMs?: number;
}

export interface MigrateResult {
  /** Names of the files applied now, in order. */
  readonly applied: readonly string[];
  /** Names of the files that had been applied before. */
  readonly already: readonly string[];
}

interface MigrationFile {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

const namePattern = /^(\d{4})_[a-z0-9_]+\.sql$/;
// Would end our transaction in the midst. `BEGIN` of PL/pgSQL has no semicolon.
const transactionControl = /^\s*(begin|commit|rollback|start\s+transaction)\s*;/im;
/** Any constant: "tieline migrations", first eight bytes of its SHA-256 as int8. */
const lockKey = createHash('sha256').update('tieline migrations').digest().readBigInt64BE().toString();
const longestTurnMs = 10 * 60_000;

/**
 * Applies every file of the folder that was not applied yet.
 * Throws MIGRATION_FAILED (names the file, PostgreSQL's message and line) and DATABASE_UNSUITABLE (the database was
 * migrated by a newer Tieline).
 */
export async function migrate(pool: pg.Pool, options: MigrateOptions): Promise<MigrateResult> {
  const files = await readFiles(options.folder);
  const client = await pool.connect();
  try {
    return await migrateOn(client, files, options);
  } finally {
    // Destroyed, not handed back: that frees the lock and drops search_path and time limits with it.
    client.release(true);
  }
}

async function migrateOn(
  client: pg.PoolClient,
  files: readonly MigrationFile[],
  options: MigrateOptions,
): Promise<MigrateResult> {
  await takeTurn(client);
  await client.query(`SELECT set_config('lock_timeout', $1, false)`, [
    String(options.lockTimeoutMs ?? 30_000),
  ]);
  if (options.schema !== undefined) {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${pg.escapeIdentifier(options.schema)}`);
    await client.query(`SELECT set_config('search_path', $1, false)`, [searchPathOf(options.schema)]);
  }
  await client.query(`
    CREATE TABLE IF NOT EXISTS tieline_migrations (
      name       text PRIMARY KEY,
      sha256     text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'SELECT name, sha256 FROM tieline_migrations ORDER BY name',
  );
  const before = new Map(rows.map((row) => [row.name, row.sha256]));
  checkHistory(files, before);

  const applied: string[] = [];
  for (const file of files) {
    if (before.has(file.name)) continue;
    options.log?.(`applying migration ${file.name}`);
    await applyFile(client, file);
    applied.push(file.name);
  }
  return { applied, already: [...before.keys()] };
}

async function takeTurn(client: pg.PoolClient): Promise<void> {
  await client.query(`SELECT set_config('lock_timeout', $1, false)`, [String(longestTurnMs)]);
  try {
    await client.query('SELECT pg_advisory_lock($1::int8)', [lockKey]);
  } catch (cause) {
    throw new TielineError(
      'MIGRATION_FAILED',
      `Another process migrates this database: ${messageOf(cause)}.`,
      {
        cause,
        remedy: 'Wait for the other process to end and run the command again.',
      },
    );
  }
}

function checkHistory(files: readonly MigrationFile[], before: ReadonlyMap<string, string>): void {
  const known = new Set(files.map((file) => file.name));
  const foreign = [...before.keys()].find((name) => !known.has(name));
  if (foreign !== undefined)
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      `The database holds the migration ${foreign}, which this Tieline does not know.`,
      { remedy: 'Run the version of Tieline that this database was migrated with, or a newer one.' },
    );
  const last = [...before.keys()].toSorted().at(-1) ?? '';
  for (const file of files) {
    const sha256 = before.get(file.name);
    if (sha256 !== undefined && sha256 !== file.sha256)
      throw new TielineError(
        'MIGRATION_FAILED',
        `The migration ${file.name} was changed after it was applied to this database.`,
        { remedy: `Restore ${file.name} as it was and put the change into a new migration.` },
      );
    if (sha256 === undefined && file.name < last)
      throw new TielineError(
        'MIGRATION_FAILED',
        `The migration ${file.name} comes before ${last}, applied already.`,
        {
          remedy: `Give ${file.name} a number after ${last.slice(0, 4)}.`,
        },
      );
  }
}

async function applyFile(client: pg.PoolClient, file: MigrationFile): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(file.sql);
    await client.query('INSERT INTO tieline_migrations (name, sha256) VALUES ($1, $2)', [
      file.name,
      file.sha256,
    ]);
    await client.query('COMMIT');
  } catch (cause) {
    // If the connection is gone, the server has rolled back already.
    await client.query('ROLLBACK').catch(() => undefined);
    throw new TielineError(
      'MIGRATION_FAILED',
      `${file.name}${placeIn(file.sql, cause)}: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}

/** ", line 3, column 7" where PostgreSQL gives a position: it counts characters from 1, not UTF-16 units. */
function placeIn(sql: string, cause: unknown): string {
  const position = cause instanceof pg.DatabaseError ? Number(cause.position) : NaN;
  if (!Number.isInteger(position)) return '';
  const before = Array.from(sql)
    .slice(0, position - 1)
    .join('')
    .split('\n');
  return `, line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

async function readFiles(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  const numbers = new Set<string>();
  const files: MigrationFile[] = [];
  for (const name of names) {
    const number = namePattern.exec(name)?.[1];
    if (number === undefined)
      throw new TielineError('MIGRATION_FAILED', `The migration ${name} is not named NNNN_verb_noun.sql.`);
    if (numbers.has(number))
      throw new TielineError('MIGRATION_FAILED', `The migration ${name} has the number of another file.`);
    numbers.add(number);
    const sql = await readFile(join(folder, name), 'utf8');
    if (transactionControl.test(sql))
      throw new TielineError(
        'MIGRATION_FAILED',
        `The migration ${name} begins or ends a transaction itself.`,
        {
          remedy: 'Take BEGIN and COMMIT out: each file is one transaction already.',
        },
      );
    files.push({ name, sql, sha256: createHash('sha256').update(sql).digest('hex') });
  }
  return files;
}
