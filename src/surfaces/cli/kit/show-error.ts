import { messageOf, shownJson, shownLines, shownText, TielineError } from '../../../platform/errors/index.ts';
import { coloursFor } from './colours.ts';
import type { Terminal } from './command-context.ts';
import { runnable, type PlaceFlags } from './hint.ts';

/**
 * Shows a failure the way a person can act on it: what, which fields, what to do; with `json`, as one object on
 * standard error. @returns the exit code that the registry gives.
 */
export function showError(
  error: unknown,
  to: { readonly terminal: Terminal; readonly json: boolean; readonly place?: PlaceFlags },
): number {
  const known =
    error instanceof TielineError ? error : new TielineError('INTERNAL', messageOf(error), { cause: error });
  const { err, env } = to.terminal;
  const shown = (text: string): string => shownLines(runnable(text, to.place ?? {}));
  const pc = coloursFor(err, env);
  if (to.json) {
    err.write(
      `${shownJson(JSON.stringify({ error: { code: known.code, message: known.message, fields: known.fields, remedy: known.remedy } }))}\n`,
    );
    return known.entry.exitCode;
  }
  err.write(`${pc.red('tieline:')} ${shown(known.message)}  ${pc.dim(`(${known.code})`)}\n`);
  const width = Math.max(0, ...known.fields.map((fault) => fault.field.length));
  for (const fault of known.fields)
    err.write(`  ${shownText(fault.field.padEnd(width))}  ${shown(fault.message)}\n`);
  err.write(`${shown(known.remedy)}\n`);
  if (known.code === 'INTERNAL' && error instanceof Error && error.stack)
    err.write(`${pc.dim(shownLines(error.stack))}\n`);
  return known.entry.exitCode;
}
