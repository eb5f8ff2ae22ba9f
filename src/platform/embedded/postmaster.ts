import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm, stat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TielineError } from '../errors/index.ts';
import type { Placement } from './placement.ts';
import { isAlive, isPostgres } from './process-table.ts';

/** A running PostgreSQL. */
export interface Postmaster {
  /** True if it was running already, left behind by a supervisor that was killed. */
  readonly adopted: boolean;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Fast shutdown: transactions are rolled back, what was committed is on disk. Resolves when it has ended. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** The file that the server's own log is appended to. */
  readonly logFile: string;
  readonly fsync: boolean;
  /** Where its socket is: a directory that nobody but its account (and root) may enter. */
  readonly socketDir: string;
}

/** Part of the socket's name only: the server listens on no port. */
export const socketPort = 5432;

/** postmaster.pid, by its line numbers (PostgreSQL's pidfile.h). */
interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly socketDir: string;
  readonly ready: boolean;
}

const longestStartMs = 10 * 60_000; // recovery after a crash may replay much
const longestFastStopMs = 60_000;
const pollMs = 20;

/**
 * Starts PostgreSQL on the cluster, or adopts the one that runs there already. To be called by the elected
 * supervisor only.
 * Throws DATABASE_HELD (names the pid of a server that cannot be reached), DATABASE_UNREACHABLE (it did not start).
 */
export async function startPostmaster(placement: Placement, options: StartOptions): Promise<Postmaster> {
  const left = await readPidFile(placement.cluster);
  if (left !== undefined && isAlive(left.pid)) {
    if (await isPostgres(left.pid)) return adopt(placement, left);
    // The number went to another program after a crash; PostgreSQL would refuse to start because of it.
    await unlink(pidFilePath(placement.cluster));
  }
  // Those of a server that was killed; while we are elected and none runs, they are nobody's.
  for (const name of [socketName(socketPort), `${socketName(socketPort)}.lock`])
    await rm(join(options.socketDir, name), { force: true });
  const { size } = await stat(options.logFile);
  const started = await launch(placement, options);
  if (started !== undefined) return started;
  const output = (await readFile(options.logFile)).subarray(size).toString();
  throw new TielineError(
    'DATABASE_UNREACHABLE',
    `The embedded PostgreSQL did not start: ${lastFailure(output)}`,
    {
      remedy: `Correct what the message names (more in ${options.logFile}), or set DATABASE_URL.`,
    },
  );
}

/**
 * Ends a server that an earlier version of Tieline left behind, which listens elsewhere. Such a one is no more than left over: the
 * supervisor that held it is gone, or we would not have been elected.
 */
export async function endOutdatedServer(placement: Placement, socketDir: string): Promise<void> {
  const left = await readPidFile(placement.cluster);
  if (left === undefined || left.socketDir === socketDir) return;
  if (!isAlive(left.pid) || !(await isPostgres(left.pid))) return;
  await stop(left.pid, untilGone(left.pid));
}

const socketName = (port: number): string => `.s.PGSQL.${port}`;

function lastFailure(output: string): string {
  const lines = output.trim().split('\n');
  return lines.findLast((line) => /FATAL|PANIC|rror/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}

/** undefined: it ended before it was ready. */
async function launch(placement: Placement, options: StartOptions): Promise<Postmaster | undefined> {
  const settings = {
    listen_addresses: '',
    port: socketPort,
    unix_socket_directories: quotedPath(options.socketDir),
    unix_socket_permissions: '0700',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    fsync: options.fsync ? 'on' : 'off',
    full_page_writes: options.fsync ? 'on' : 'off',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(placement.binaries.postgres, ['-D', placement.cluster, ...args], {
    ...placement.account,
    cwd: '/',
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let running = true;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      running = false;
      resolve();
    };
    child.once('error', end);
    child.once('exit', end);
  });
  const deadline = Date.now() + longestStartMs;
  while (running && Date.now() < deadline) {
    const file = await readPidFile(placement.cluster);
    if (file?.pid === child.pid && file?.ready === true)
      return { adopted: false, ended, stop: () => stop(file.pid, ended) };
    await Promise.race([sleep(pollMs), ended]);
  }
  if (running && child.pid !== undefined) await stop(child.pid, ended);
  return undefined;
}

async function adopt(placement: Placement, left: PidFile): Promise<Postmaster> {
  const deadline = Date.now() + longestStartMs;
  for (let file: PidFile | undefined = left; file?.pid === left.pid && isAlive(left.pid);) {
    if (file.ready && (await answers(join(file.socketDir, socketName(file.port))))) {
      const { pid } = file;
      const ended = untilGone(pid);
      return { adopted: true, ended, stop: () => stop(pid, ended) };
    }
    if (file.ready || Date.now() > deadline) break;
    await sleep(pollMs);
    file = await readPidFile(placement.cluster);
  }
  if (isAlive(left.pid) && (await stillHolds(placement, left.pid)))
    throw new TielineError(
      'DATABASE_HELD',
      `The embedded database ${placement.cluster} is held by process ${left.pid}, which does not answer.`,
      { remedy: `Stop process ${left.pid} (kill -INT ${left.pid}), or choose another --data-dir.` },
    );
  throw new TielineError('DATABASE_UNREACHABLE', 'The embedded PostgreSQL was just shutting down.', {
    remedy: 'Run the command again.',
  });
}

/** A server in shutdown no longer answers, and is gone within moments: it gets them. */
async function stillHolds(placement: Placement, pid: number): Promise<boolean> {
  for (let waited = 0; waited < 3000; waited += 100) {
    if (!isAlive(pid) || (await readPidFile(placement.cluster))?.pid !== pid) return false;
    await sleep(100);
  }
  return true;
}

async function stop(pid: number, ended: Promise<void>): Promise<void> {
  kill(pid, 'SIGINT'); // PostgreSQL's fast shutdown
  const inTime = await Promise.race([
    ended.then(() => true),
    sleep(longestFastStopMs, false, { ref: false }),
  ]);
  if (!inTime) kill(pid, 'SIGQUIT'); // immediate; the next start recovers from the log
  await ended;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

async function untilGone(pid: number): Promise<void> {
  // A zombie nobody reaps (a container without an init process) still counts as alive, but is not a PostgreSQL server.
  while (isAlive(pid) && (await isPostgres(pid))) await sleep(200);
}

function pidFilePath(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const text = await readFile(pidFilePath(cluster), 'utf8').catch(() => undefined);
  const lines = text?.split('\n') ?? [];
  const pid = Math.abs(Number(lines[0])); // negative for the single-user mode
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  return { pid, port: Number(lines[3]), socketDir: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
}

/** A path as an element of unix_socket_directories, which commas and blanks would part. */
const quotedPath = (path: string): string => `"${path.replaceAll('"', '""')}"`;

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: 2000 });
    const settle = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', settle(true));
    socket.once('error', settle(false));
    socket.once('timeout', settle(false));
  });
}
