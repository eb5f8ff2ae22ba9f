/** What a run begins as: a new one, or as one that was left unfinished. Under the lock on its systems: whoever left it is gone. */
import { isJsonObject, type JsonObject } from '../../platform/values/index.ts';
import {
  adoptSteps,
  giveUpRun,
  listUnfinishedRuns,
  type OperationSpec,
  recordRetry,
  type UnfinishedRun,
} from '../../ledger/operations/index.ts';
import type { RunContext, SyncOptions } from '../../engine/run/index.ts';

export interface RunStart {
  readonly operation: OperationSpec;
  readonly resumed: boolean;
  /** When the earliest of what it resumes began. */
  readonly startedAt: Date;
}

type Beginning = Pick<RunContext, 'db' | 'store' | 'now' | 'systems' | 'by'>;

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

/** Systems whose steps are to be resumed, where only some of the run's systems failed. */
function retaken(run: UnfinishedRun): string[] | undefined {
  const names = isJsonObject(run.metadata) ? run.metadata['retake'] : undefined;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : undefined;
}

/** Decides which unfinished run continues, and gives up the others. @returns how the run begins. */
export async function planStart(environment: Beginning, options: SyncOptions): Promise<RunStart> {
  const asked = asMetadata(options);
  const names = environment.systems.map((system) => system.name);
  const unfinished = await listUnfinishedRuns(environment.db, names);
  const wanted = unfinished.find((run) => run.isLatest && asksForTheSame(run, asked));
  for (const run of unfinished)
    if (run !== wanted)
      await giveUpRun(environment.db, run.batch_id, {
        error: 'given up: a later sync asked for something else',
      });
  const run: OperationSpec = {
    type: 'sync',
    system: 'tieline',
    metadata: {
      options: asked,
      systems: names,
      ...(environment.by === undefined ? {} : { by: environment.by }),
    },
  };
  if (!wanted) return { operation: run, resumed: false, startedAt: environment.now() };
  const startedAt = wanted.started_at ?? environment.now();
  const some = retaken(wanted);
  if (some)
    return {
      operation: { ...run, beginWith: takeOver(environment, wanted, some) },
      resumed: true,
      startedAt,
    };
  await recordRetry(environment.db, wanted.batch_id, 'resumed after an interruption');
  return { operation: { ...run, resumes: wanted.batch_id }, resumed: true, startedAt };
}

/** The other systems were done with, and are read again; of these, what is done is not done again. */
const takeOver =
  (
    environment: Beginning,
    from: UnfinishedRun,
    systems: readonly string[],
  ): NonNullable<OperationSpec['beginWith']> =>
  (begin) =>
    environment.store.transaction(async (tx) => {
      const operationId = await begin(tx.db);
      await adoptSteps(tx.db, from.batch_id, operationId, systems);
      await giveUpRun(tx.db, from.batch_id, {
        error: from.error_details ?? '',
        metadata: { takenUpBy: operationId },
      });
      return operationId;
    });
