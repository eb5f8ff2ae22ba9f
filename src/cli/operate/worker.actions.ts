import type { Command } from 'commander';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { progressView, type ProgressView } from '../kit/progress.ts';

const noView: ProgressView = { report: () => undefined, stop: () => undefined };

/**
 * Whether a person looks on: a terminal, and no log asked for. Otherwise standard error is JSON alone, one object a line, for whoever
 * collects it; it then tells from `info` up.
 */
function watchedByPeople(context: CommandContext, flags: GlobalFlags): boolean {
  const { err, env } = context.host.terminal;
  const level = flags.logLevel ?? env['TIELINE_LOG_LEVEL'] ?? 'warn';
  return err.isTTY === true && !['info', 'debug', 'trace'].includes(level);
}

export function addWorkerCommand(program: Command, context: CommandContext): void {
  program
    .command('worker')
    .description(
      'sync by the schedules, send what waits within seconds, check the systems; until it is stopped',
    )
    .option('--once', 'do what is due now, and end', false)
    .option('--install', 'only make the tables of the job queue', false)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { once: boolean; install: boolean }>();
      // The queue brings seventy modules, which no other command needs.
      const { installWorker, runWorker } = await import('../../app/worker/worker.ts');
      const isForPeople = watchedByPeople(context, flags);
      const view = isForPeople ? progressView(context.host.terminal) : noView;
      const usual = isForPeople ? {} : { usualLogLevel: 'info' };
      const { version, signal } = context.host;
      await context.host.withApp(
        { ...flags, ...usual },
        async (app) => {
          try {
            if (flags.install) await installWorker(app);
            else await runWorker(app, { signal, report: view.report, once: flags.once, version });
          } finally {
            view.stop();
          }
        },
        { waitsForDatabase: !flags.install },
      );
      if (flags.json) context.printJson({ ended: true });
      else if (flags.install) context.print('The queue is there. A service role needs: tieline db grants');
    });
}
