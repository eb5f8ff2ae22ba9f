import type { Socket } from 'node:net';
import type { ErrorCode } from '../errors/index.ts';

/**
 * What a client and the supervisor of an embedded server say to each other over the private socket: one JSON object
 * a line. A connection that said `lease` is a lease; the kernel closes it when its process ends, however it ends.
 */
export type FromClient = { readonly kind: 'lease'; readonly pid: number } | { readonly kind: 'release' };

export type FromSupervisor =
  /** Takes part in the election and is not the supervisor yet. */
  | { readonly kind: 'candidate'; readonly name: string }
  | { readonly kind: 'owner' }
  | { readonly kind: 'log'; readonly text: string }
  /** The server takes connections. `starterPid` is the client whose lease started it; 0: it was adopted. */
  | { readonly kind: 'ready'; readonly socketDir: string; readonly starterPid: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly remedy: string }
  /** The supervisor was asked to end: do not start another one. */
  | { readonly kind: 'ending' };

export function send(socket: Socket, message: FromClient | FromSupervisor): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/**
 * Calls `take` for each message of the other side. Lines that are not JSON are dropped: the socket lies in a directory
 * that only this account may enter, so the other side is this code, perhaps cut off in mid-line.
 */
export function receive<M extends FromClient | FromSupervisor>(
  socket: Socket,
  take: (message: M) => void,
): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = parse(line);
      if (message !== undefined) take(message as M); // our own message, see above
    }
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What the supervisor is started with, as one JSON argument. */
export interface SupervisorOrder {
  readonly dataDir: string;
  readonly socketDir: string;
  /** A name for its socket; the smaller name wins between two candidates. */
  readonly name: string;
  /** How long the server stays up after its last lease ended without a word. */
  readonly graceMs: number;
  /** Whether PostgreSQL forces writes to disk; off for tests only. */
  readonly fsync: boolean;
}
