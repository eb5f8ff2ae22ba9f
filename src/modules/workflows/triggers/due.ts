/** Starts the runs of workflows whose schedule is due, or whose metric has crossed its threshold. */
import { isDeepStrictEqual } from 'node:util';
import type { App } from '../../../engine/run/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';
import type { WorkflowParts } from '../parts.ts';
import { findWorkflowById, listWorkflowRows, type WorkflowRow } from '../rows/workflows.sql.ts';
import {
  type DueWorkflow,
  listDue,
  listNewestValues,
  lockDue,
  lockPosition,
  setNextRun,
  setPosition,
} from './due.sql.ts';
import { nextTimeOf } from './schedule.ts';
import {
  bothStarted,
  mayStart,
  noneStarted,
  type StartedCount,
  startingOf,
  startRuns,
} from './start-runs.ts';

const pageOf = 1_000;

/**
 * Each time of a schedule looks at every record of its kind that its owner sees; a time that passed while no worker was there is made up for once.
 * What fails or is killed stays due: the next look starts what is missing, and what is there is not started again.
 */
export async function startScheduled(
  app: App,
  parts: WorkflowParts,
  signal: AbortSignal,
): Promise<StartedCount> {
  let total = noneStarted;
  for (const due of await listDue(app.db, app.now())) {
    try {
      for await (const page of startAt(app, parts, due, signal)) total = bothStarted(total, page);
    } catch (error) {
      app.log.warn(
        { err: error, workflow: due.id },
        `a scheduled workflow is started again later: ${messageOf(error)}`,
      );
    }
  }
  return total;
}

/** Page by page, each a transaction; the last one sets the next time. */
async function* startAt(
  app: App,
  parts: WorkflowParts,
  due: DueWorkflow,
  signal: AbortSignal,
): AsyncGenerator<StartedCount> {
  for (let after: string | undefined; ;) {
    signal.throwIfAborted();
    const page = await startPage(app, parts, due, after);
    if (!page) return;
    yield page;
    if (page.last === undefined) return;
    after = page.last;
  }
}

/** @returns `last` of a page after which others follow; undefined where it does not run, or another worker is at it. */
async function startPage(
  app: App,
  parts: WorkflowParts,
  due: DueWorkflow,
  after: string | undefined,
): Promise<(StartedCount & { readonly last: string | undefined }) | undefined> {
  return app.store.asOne(async (store) => {
    const within = { ...app, store, db: store.db };
    if (!(await lockDue(store.db, due))) return { keep: true, result: undefined };
    const workflow = await findWorkflowById(store.db, due.id);
    const starting = workflow && (await startingOf(within, parts, workflow));
    if (!starting) return { keep: true, result: undefined };
    const { record, trigger } = starting.definition;
    const ids = await parts.candidates(store.db, record, { after, limit: pageOf });
    const causes = ids.map((recordId) => ({
      recordId,
      key: `schedule:${due.at.toISOString()}:${recordId}`,
      causedBy: null,
      depth: 0,
    }));
    const count = await startRuns(within, parts, starting, causes, { trigger: 'schedule', by: null });
    const last = ids.length === pageOf ? ids.at(-1) : undefined;
    if (last === undefined)
      await setNextRun(
        store.db,
        due.id,
        'schedule' in trigger ? nextTimeOf(trigger.schedule, app.now()) : null,
      );
    return { keep: true, result: { ...count, last } };
  });
}

/** A run each time the newest value of a boundary comes to lie beyond the threshold, not each day that it stays there. */
export async function startByMetrics(app: App, parts: WorkflowParts): Promise<StartedCount> {
  let total = noneStarted;
  for (const workflow of await listWorkflowRows(app.db))
    if (workflow.triggerKind === 'metric' && mayStart(workflow))
      total = bothStarted(total, await startByMetric(app, parts, workflow));
  return total;
}

async function startByMetric(app: App, parts: WorkflowParts, workflow: WorkflowRow): Promise<StartedCount> {
  return app.store.asOne(async (store) => {
    const within = { ...app, store, db: store.db };
    const starting = await startingOf(within, parts, workflow);
    const trigger = starting?.definition.trigger;
    if (!trigger || !('metric' in trigger)) return { keep: true, result: noneStarted };
    const { above = Infinity, below = -Infinity } = trigger;
    const before = await lockPosition(store.db, workflow.id);
    const values = await listNewestValues(store.db, trigger.metric, app.now());
    const beyond = Object.fromEntries(
      values.map(({ boundary, value }) => [boundary, value > above || value < below]),
    );
    if (isDeepStrictEqual(before, beyond)) return { keep: true, result: noneStarted };
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
    const { started, held, cut } = await startRuns(within, parts, starting, causes, {
      trigger: 'metric',
      by: null,
    });
    return { keep: true, result: { started, held, cut } };
  });
}
