import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { syncWhatCanBe, type App } from '../../app/app.ts';
import { fetchSyncStatus, type SyncStatus } from '../../app/runs/status.ts';
import { throughOutages } from '../../app/runs/outages.ts';
import { summarizeRun, type SyncSummary } from '../../app/runs/summary.ts';
import type { SyncOutcome } from '../../app/runs/sync-run.ts';
import { errorOf } from '../../app/runs/system-failures.ts';
import type { EntityType } from '../../model/entity-type.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { progressView } from '../kit/progress.ts';
import { needsPerson, scopeOptions, shortSummary } from './sync-scope.ts';
import { counted } from '../kit/table.ts';
import { waitingText } from './waiting-text.ts';

interface RunFlags extends GlobalFlags {
  readonly system?: string[];
  readonly entity?: EntityType[];
  readonly full?: boolean;
  readonly acceptMissing?: boolean;
}

/** @returns the command `sync`, for what others add to it. */
export function addSyncCommands(program: Command, context: CommandContext): Command {
  const sync = program.command('sync').description('bring the systems and the record together');

  scopeOptions(
    sync
      .command('run')
      .description('read what changed, draw conclusions, send what is due; continues an interrupted run'),
  )
    .option(
      '--accept-missing',
      'believe a full read that shows far fewer records than are linked (see TOO_MANY_MISSING)',
    )
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<RunFlags>();
      const started = performance.now();
      const view = progressView(context.host.terminal);
      const run = async (app: App): Promise<{ outcome: SyncOutcome; summary: SyncSummary }> => {
        try {
          const outcome = await syncWhatCanBe(
            app,
            {
              systems: flags.system ?? [],
              entities: flags.entity ?? [],
              full: flags.full ?? false,
              ...(flags.acceptMissing ? { acceptMissing: true } : {}),
            },
            { signal: context.host.signal, report: view.report, by: userInfo().username },
          );
          const summarize = (): Promise<SyncSummary> => summarizeRun(app.db, outcome.operationId);
          return { outcome, summary: await throughOutages(app, context.host.signal, summarize) };
        } finally {
          view.stop();
        }
      };
      const { outcome, summary } = await context.host.withApp(flags, run, { waitsForDatabase: true });
      const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
      if (flags.json) context.printJson({ ...summary, seconds });
      else context.print(shortSummary(summary, seconds));
      const [first, ...others] = outcome.failures;
      if (first) throw errorOf([first, ...others]);
      if (needsPerson(summary)) context.result.exitCode = 3;
    });

  sync
    .command('status')
    .description('what was read when, what waits to be sent, what needs a person')
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const status = await context.host.withApp(flags, fetchSyncStatus);
      if (flags.json) {
        context.printJson(status);
        return;
      }
      const { lastRun } = status;
      context.print(
        lastRun
          ? `Last sync ${lastRun.operationId.slice(0, 8)}: ${lastRun.status}, started ${lastRun.startedAt ?? '–'} UTC`
          : 'No sync was run yet.',
      );
      if (status.reads.length > 0)
        context.print(
          `\n${fittedTable(
            ['SYSTEM', 'ENTITY', 'LAST COMPLETE READ (UTC)', ''],
            status.reads.map((read) => [
              read.system,
              read.entity,
              read.completeAt ?? 'never',
              read.unfinished ? 'unfinished: the next sync continues it' : '',
            ]),
            widthOf(context.host.terminal),
          )}`,
        );
      printHealth(context, status);
      context.print(
        `\n${counted(status.outbox.open, 'change')} waiting to be sent${status.oldestConflict === null ? '' : `; the oldest conflict is open since ${status.oldestConflict} UTC`}.`,
      );
      context.print(`\n${waitingText(status.waiting, widthOf(context.host.terminal))}`);
    });
  return sync;
}

function printHealth(context: CommandContext, status: SyncStatus): void {
  const health = (system: string): string => {
    const checks = status.health.filter((each) => each.system === system);
    if (checks.length === 0) return 'not checked yet';
    const unwell = checks.filter((each) => each.status !== 'healthy');
    return unwell.map((each) => `${each.check} ${each.status}`).join(', ') || 'healthy';
  };
  if (status.lag.length > 0)
    context.print(
      `\n${fittedTable(
        ['SYSTEM', 'HEALTH', 'UNSENT SINCE (UTC)', 'READ LAST (UTC)', ''],
        status.lag.map((lag) => [
          lag.system,
          health(lag.system),
          lag.unsentSince ?? '–',
          lag.unreadSince ?? 'never',
          lag.sendingPaused !== null
            ? `sending is paused: ${lag.sendingPaused}`
            : lag.enabled
              ? ''
              : 'sync is off',
        ]),
        widthOf(context.host.terminal),
      )}`,
    );
  if (status.schedules.length > 0)
    context.print(
      `\n${fittedTable(
        ['SCHEDULE', 'NEXT (UTC)', 'LAST'],
        status.schedules.map((schedule) => [
          `${schedule.system} ${schedule.name}`,
          schedule.nextRunAt ?? 'when a worker runs',
          schedule.lastOutcome ?? '–',
        ]),
        widthOf(context.host.terminal),
      )}`,
    );
}
