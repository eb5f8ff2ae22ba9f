import { unlink } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { receive, type FromSupervisor } from './protocol.ts';
import { connectTo, listSocketNames, socketPath } from './sockets.ts';

/**
 * Decides which of several supervisors that start at once becomes the one. There is no lock file that a crash could leave behind:
 * each candidate first listens on a socket of its own, and then looks at all the others (raise the flag, then look).
 * So of two candidates at least the later sees the earlier.
 *
 * - A live supervisor: it stays, we yield.
 * - A candidate with a smaller name: we yield.
 * - A candidate with a larger name: we wait until it yields (its connection closes) or turns out to have been
 *   elected before we listened (it says so, and we yield).
 * - A dead socket (connection refused): of a process that was killed; removed.
 *
 * A socket removed between its bind and its listen cannot harm: its owner then looks, and sees us.
 * Rejected: a lock file with O_EXCL and a liveness check (two who find it stale remove each other's), and flock
 * (Node has none).
 *
 * `accept` must already answer on our socket with `candidate`. Returns whether we are elected.
 */
export async function isElected(socketDir: string, ownName: string): Promise<boolean> {
  for (const name of await listSocketNames(socketDir)) {
    if (name === ownName) continue;
    const path = socketPath(socketDir, name);
    const socket = await connectTo(path);
    if (socket === undefined) await unlink(path).catch(() => undefined);
    else if (!(await yields(socket, ownName))) return false;
  }
  return true;
}

const longestWaitMs = 5000;

function yields(socket: Socket, ownName: string): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(settle, longestWaitMs, false);
    socket.once('close', () => settle(true));
    receive<FromSupervisor>(socket, (message) => {
      if (message.kind !== 'candidate' || message.name < ownName) settle(false);
    });
  });
}
