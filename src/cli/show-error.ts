import pc from 'picocolors';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import type { Terminal } from './command-context.ts';

/**
 * Shows a failure the way a person can act on it: what, which fields, what to do; with `json`, as one object on
 * standard error. @returns the exit code that the registry gives.
 */
export function showError(
  error: unknown,
  to: { readonly terminal: Terminal; readonly json: boolean },
): number {
  const known =
    error instanceof TielineError ? error : new TielineError('INTERNAL', messageOf(error), { cause: error });
  const { err } = to.terminal;
  if (to.json) {
    err.write(
      `${JSON.stringify({ error: { code: known.code, message: known.message, fields: known.fields, remedy: known.remedy } })}\n`,
    );
    return known.entry.exitCode;
  }
  err.write(`${pc.red('tieline:')} ${known.message}  ${pc.dim(`(${known.code})`)}\n`);
  const width = Math.max(0, ...known.fields.map((fault) => fault.field.length));
  for (const fault of known.fields) err.write(`  ${fault.field.padEnd(width)}  ${fault.message}\n`);
  err.write(`${known.remedy}\n`);
  if (known.code === 'INTERNAL' && error instanceof Error && error.stack)
    err.write(`${pc.dim(error.stack)}\n`);
  return known.entry.exitCode;
}
