/** `worker`. */
import { installWorker, runWorker } from '../../../operate/worker/index.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { progressView, type ProgressView } from '../kit/progress.ts';

const noView: ProgressView = { report: () => undefined, stop: () => undefined };

/**
 * Whether a person looks on: a terminal, and no log asked for. Otherwise standard error is JSON alone, one object a line, for whoever
 * collects it; it then logs from `info` up.
 */
function watchedByPeople(context: CommandContext, flags: GlobalFlags): boolean {
  const { err, env } = context.host.terminal;
  const level = flags.logLevel ?? env['TIELINE_LOG_LEVEL'] ?? 'warn';
  return err.isTTY === true && !['info', 'debug', 'trace'].includes(level);
}

export async function work(
  context: CommandContext,
  flags: GlobalFlags & { readonly once: boolean; readonly install: boolean },
): Promise<void> {
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
  if (flags.json) context.printJson('workerEnded', { ended: true });
  else if (flags.install) context.print('The queue is there. A service role needs: tieline db grants');
}
