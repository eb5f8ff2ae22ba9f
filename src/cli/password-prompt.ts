import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Secret } from '../model/secret.ts';
import type { Terminal } from './command-context.ts';

/** Asks for a secret at the terminal without showing what is typed. */
export async function password(terminal: Terminal, prompt: string): Promise<Secret> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  terminal.err.write(`${prompt}: `);
  const lines = createInterface({ input: terminal.in, output: silent, terminal: true });
  try {
    return new Secret((await lines.question('')).trim());
  } finally {
    lines.close();
    terminal.err.write('\n');
  }
}
