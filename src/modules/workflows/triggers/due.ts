/** Starts the runs of workflows whose schedule is due, or whose metric has crossed its threshold. */
import type { App } from '../../../engine/run/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';
import type { WorkflowParts } from '../parts.ts';
import { findWorkflowById, listWorkflowRows, type WorkflowRow } from '../rows/workflows.sql.ts';
import { listNewestValues, lockPosition, setNextRun, setPosition, takeDue } from './due.sql.ts';
import { type StartedCount, startingOf, startRuns } from './start-runs.ts';

const pageOf = 1_000;

/** Each time of a schedule looks at every record of its kind that its owner sees; a time that passed while no worker was there is made up for once. */
export async function startScheduled(
  app: App,
  parts: WorkflowParts,
  signal: AbortSignal,
): Promise<StartedCount> {
  const total = { started: 0, held: 0 };
  const due = await app.store.transaction(({ db }) => takeDue(db, app.now()));
  for (const { id, at } of due) {
    try {
      await startAt(app, parts, id, { at, signal, total });
    } catch (error) {
      // The time was taken; given back, the next look starts what is missing, and what is there is not started again.
      await setNextRun(app.db, id, at);
      app.log.warn(
        { err: error, workflow: id },
        `a scheduled workflow is started again later: ${messageOf(error)}`,
      );
    }
  }
  return total;
}

async function startAt(
  app: App,
  parts: WorkflowParts,
  id: number,
  {
    at,
    signal,
    total,
  }: { readonly at: Date; readonly signal: AbortSignal; readonly total: { started: number; held: number } },
): Promise<void> {
  for (let after: string | undefined; ;) {
    signal.throwIfAborted();
    const page = await app.store.asOne(async (store) => {
      const within = { ...app, store, db: store.db };
      const workflow = await findWorkflowById(store.db, id);
      const starting = workflow && (await startingOf(within, parts, workflow));
      if (!starting) return { keep: true, result: undefined };
      const ids = await parts.candidates(store.db, starting.definition.record, { after, limit: pageOf });
      const causes = ids.map((recordId) => ({
        recordId,
        key: `schedule:${at.toISOString()}:${recordId}`,
        causedBy: null,
        depth: 0,
      }));
      const { started, held } = await startRuns(within, parts, starting, causes, {
        trigger: 'schedule',
        by: null,
      });
      return { keep: true, result: { started, held, last: ids.at(-1), isFull: ids.length === pageOf } };
    });
    total.started += page?.started ?? 0;
    total.held += page?.held ?? 0;
    if (!page?.isFull) return;
    after = page.last;
  }
}

/** A run each time the newest value of a boundary comes to lie beyond the threshold, not each day that it stays there. */
export async function startByMetrics(app: App, parts: WorkflowParts): Promise<StartedCount> {
  const total = { started: 0, held: 0 };
  for (const workflow of (await listWorkflowRows(app.db)).filter(
    ({ triggerKind }) => triggerKind === 'metric',
  )) {
    const { started, held } = await startByMetric(app, parts, workflow);
    total.started += started;
    total.held += held;
  }
  return total;
}

async function startByMetric(app: App, parts: WorkflowParts, workflow: WorkflowRow): Promise<StartedCount> {
  return app.store.asOne(async (store) => {
    const within = { ...app, store, db: store.db };
    const starting = await startingOf(within, parts, workflow);
    const trigger = starting?.definition.trigger;
    if (!trigger || !('metric' in trigger)) return { keep: true, result: { started: 0, held: 0 } };
    const { above = Infinity, below = -Infinity } = trigger;
    const values = await listNewestValues(store.db, trigger.metric);
    const before = await lockPosition(store.db, workflow.id);
    const beyond = Object.fromEntries(
      values.map(({ boundary, value }) => [boundary, value > above || value < below]),
    );
    // The first look after it was switched on finds where things stand, and starts nothing.
    const crossed =
      before === null
        ? []
        : values.filter(({ boundary }) => beyond[boundary] === true && before[boundary] !== true);
    await setPosition(store.db, workflow.id, beyond);
    const causes = crossed.map(({ boundary, at }) => ({
      recordId: boundary,
      key: `metric:${trigger.metric}:${at.toISOString()}:${boundary}`,
      causedBy: null,
      depth: 0,
    }));
    const { started, held } = await startRuns(within, parts, starting, causes, {
      trigger: 'metric',
      by: null,
    });
    return { keep: true, result: { started, held } };
  });
}
