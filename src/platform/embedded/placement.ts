import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { TielineError } from '../errors/index.ts';
import { longestSocketPath } from './data-directory.ts';
import { checkBinaries } from './binary-sums.ts';
import { copyBinaries, findBinaries, type Binaries } from './binaries.ts';
import { canEnter, canRun, findServerAccount, isRoot, type ServerAccount } from './server-account.ts';

/** Where the server of a data directory lives and as whom it runs. */
export interface Placement {
  readonly binaries: Binaries;
  /** PGDATA. */
  readonly cluster: string;
  /** Given when root runs us; otherwise the server runs as ourselves. */
  readonly account?: ServerAccount;
}

/** For root, what an unprivileged account could not reach in the checkout or the data directory goes here. */
export const rootHome = '/var/lib/tieline';

const recordName = 'embedded.json';
/** In a home under rootHome: says which data directory it belongs to. */
const ownerName = 'data-directory';
const recordShape = z.object({ cluster: z.string() });

/**
 * Decides where binaries and cluster are, and records the latter in `embedded.json` in the data directory so that it
 * is found again. The usual places are node_modules and `postgres/` in the data directory. Root's server runs as an
 * unprivileged account: what that account cannot reach goes under /var/lib/tieline, and a line says so.
 */
export async function findPlacement(dataDir: string, log: (line: string) => void): Promise<Placement> {
  const found = await findBinaries();
  await checkBinaries(found, dataDir);
  const known = await findRecordedCluster(dataDir);
  if (!isRoot()) return { binaries: found, cluster: known ?? (await record(dataDir, 'postgres')) };

  const account = (known === undefined ? undefined : await ownerOf(known)) ?? (await findServerAccount());
  const binaries = (await canRun(found.postgres, account)) ? found : await copyBinaries(found, rootHome);
  if (binaries !== found)
    log(`account ${account.uid} cannot run ${found.postgres}: using a copy in ${rootHome}`);
  if (known !== undefined) {
    if (!(await canEnter(dirname(known), account)))
      throw new TielineError(
        'SETTING_INVALID',
        `Account ${account.uid}, which runs PostgreSQL, cannot reach ${known}.`,
        {
          remedy: `Let it pass through the directories above ${known} (chmod o+x), or move the data directory.`,
        },
      );
    if (known.startsWith(`${rootHome}/`)) await refuseCopy(dataDir, known);
    return { binaries, cluster: known, account };
  }
  const place = (await canEnter(dataDir, account)) ? 'postgres' : await makeOutside(dataDir, account, log);
  return { binaries, cluster: await record(dataDir, place), account };
}

/** The longest name that the server makes in it. */
const serverSocketLength = '/.s.PGSQL.5432.lock'.length;

/**
 * The directory of the server's own socket, which nobody but its account and root may enter: nobody else can connect, or take the
 * server's place while it is down. It is the supervisor's, where both run as the same account; root's server has one of its own.
 * @throws SETTING_INVALID if it is not private.
 */
export async function serverSocketDirectory(
  { dataDir, socketDir }: { readonly dataDir: string; readonly socketDir: string },
  { cluster, account }: Placement,
): Promise<string> {
  if (account === undefined) return socketDir;
  const beside = join(dirname(cluster), 'socket');
  const isShort = Buffer.byteLength(beside) + serverSocketLength <= longestSocketPath;
  const path = isShort ? beside : shortSocketDirectory(dataDir);
  await mkdir(dirname(path), { recursive: true });
  if (!isShort) await chmod(rootHome, 0o755);
  const isNew = await mkdir(path, { mode: 0o700 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  if (isNew) await chown(path, account.uid, account.gid);
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== account.uid || (found.mode & 0o077) !== 0)
    throw new TielineError(
      'SETTING_INVALID',
      `${path} is not a private directory of account ${account.uid}.`,
      {
        remedy: `Remove ${path}, or choose another --data-dir.`,
      },
    );
  return path;
}

/** Where the data directory's path is too long for a socket. */
export function shortSocketDirectory(dataDir: string): string {
  return join(rootHome, `socket-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`);
}

/** The cluster that `embedded.json` names; undefined where there is none yet. */
export async function findRecordedCluster(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, recordName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : resolveIn(dataDir, recordShape.parse(JSON.parse(text)).cluster);
}

async function makeOutside(
  dataDir: string,
  account: ServerAccount,
  log: (line: string) => void,
): Promise<string> {
  // Random: a directory of the same path that was removed must not find the cluster of its predecessor.
  const home = join(rootHome, randomBytes(6).toString('hex'));
  await mkdir(rootHome, { recursive: true });
  await chmod(rootHome, 0o755);
  await mkdir(home, { mode: 0o700 });
  await writeFile(join(home, ownerName), dataDir, { mode: 0o600 });
  await chown(home, account.uid, account.gid);
  const cluster = join(home, 'postgres');
  log(
    `account ${account.uid}, which runs PostgreSQL, cannot enter ${dataDir}: the database is in ${cluster}`,
  );
  return cluster;
}

/** A data directory that was moved keeps its cluster elsewhere; one that was copied must not use it as well. */
async function refuseCopy(dataDir: string, cluster: string): Promise<void> {
  const file = join(dirname(cluster), ownerName);
  const owner = await readFile(file, 'utf8').catch(() => '');
  if (owner === dataDir) return;
  if (owner !== '' && (await findRecordedCluster(owner)) === cluster)
    throw new TielineError(
      'SETTING_INVALID',
      `${dataDir} is a copy of ${owner}, whose database is in ${cluster}.`,
      {
        remedy: `Use ${owner}, or dump its database and restore it into a new --data-dir.`,
      },
    );
  await writeFile(file, dataDir, { mode: 0o600 });
}

async function ownerOf(cluster: string): Promise<ServerAccount | undefined> {
  const found = await stat(cluster).catch(() => undefined);
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
}

function resolveIn(dataDir: string, place: string): string {
  return isAbsolute(place) ? place : join(dataDir, place);
}

async function record(dataDir: string, cluster: string): Promise<string> {
  const file = join(dataDir, recordName);
  await writeFile(`${file}.new`, `${JSON.stringify({ cluster })}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return resolveIn(dataDir, cluster);
}
