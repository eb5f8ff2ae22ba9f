import { createInterface } from 'node:readline/promises';
import { shownLines, TielineError } from '../../../platform/errors/index.ts';
import type { CommandContext } from './command-context.ts';

/**
 * Asks a question that only a person may answer. Without a terminal nobody is asked: `--yes` says it then.
 * @param question what would be done, as a sentence; it is said to the person, or is the message of the refusal.
 * @returns whether the answer is yes. @throws TielineError USAGE where nobody can be asked.
 */
export async function confirmed(
  context: CommandContext,
  flags: { readonly yes?: boolean },
  question: string,
): Promise<boolean> {
  if (flags.yes) return true;
  const { terminal, signal } = context.host;
  if (!terminal.in.isTTY)
    throw new TielineError('USAGE', question, {
      remedy: 'If that is what you want, add --yes. Nothing was done.',
    });
  terminal.err.write(`${shownLines(question)}\nContinue? [y/N] `);
  const lines = createInterface({ input: terminal.in, output: terminal.err });
  try {
    const answer = await lines.question('', { signal });
    if (/^y(es)?$/i.test(answer.trim())) return true;
  } catch {
    // Ctrl-C or Ctrl-D is an answer too: no.
    terminal.err.write('\n');
  } finally {
    lines.close();
  }
  if (signal.aborted) throw signal.reason;
  terminal.err.write('Nothing was done.\n');
  context.result.exitCode = 1;
  return false;
}
