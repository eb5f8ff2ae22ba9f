import type { Command } from 'commander';
import type { CommandContext, GlobalFlags } from './command-context.ts';
import { progressView } from './progress.ts';

export function addWorkerCommand(program: Command, context: CommandContext): void {
  program
    .command('worker')
    .description(
      'sync by the schedules, send what waits within seconds, check the systems; until it is told to end',
    )
    .option('--once', 'do what is due now, and end', false)
    .option('--install', 'only make the tables of the job queue', false)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { once: boolean; install: boolean }>();
      // The queue brings seventy modules, which no other command needs.
      const { installWorker, runWorker } = await import('../app/worker/worker.ts');
      const view = progressView(context.host.terminal);
      await context.host.withApp(
        flags,
        async (app) => {
          try {
            if (flags.install) await installWorker(app);
            else await runWorker(app, { signal: context.host.signal, report: view.report, once: flags.once });
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
