/** `db backfill`. */
import { backfill } from '../../../operate/backfill/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { backfillLines } from './db.view.ts';

/** A line of progress at most so often, in milliseconds. */
const progressEveryMs = 2000;

interface BackfillFlags extends GlobalFlags {
  readonly batch: number;
  readonly share: number;
  readonly again: boolean;
}

export async function backfillDatabase(context: CommandContext, flags: BackfillFlags): Promise<void> {
  const { signal, terminal } = context.host;
  let shown = 0;
  const report: Parameters<typeof backfill>[1]['report'] = ({ table, seen, about, filled }) => {
    if (performance.now() - shown < progressEveryMs) return;
    shown = performance.now();
    terminal.err.write(
      `${table}: ${seen.toLocaleString('en-US')} of about ${about.toLocaleString('en-US')} rows seen, ${filled.toLocaleString('en-US')} filled\n`,
    );
  };
  const outcome = await context.host.withApp(flags, (app) => backfill(app, { ...flags, signal, report }));
  if (outcome.tables.some((each) => each.refused > 0)) context.result.exitCode = 3;
  if (flags.json) context.printJson('databaseBackfill', outcome);
  else for (const line of backfillLines(outcome, context.width)) context.print(line);
}
