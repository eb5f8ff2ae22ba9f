import { coloursFor } from '../kit/colours.ts';
import type { CommandContext } from '../kit/command-context.ts';
import { wrapped } from '../kit/fitted-text.ts';

export interface CheckLine {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do, of one that is not ok. */
  readonly remedy?: string | undefined;
}

/** The mark of a check and its name take so many columns. */
const detailAt = 35;

/** One check: its mark, its name, what was found, and below it what to do. */
export function printCheck(context: CommandContext, { check, status, detail, remedy }: CheckLine): void {
  const { terminal } = context.host;
  const width = Math.max(20, (context.width ?? Number.POSITIVE_INFINITY) - detailAt);
  const pc = coloursFor(terminal.out, terminal.env);
  const marks = { ok: pc.green('ok     '), warning: pc.yellow('warning'), failed: pc.red('failed ') };
  const [first = '', ...rest] = wrapped(detail, width);
  const helps = remedy === undefined ? [] : wrapped(`→ ${remedy}`, width);
  context.print(`${marks[status]}  ${check.padEnd(24)}  ${first}`);
  for (const line of [...rest, ...helps]) context.print(`${' '.repeat(detailAt)}${line}`);
}
