/** Begins a run, or takes up one that was left unfinished. Under the lock on its systems: whoever left it is gone. */
import { isJsonObject, type JsonObject } from '../../platform/values/index.ts';
import {
  adoptSteps,
  beginOperation,
  finishOperation,
  listUnfinishedRuns,
  recordRetry,
  resumeOperation,
  type UnfinishedRun,
} from '../../ledger/operations/index.ts';
import { inTransaction } from '../../platform/postgres/index.ts';
import type { RunContext, SyncOptions } from '../../engine/run/index.ts';

export interface StartedRun {
  readonly operationId: string;
  readonly resumed: boolean;
  /** Of the earliest of what it takes up. */
  readonly startedAt: Date;
}

type Beginning = Pick<RunContext, 'db' | 'pool' | 'now' | 'log' | 'systems' | 'by'>;

/** The options as they are kept with the run, to tell whether a later command asks for the same. */
const asMetadata = (options: SyncOptions): JsonObject => ({
  systems: options.systems.toSorted(),
  entities: options.entities.toSorted(),
  full: options.full,
});

const sorted = (value: unknown): unknown =>
  isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

function asksForTheSame(run: UnfinishedRun, asked: JsonObject): boolean {
  const before = isJsonObject(run.metadata) ? run.metadata['options'] : undefined;
  return JSON.stringify(sorted(before)) === JSON.stringify(sorted(asked));
}

/** Systems whose steps are to be gone on with, where only some of the run's systems failed. */
function retaken(run: UnfinishedRun): string[] | undefined {
  const names = isJsonObject(run.metadata) ? run.metadata['retake'] : undefined;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : undefined;
}

export async function beginOrResume(environment: Beginning, options: SyncOptions): Promise<StartedRun> {
  const asked = asMetadata(options);
  const names = environment.systems.map((system) => system.name);
  const unfinished = await listUnfinishedRuns(environment.db, names);
  const wanted = unfinished.find((run) => run.isLatest && asksForTheSame(run, asked));
  for (const run of unfinished)
    if (run !== wanted)
      await finishOperation(environment.db, run.batch_id, 'failed', {
        error: 'given up: a later sync asked for something else',
        metadata: { resumable: false },
      });
  const some = wanted && retaken(wanted);
  if (wanted && !some) return await resume(environment, wanted);
  return await inTransaction(environment.pool, async (tx) => {
    const operationId = await beginOperation(tx.db, {
      type: 'sync',
      system: 'tieline',
      metadata: {
        options: asked,
        systems: names,
        ...(environment.by === undefined ? {} : { by: environment.by }),
      },
    });
    environment.log.info({ operation: operationId }, 'sync started');
    if (!wanted || !some) return { operationId, resumed: false, startedAt: environment.now() };
    // The other systems were done with, and are read anew; of these, what is done is not done again.
    await adoptSteps(tx.db, wanted.batch_id, operationId, some);
    await finishOperation(tx.db, wanted.batch_id, 'failed', {
      error: wanted.error_details ?? '',
      metadata: { resumable: false, takenUpBy: operationId },
    });
    return { operationId, resumed: true, startedAt: wanted.started_at ?? environment.now() };
  });
}

async function resume(environment: Beginning, run: UnfinishedRun): Promise<StartedRun> {
  await resumeOperation(environment.db, run.batch_id);
  await recordRetry(environment.db, run.batch_id, 'resumed after an interruption');
  environment.log.info({ operation: run.batch_id }, 'taking up an unfinished sync');
  return { operationId: run.batch_id, resumed: true, startedAt: run.started_at ?? environment.now() };
}
