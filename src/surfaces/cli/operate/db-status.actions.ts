/** `db status` and `db retention show|run|set`. */
import {
  changeRetention,
  fetchDatabaseReport,
  fetchRetention,
  runRetention,
} from '../../../operate/database/index.ts';
import { listKeptRows } from '../../../operate/worker/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { wholeNumber } from '../kit/flags.ts';
import { statusText } from './db-status.view.ts';
import {
  keepSentence,
  keptTable,
  nextStep,
  partitionTable,
  retentionTable,
  runText,
} from './retention.view.ts';

export async function showStatus(
  context: CommandContext,
  flags: GlobalFlags & { readonly all: boolean },
): Promise<void> {
  const report = await context.host.withApp(flags, fetchDatabaseReport);
  if (flags.json) context.printJson('databaseStatus', report);
  else context.print(statusText(report, flags.all, context.width));
}

export async function showRetention(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const { tables } = await context.host.withApp(flags, fetchRetention);
  const { width } = context;
  const rows = listKeptRows();
  if (flags.json) context.printJson('retentionPlan', { tables, rows });
  else
    context.print(
      [
        retentionTable(tables, width),
        partitionTable(tables, width),
        keptTable(rows, width),
        nextStep(tables),
      ].join('\n\n'),
    );
}

export async function runDueRetention(
  context: CommandContext,
  flags: GlobalFlags & { readonly dryRun: boolean },
): Promise<void> {
  const { signal, terminal } = context.host;
  const report = (what: string, tried: number): void => {
    if (tried === 3 || tried % 10 === 0)
      terminal.err.write(`  ${what}: the table is in use; trying again (${tried} times so far)\n`);
  };
  const run = await context.host.withApp(flags, (app) =>
    runRetention(app, { dryRun: flags.dryRun }, { signal, report }),
  );
  if (!flags.json) context.print(runText(run, context.width));
  else if (run.outcome) context.printJson('retentionOutcome', run.outcome);
  else context.printJson('retentionDryRun', { dryRun: true, tables: run.plan.tables });
  if (run.outcome && run.outcome.notDone.length > 0) context.result.exitCode = 1;
}

export async function setRetention(
  context: CommandContext,
  flags: GlobalFlags,
  [name, months]: readonly [string, string],
): Promise<void> {
  const keepMonths = months === 'forever' ? null : wholeNumber(1, 1200)(months);
  const changed = await context.host.withApp(flags, (app) => changeRetention(app, name, keepMonths));
  if (flags.json) context.printJson('retentionSet', changed ?? { table: name, keepMonths });
  else {
    context.print(`${name} keeps its rows ${keepSentence(keepMonths)}.`);
    if (changed) context.print(nextStep([changed]));
  }
}
