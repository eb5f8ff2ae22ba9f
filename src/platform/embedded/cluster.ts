import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TielineError } from '../errors/index.ts';
import { conversionOf, roleSettings, superuser } from './cluster-roles.ts';
import type { Placement } from './placement.ts';

/** The database and the role of the embedded server. */
export const databaseName = 'tieline';
const accessRules = `# written by Tieline: nobody but the holder of postgres.password, over the socket in a private directory
local all ${superuser} reject
local all all scram-sha-256
`;

export function passwordFile(dataDir: string): string {
  return join(dataDir, 'postgres.password');
}

/** The password of the embedded server, as text. Throws what the file system throws. */
export async function readPassword(dataDir: string): Promise<string> {
  return (await readFile(passwordFile(dataDir), 'utf8')).trim();
}

/**
 * Makes the cluster with its role, password and database, unless it is there; converts one of an earlier version. It appears whole or not at all: it is
 * made under another name and renamed. A password file that was lost is replaced, in the cluster too.
 *
 * The single-user mode is used for the SQL, so that no server ever listens without a password.
 * Throws DATABASE_UNSUITABLE if the cluster is of another PostgreSQL version or cannot be made.
 */
export async function ensureCluster(dataDir: string, placement: Placement, fsync: boolean): Promise<void> {
  const found = await readFile(join(placement.cluster, 'PG_VERSION'), 'utf8').catch(() => undefined);
  const version = placement.binaries.version.split('.')[0];
  if (found !== undefined && found.trim() !== version)
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      `The cluster ${placement.cluster} is of PostgreSQL ${found.trim()}, the embedded server of ${version}.`,
      { remedy: 'Dump it with the older version and restore it into a new --data-dir.' },
    );

  const known = await readPassword(dataDir).catch(() => '');
  const isCurrent = found !== undefined && (await hasCurrentRules(placement));
  if (isCurrent && known !== '') return;
  const password = known === '' ? await writePassword(dataDir) : known;
  const setPassword = `ALTER ROLE ${databaseName} PASSWORD '${password}';\n`;
  if (found !== undefined) {
    if (!isCurrent) await convertCluster(placement);
    await runSql(placement, placement.cluster, setPassword, 'postgres');
    if (!isCurrent) await writeFile(join(placement.cluster, rulesName), accessRules);
    return;
  }

  const draft = `${placement.cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (placement.account !== undefined) await chown(draft, placement.account.uid, placement.account.gid);
  const options = {
    pgdata: draft,
    username: superuser,
    encoding: 'UTF8',
    // The builtin provider needs nothing of the machine, so the order of text is the same everywhere.
    locale: 'C',
    'locale-provider': 'builtin',
    'builtin-locale': 'C.UTF-8',
    auth: 'trust', // replaced below, before any server listens
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const flags = ['--data-checksums', '--no-instructions', ...(fsync ? [] : ['--no-sync'])];
  await run(placement, placement.binaries.initdb, [...args, ...flags]);
  const role = `CREATE ROLE ${databaseName};\n${roleSettings(databaseName)}${setPassword}`;
  await runSql(
    placement,
    draft,
    `${role}CREATE DATABASE ${databaseName} OWNER ${databaseName};\n`,
    'postgres',
  );
  await writeFile(join(draft, rulesName), accessRules);
  await rename(draft, placement.cluster);
}

const rulesName = 'pg_hba.conf';

async function hasCurrentRules(placement: Placement): Promise<boolean> {
  const rules = await readFile(join(placement.cluster, rulesName), 'utf8').catch(() => '');
  return rules === accessRules;
}

/**
 * Brings a cluster of an earlier version to the present roles. The rules of access are written last, so that one which was cut
 * short is done again; every step may be.
 */
async function convertCluster(placement: Placement): Promise<void> {
  const { cluster } = placement;
  const steps = conversionOf(databaseName);
  await runSql(placement, cluster, steps.roles, 'postgres');
  const listed = await runSql(placement, cluster, steps.listDatabases, 'postgres');
  const names = [...listed.matchAll(/datname = "([^"]+)"/g)].map((match) => match[1] ?? '');
  for (const name of names) await runSql(placement, cluster, steps.owners, name);
}

async function writePassword(dataDir: string): Promise<string> {
  const password = randomBytes(32).toString('base64url');
  const draft = `${passwordFile(dataDir)}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, `${password}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, passwordFile(dataDir));
  return password;
}

/** Runs SQL as the superuser, a statement a line, while no server runs. @returns what it printed. */
export function runSql(
  placement: Placement,
  cluster: string,
  sql: string,
  database: string,
): Promise<string> {
  const options = ['-c', 'exit_on_error=true', '-c', 'log_checkpoints=off'];
  return run(placement, placement.binaries.postgres, ['--single', ...options, '-D', cluster, database], sql);
}

const longestOutput = 100_000;

/** Runs one of PostgreSQL's programs to its end. Its output is shown only if it fails, and never its input. */
function run(placement: Placement, program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...placement.account, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    const keep = (text: Buffer): void => {
      output = (output + text.toString()).slice(-longestOutput);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const fail = (why: string): void =>
      reject(
        new TielineError('DATABASE_UNSUITABLE', `The embedded database could not be made: ${why}`, {
          remedy: 'Correct what the message names, or set DATABASE_URL.',
        }),
      );
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else fail(`${program} ended with ${code ?? signal}: ${output.slice(-2000).trim()}`);
    });
    child.stdin.on('error', () => undefined); // it ended before it read all; `close` says why
    child.stdin.end(input);
  });
}
