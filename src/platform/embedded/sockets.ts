import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

const suffix = '.sock';

/** The path of the socket of a supervisor or candidate of this name. */
export function socketPath(socketDir: string, name: string): string {
  return join(socketDir, `${name}${suffix}`);
}

/** The names of all sockets, dead ones among them. */
export async function listSocketNames(socketDir: string): Promise<string[]> {
  const files = await readdir(socketDir);
  return files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length));
}

/** A connection to the process behind a socket; undefined if there is none any more. */
export function connectTo(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      socket.on('error', () => socket.destroy()); // `close` tells the rest
      resolve(socket);
    });
    socket.once('error', () => resolve(undefined));
  });
}
