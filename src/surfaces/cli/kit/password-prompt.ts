import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { TielineError } from '../../../platform/errors/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import type { Terminal } from './command-context.ts';

/**
 * Asks for a secret at the terminal without showing what is typed.
 * @throws TielineError INTERRUPTED on Ctrl-C, Ctrl-D, or when the input ends: nothing was saved then.
 */
export async function password(terminal: Terminal, prompt: string): Promise<Secret> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  terminal.err.write(`${prompt}: `);
  const lines = createInterface({ input: terminal.in, output: silent, terminal: true });
  const ended = (how: string): TielineError =>
    new TielineError('INTERRUPTED', `${how} at the question for "${prompt}".`, {
      remedy:
        'Nothing was saved. Run the command again; secrets can also come from the environment or a file.',
    });
  try {
    return await new Promise<Secret>((resolve, reject) => {
      // In raw mode the terminal sends Ctrl-C as a character, not as a signal.
      lines.once('SIGINT', () => reject(ended('Interrupted')));
      lines.once('close', () => reject(ended('The input ended')));
      lines.question('', (answer) => resolve(new Secret(answer.trim())));
    });
  } finally {
    lines.close();
    terminal.err.write('\n');
  }
}
