/** What people do with runs: start one by hand, cancel it, let it try again; and what an answer to its question does. */
import { randomUUID } from 'node:crypto';
import { type Actor, isWithin, type Scope } from '../../../canonical/access/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { recordEvents } from '../../../ledger/events/index.ts';
import { withDecision } from '../../../ledger/operations/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { withdrawQuestions } from '../executor/approval-step.ts';
import { afterEvent, type RunEvent, runStateTitles } from '../executor/run-states.ts';
import type { TraceOutcome } from '../executor/trace-words.ts';
import type { WorkflowParts } from '../parts.ts';
import { enqueueRuns } from '../queue.ts';
import { lockAnyRun, lockRun, moveRun, type OpenRun, writeTraces } from '../rows/runs.sql.ts';
import { findRunIds } from '../rows/run-list.sql.ts';
import { lockWorkflow } from '../rows/workflows.sql.ts';
import { startingOf, startRuns } from '../triggers/start-runs.ts';
import { unknownWorkflow } from './change-workflow.ts';

const runnableAtOnce = 1_000;

export interface StartedByHand {
  readonly started: number;
  readonly held: number;
  readonly runs: readonly string[];
  /** Records of which no run was started: not there, not seen by the workflow's owner, or its condition is not true of them. */
  readonly left: readonly string[];
}

/**
 * Starts runs for records that a person names, whatever starts the workflow by itself. They are about what its condition is true of, and what both the
 * person and the workflow's owner see.
 * @param scope where the person may run workflows. @throws TielineError WORKFLOW_UNKNOWN; WORKFLOW_UNAPPROVED where it is off, stopped or unapproved.
 */
export async function runByHand(
  app: App,
  parts: WorkflowParts,
  { actor, scope }: { readonly actor: Actor; readonly scope: Scope },
  { name, records }: { readonly name: string; readonly records: readonly string[] },
): Promise<StartedByHand> {
  if (records.length === 0 || records.length > runnableAtOnce)
    throw new TielineError('USAGE', 'No run was started.', {
      fields: [{ field: 'records', message: `name 1 to ${runnableAtOnce} records by id` }],
    });
  const started = await app.store.asOne<StartedByHand | undefined>(async (store) => {
    const within = { ...app, store, db: store.db };
    const workflow = await lockWorkflow(store.db, name);
    if (!workflow) throw unknownWorkflow(name);
    const starting = await startingOf(within, parts, workflow);
    // It may have been stopped just now: that is kept, so the refusal follows when it is committed.
    if (!starting) return { keep: true, result: undefined };
    const call = randomUUID();
    const causes = [...new Set(records)].map((recordId) => ({
      recordId,
      key: `hand:${call}:${recordId}`,
      causedBy: null,
      depth: 0,
    }));
    const made = await startRuns(within, parts, starting, causes, {
      trigger: 'by_hand',
      by: actor,
      within: scope,
    });
    const found = new Set(made.runs.map(({ key }) => key));
    return {
      keep: true,
      result: {
        started: made.started,
        held: made.held,
        runs: made.runs.map(({ executionId }) => executionId),
        left: causes.filter(({ key }) => !found.has(key)).map(({ recordId }) => recordId),
      },
    };
  });
  if (started) return started;
  throw new TielineError(
    'WORKFLOW_UNAPPROVED',
    `${name} does not run: it is off, it stopped, or no version of it was approved.`,
    {
      remedy: `See why with \`tieline workflows show ${name}\`, and switch it on with \`tieline workflows mode ${name} simulate\`.`,
    },
  );
}

/** The run whose id begins so, locked. @throws TielineError WORKFLOW_RUN_UNKNOWN, also where it is outside of the scope. */
async function lockOne(tx: Tx, scope: Scope, prefix: string): Promise<OpenRun> {
  const [id, another] = await findRunIds(tx.db, prefix);
  const run = id === undefined || another !== undefined ? undefined : await lockAnyRun(tx.db, id);
  if (run && isWithin(scope, run.boundary)) return run;
  throw new TielineError(
    'WORKFLOW_RUN_UNKNOWN',
    another === undefined
      ? `There is no run ${prefix}.`
      : `More than one run begins with "${prefix}": give more of the id.`,
  );
}

async function moveByHand(
  app: Pick<App, 'store' | 'now'>,
  { actor, scope }: { readonly actor: Actor; readonly scope: Scope },
  { id, event, outcome }: { readonly id: string; readonly event: RunEvent; readonly outcome: TraceOutcome },
): Promise<{ readonly runId: string; readonly workflow: string }> {
  return app.store.transaction(async (tx) => {
    const run = await lockOne(tx, scope, id);
    const next = afterEvent(run.status, event);
    if (next === undefined)
      throw new TielineError(
        'WORKFLOW_MOVED',
        `The run ${run.executionId.slice(0, 8)} is ${runStateTitles[run.status]}.`,
      );
    const at = app.now();
    await withDecision(
      tx.db,
      { system: 'tieline', step: `${event === 'retried' ? 'retry' : 'cancel'} a run of a workflow` },
      async (operationId) => {
        await moveRun(tx.db, run, { event, ...(event === 'cancelled' ? { step: null } : {}) }, at);
        const why = { code: 'by_person', params: { by: actor.name } } as const;
        const trace = {
          stepId: run.currentStep,
          kind: 'run',
          outcome,
          why,
          by: actor.name,
          operationId,
        } as const;
        await writeTraces(tx.db, [run.executionId], trace, at);
        if (event === 'cancelled') await withdrawQuestions(tx.db, run.executionId, { by: actor.name, at });
        if (next === 'pending') await enqueueRuns(tx.db, [run.executionId]);
        await recordEvents(tx.db, [{ kind: 'inbox.changed' }]);
      },
    );
    return { runId: run.executionId, workflow: run.workflow };
  });
}

type ByWhom = { readonly actor: Actor; readonly scope: Scope };

/** Ends a run that is not over; also one that failed, which then waits for nobody. What it did stays done. @throws TielineError WORKFLOW_RUN_UNKNOWN, WORKFLOW_MOVED. */
export const cancelRun = (app: Pick<App, 'store' | 'now'>, by: ByWhom, id: string) =>
  moveByHand(app, by, { id, event: 'cancelled', outcome: 'cancelled' });

/** Lets a run that failed try its step again. @throws TielineError WORKFLOW_RUN_UNKNOWN, WORKFLOW_MOVED. */
export const retryRun = (app: Pick<App, 'store' | 'now'>, by: ByWhom, id: string) =>
  moveByHand(app, by, { id, event: 'retried', outcome: 'retried' });

/** The question of a run was decided, or fell back: the run continues, and reads the answer from the request. */
export async function answerArrived(tx: Tx, executionId: string, at: Date): Promise<void> {
  const run = await lockAnyRun(tx.db, executionId);
  if (run?.status !== 'asking') return;
  await moveRun(tx.db, run, { event: 'decided', reminded: run.reminded }, at);
  await enqueueRuns(tx.db, [executionId]);
}

/** Lets runs continue whose time has come: a wait is over, a condition is to be looked at, a question to be reminded of. @returns how many. */
export async function wakeRuns(app: App, ids: readonly string[]): Promise<number> {
  let woken = 0;
  for (const id of ids)
    woken += await app.store.transaction(async ({ db }) => {
      const run = await lockRun(db, id, ['waiting', 'asking']);
      if (!run || run.wakeAt === null || run.wakeAt > app.now()) return 0;
      await moveRun(
        db,
        run,
        { event: run.status === 'waiting' ? 'woke' : 'decided', reminded: run.reminded },
        app.now(),
      );
      await enqueueRuns(db, [id]);
      return 1;
    });
  return woken;
}
