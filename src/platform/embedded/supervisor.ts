import { unlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { messageOf, TielineError } from '../errors/index.ts';
import { ensureCluster } from './cluster.ts';
import { isElected } from './election.ts';
import { findPlacement, serverSocketDirectory } from './placement.ts';
import { endOutdatedServer, startPostmaster, type Postmaster } from './postmaster.ts';
import { logFile } from './server-log.ts';
import { receive, send, type FromClient, type FromSupervisor, type SupervisorOrder } from './protocol.ts';
import { socketPath } from './sockets.ts';

/**
 * The process that holds an embedded PostgreSQL as its child for as long as any client has a lease on it. Clients start
 * it in a session of its own, so Ctrl-C at their terminal does not reach it, and hold their leases over its socket.
 *
 *   electing ──lost──► exit 0
 *      │ elected
 *      ▼
 *   starting ──failed──► notify all leases, exit 0
 *      │ ready           ▲
 *      ▼                 │ a lease came meanwhile
 *     up ──no lease──► stopping ──► exit 0
 *
 * A client that says `release` has no further use, so the server of the last one stops at once; one whose connection
 * just ends leaves the short grace to a successor.
 */
type State = 'electing' | 'starting' | 'up' | 'stopping' | 'over';

/** How long an elected supervisor waits for the client that started it. */
const firstLeaseMs = 10_000;
/** How long it stays to say why it failed; it ends before, as soon as a client has received it. */
const longestFailureMs = 3000;

const order = JSON.parse(process.argv[2] ?? '{}') as SupervisorOrder; // written by lease.ts
const peers = new Set<Socket>();
const leases = new Map<Socket, number>();
/** Clients that gave up the last lease and wait for the server to stop. */
const released = new Set<Socket>();
let state: State = 'electing';
let ready: (FromSupervisor & { kind: 'ready' }) | undefined;
let failure: FromSupervisor | undefined;
let failureHeard = false;
/** What was to be reported before the client that asked for the start was connected. */
const said: string[] = [];
let postmaster: Postmaster | undefined;
let idleTimer: NodeJS.Timeout | undefined;
let leased = false;
let told = false;

const server = createServer((socket) => {
  peers.add(socket);
  for (const text of said) send(socket, { kind: 'log', text });
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    peers.delete(socket);
    released.delete(socket);
    if (failure !== undefined && peers.size === 0) exit();
    if (leases.delete(socket)) considerStopping(order.graceMs);
  });
  receive<FromClient>(socket, (message) => {
    if (message.kind === 'lease') takeLease(socket, message.pid);
    else if (leases.delete(socket)) release(socket);
  });
  send(socket, state === 'electing' ? { kind: 'candidate', name: order.name } : { kind: 'owner' });
});

function takeLease(socket: Socket, pid: number): void {
  leases.set(socket, pid);
  leased = true;
  clearTimeout(idleTimer);
  if (state === 'up') dismissReleased(); // the server continues for the newcomer
  if (failure !== undefined) {
    // Whoever asked for this start learns why it failed. Who comes later may come after the cause was repaired: let that client start again.
    if (failureHeard) {
      socket.destroy();
      exit();
    }
    failureHeard = true;
    send(socket, failure);
  } else if (state === 'up' && ready !== undefined) send(socket, ready);
}

/** The last to release stays connected until we exit: its `close()` promises that nothing is left running. */
function release(socket: Socket): void {
  released.add(socket);
  if (leases.size > 0) dismissReleased();
  considerStopping(0);
}

function dismissReleased(): void {
  for (const socket of released) socket.end();
  released.clear();
}

function considerStopping(afterMs: number): void {
  clearTimeout(idleTimer);
  if (state !== 'up' || leases.size > 0) return;
  idleTimer = setTimeout(() => {
    if (state === 'up' && leases.size === 0) void stopServer();
  }, afterMs);
}

function tell(message: FromSupervisor): void {
  for (const peer of peers) send(peer, message);
}

async function startServer(): Promise<void> {
  state = 'starting';
  try {
    const log = (text: string): void => {
      said.push(text);
      tell({ kind: 'log', text });
    };
    const placement = await findPlacement(order.dataDir, log);
    const socketDir = await serverSocketDirectory(order, placement);
    await endOutdatedServer(placement, socketDir);
    await ensureCluster(order.dataDir, placement, order.fsync);
    const started = await startPostmaster(placement, {
      logFile: logFile(order.dataDir),
      fsync: order.fsync,
      socketDir,
    });
    postmaster = started;
    const starter = [...leases.values()][0] ?? process.ppid;
    ready = { kind: 'ready', socketDir, starterPid: started.adopted ? 0 : starter };
    void started.ended.then(() => {
      // It crashed or was stopped by another process; the clients start another supervisor.
      if (state === 'up') exit();
    });
    state = 'up';
    for (const lease of leases.keys()) send(lease, ready);
    considerStopping(told ? 0 : leased ? order.graceMs : firstLeaseMs);
  } catch (error) {
    const known = error instanceof TielineError ? error : new TielineError('INTERNAL', messageOf(error));
    failure = { kind: 'failed', code: known.code, message: known.message, remedy: known.remedy };
    failureHeard = leases.size > 0;
    tell(failure);
    setTimeout(exit, longestFailureMs);
  }
}

async function stopServer(): Promise<void> {
  state = 'stopping';
  await postmaster?.stop();
  dismissReleased();
  if (leases.size > 0 && !told) await startServer();
  else exit();
}

function exit(): void {
  state = 'over';
  try {
    unlinkSync(socketPath(order.socketDir, order.name));
  } catch {
    // Its directory is gone.
  }
  process.exit(0);
}

/** A signal ends us, or the machine shuts down: the clients must not start a successor. */
function endByOrder(): void {
  if (told) return;
  told = true;
  tell({ kind: 'ending' });
  leases.clear();
  if (state === 'up') void stopServer();
  else if (state !== 'stopping' && state !== 'starting') exit();
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, endByOrder);

server.listen(socketPath(order.socketDir, order.name), () => {
  void isElected(order.socketDir, order.name).then((elected) => {
    if (!elected) return exit();
    state = 'starting';
    tell({ kind: 'owner' });
    return startServer();
  });
});
