/** Lists that end at a limit say so: what is not shown must not look as if it were not there. */
import type { CommandContext, GlobalFlags } from './command-context.ts';

export interface Listed<T> {
  readonly rows: T[];
  /** How many there are in all. */
  readonly total: number;
}

/** More than any list holds of what has no count of its own. */
const all = 1_000_000;

/**
 * Rows up to a limit, and how many there are.
 * @param count how many there are; absent: they are fetched to be counted, once the limit is reached.
 */
export async function listUpTo<T>(
  limit: number,
  find: (limit: number) => Promise<T[]>,
  count?: () => Promise<number>,
): Promise<Listed<T>> {
  const rows = await find(limit);
  if (rows.length < limit) return { rows, total: rows.length };
  return { rows, total: count ? await count() : (await find(all)).length };
}

/** Says that a list was cut: below it, and with --json on standard error. */
export function tellCut(context: CommandContext, flags: GlobalFlags, listed: Listed<unknown>): void {
  const shown = listed.rows.length;
  if (shown >= listed.total) return;
  const n = (count: number): string => count.toLocaleString('en-US');
  const note = `${n(shown)} of ${n(listed.total)} shown; --limit ${listed.total} shows all.`;
  if (flags.json) context.host.terminal.err.write(`${note}\n`);
  else context.print(`\n${note}`);
}
