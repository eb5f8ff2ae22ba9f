/** `sync run|status`. */
import { entitiesNamed } from '../kit/entity-word.ts';
import { type App, errorOf, throughOutages } from '../../../engine/run/index.ts';
import { fetchSyncStatus } from '../../../operate/status/index.ts';
import { summarizeRun, type SyncOutcome, type SyncSummary, syncWhatCanBe } from '../../../runs/sync/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { progressView } from '../kit/progress.ts';
import { statusLines } from './status.view.ts';
import { needsPerson, shortSummary } from './summary.view.ts';

interface RunFlags extends GlobalFlags {
  readonly system?: string[];
  readonly entity?: string[];
  readonly full?: boolean;
  readonly acceptMissing?: boolean;
}

export async function runSync(context: CommandContext, flags: RunFlags): Promise<void> {
  const started = performance.now();
  const { signal } = context.host;
  const view = progressView(context.host.terminal);
  const options = {
    systems: flags.system ?? [],
    entities: entitiesNamed(flags.entity),
    full: flags.full ?? false,
    ...(flags.acceptMissing ? { acceptMissing: true } : {}),
  };
  const run = async (app: App): Promise<{ outcome: SyncOutcome; summary: SyncSummary }> => {
    try {
      const outcome = await syncWhatCanBe(app, options, { signal, report: view.report, by: accountName() });
      const summarize = (): Promise<SyncSummary> => summarizeRun(app.db, outcome.operationId);
      return { outcome, summary: await throughOutages(app, signal, summarize) };
    } finally {
      view.stop();
    }
  };
  const { outcome, summary } = await context.host.withApp(flags, run, { waitsForDatabase: true });
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  if (flags.json) context.printJson('syncSummary', { ...summary, seconds });
  else context.print(shortSummary(summary, seconds));
  const [first, ...others] = outcome.failures;
  if (first) throw errorOf([first, ...others]);
  if (needsPerson(summary)) context.result.exitCode = 3;
}

export async function showStatus(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const status = await context.host.withApp(flags, fetchSyncStatus);
  if (flags.json) context.printJson('syncStatus', status);
  else context.print(statusLines(status, context.width, flags).join('\n\n'));
}
