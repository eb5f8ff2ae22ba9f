import { messageOf } from '../../platform/errors/index.ts';
import {
  type App,
  type Caller,
  errorOf,
  isOfSystem,
  type SyncOptions,
  throughOutages,
  withSystems,
} from '../../engine/run/index.ts';
import { evaluateAlerts } from '../../modules/alerts/index.ts';
import { assessRisks } from '../../modules/intelligence/index.ts';
import { fetchProgress } from '../../ledger/operations/index.ts';
import { recordFailureOfRun } from './sync-health.ts';
import { runSync, type SyncOutcome } from './sync-run.ts';

/** How old the reads of a resumed run may be before they are done again. */
const staleAfterMs = 10 * 60_000;

/**
 * Connects the systems that are asked for (all that are enabled if none is) and runs a sync over them. A database that goes away
 * meanwhile is waited for, and the sync continues where it was.
 * @returns what was done, and which systems failed while others were synced.
 * @throws TielineError SYSTEM_UNKNOWN if there is none; the failure where no system could be synced; what `runSync` throws.
 */
export async function syncWhatCanBe(app: App, options: SyncOptions, caller: Caller): Promise<SyncOutcome> {
  const outcome = await runThroughOutages(app, options, caller);
  await scoreAfter(app, outcome);
  await alertAfter(app, outcome);
  const [first, ...others] = outcome.failures;
  if (first && outcome.synced === 0) throw errorOf([first, ...others]);
  return outcome;
}

async function runThroughOutages(app: App, options: SyncOptions, caller: Caller): Promise<SyncOutcome> {
  let run: string | undefined;
  const begun = (operationId: string): void => {
    run = operationId;
    caller.begun?.(operationId);
  };
  return throughOutages(
    app,
    caller.signal,
    () =>
      withSystems(
        app,
        options,
        caller,
        async (environment) => {
          const done = await runSync(environment, options, begun);
          // A run that was resumed skips the reads that it had done before: if that was long ago, they are done again.
          const isStale = done.resumed && done.finishedAt.getTime() - done.startedAt.getTime() > staleAfterMs;
          return isStale && done.failures.length === 0 ? await runSync(environment, options, begun) : done;
        },
        isOfSystem,
      ),
    () => (run === undefined ? Promise.resolve(undefined) : fetchProgress(app.db, run)),
  ).catch(async (error: unknown) => {
    await recordFailureOfRun(app, options, { error, signal: caller.signal });
    throw error;
  });
}

/** Scores anew what is open, where a sync changed anything. What was synced stands whatever becomes of it: the next one scores all again. */
async function scoreAfter(app: App, { counts, operationId }: SyncOutcome): Promise<void> {
  if (counts.created + counts.updated === 0) return;
  try {
    await assessRisks(app, 'sync');
  } catch (error) {
    app.log.warn(
      { err: error, operation: operationId },
      `risk scores were not computed: ${messageOf(error)}`,
    );
  }
}

/**
 * Evaluates the rules of alerts over what the sync brought; those that read much of the record only where it changed anything. What fails is evaluated
 * again by the worker.
 */
async function alertAfter(app: App, { counts, operationId }: SyncOutcome): Promise<void> {
  try {
    const evaluated = await evaluateAlerts(app, { heavy: counts.created + counts.updated > 0 });
    if (evaluated === undefined)
      app.log.info(
        { operation: operationId },
        'alerts are being evaluated by another process; what this sync changed may be seen only by the next evaluation',
      );
  } catch (error) {
    app.log.warn({ err: error, operation: operationId }, `alerts were not evaluated: ${messageOf(error)}`);
  }
}

/** As `syncWhatCanBe`. @throws also where some of the systems failed, naming them, after the others were synced. */
export async function syncSystems(app: App, options: SyncOptions, caller: Caller): Promise<SyncOutcome> {
  const outcome = await syncWhatCanBe(app, options, caller);
  const [first, ...others] = outcome.failures;
  if (first) throw errorOf([first, ...others]);
  return outcome;
}
