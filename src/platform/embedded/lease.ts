import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TielineError } from '../errors/index.ts';
import { socketDirectory, type DataDirectory } from './data-directory.ts';
import { receive, send, type FromSupervisor, type SupervisorOrder } from './protocol.ts';
import { isRoot } from './server-account.ts';
import { logFile, openLog } from './server-log.ts';
import { connectTo, listSocketNames, socketPath } from './sockets.ts';

/** A share in the running server, held by an open connection to its supervisor. */
export interface Lease {
  /** The directory of the server's socket. */
  readonly socketDir: string;
  readonly starterPid: number;
  readonly socket: Socket;
  /** Resolves when the supervisor has closed the connection; true: it was asked to end. */
  readonly lost: Promise<boolean>;
}

export interface LeaseOptions {
  readonly log: (line: string) => void;
  readonly graceMs: number;
  readonly fsync: boolean;
}

const pollMs = 15;
/** For a supervisor to appear; once it is there, the wait for its server has no limit but its own. */
const longestAppearanceMs = 30_000;

/**
 * Gets a lease from the supervisor of the data directory, starting one if none is there. Clients that do so at the
 * same instant end with one supervisor (election.ts).
 * Throws what the supervisor reports: DATABASE_HELD, DATABASE_UNREACHABLE, DATABASE_UNSUITABLE, SETTING_INVALID.
 */
export async function acquireLease(directory: DataDirectory, options: LeaseOptions): Promise<Lease> {
  const socketDir = await socketDirectory(directory);
  let child: ChildProcess | undefined;
  let deadline = Date.now() + longestAppearanceMs;
  while (Date.now() < deadline) {
    for (const name of (await listSocketNames(socketDir)).toSorted()) {
      const socket = await connectTo(socketPath(socketDir, name));
      if (socket === undefined) continue;
      const lease = await askForLease(socket, options.log);
      if (lease !== undefined) return lease;
      deadline = Date.now() + longestAppearanceMs; // it lost the election or was just ending
    }
    if (child === undefined || child.exitCode === 0) child = startSupervisor(directory, socketDir, options);
    else if (child.exitCode !== null || child.signalCode !== null) break;
    await sleep(pollMs + Math.random() * pollMs);
  }
  throw new TielineError('DATABASE_UNREACHABLE', 'The supervisor of the embedded database did not start.', {
    remedy: `Read ${logFile(directory.path)}, or set DATABASE_URL.`,
  });
}

function startSupervisor(directory: DataDirectory, socketDir: string, options: LeaseOptions): ChildProcess {
  const order: SupervisorOrder = {
    dataDir: directory.path,
    socketDir,
    name: randomBytes(8).toString('hex'),
    graceMs: options.graceMs,
    fsync: options.fsync,
  };
  const log = openLog(directory.path);
  // Root in an ordinary user's data directory leaves everything as if that user had started it.
  const asOwner = isRoot() && directory.uid !== 0;
  if (asOwner) chownSync(logFile(directory.path), directory.uid, directory.gid);
  const program = fileURLToPath(new URL('./supervisor.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    cwd: '/',
    detached: true,
    // Nothing of our environment: it may hold secrets, and the supervisor outlives us.
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', log],
    ...(asOwner ? { uid: directory.uid, gid: directory.gid } : {}),
  });
  child.once('error', (error) => options.log(`the database supervisor did not start: ${error.message}`));
  child.unref();
  closeSync(log);
  return child;
}

/** undefined: the connection ended before there was an answer. */
function askForLease(socket: Socket, log: (line: string) => void): Promise<Lease | undefined> {
  return new Promise((resolve, reject) => {
    let ending = false;
    const lost = new Promise<boolean>((settle) => {
      socket.once('close', () => {
        settle(ending);
        resolve(undefined);
      });
    });
    receive<FromSupervisor>(socket, (message) => {
      switch (message.kind) {
        case 'ready':
          // What has a port instead is the supervisor of an earlier version.
          if (message.socketDir === undefined) {
            socket.destroy();
            return reject(
              new TielineError('DATABASE_HELD', 'Another version of Tieline holds the embedded database.', {
                remedy: 'End its commands and workers, then run the command again.',
              }),
            );
          }
          socket.unref(); // a lease keeps no process from ending
          return resolve({ socketDir: message.socketDir, starterPid: message.starterPid, socket, lost });
        case 'failed':
          socket.destroy();
          return reject(new TielineError(message.code, message.message, { remedy: message.remedy }));
        case 'log':
          return log(message.text);
        case 'ending':
          ending = true;
          return undefined;
        case 'candidate':
        case 'owner':
          return undefined;
      }
    });
    send(socket, { kind: 'lease', pid: process.pid });
  });
}

/** Gives the lease up; resolves when it is given up and, if it was the last one, the server has stopped. */
export async function releaseLease(lease: Lease): Promise<void> {
  lease.socket.ref();
  send(lease.socket, { kind: 'release' });
  await lease.lost;
}
