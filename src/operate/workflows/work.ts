/** What a worker does for workflows: looks at what happened, at schedules, metrics and clocks, and does the runs that the queue gives it. */
import { z } from 'zod';
import type { App } from '../../engine/run/index.ts';
import {
  advanceRun,
  bothStarted,
  dispatchEvents,
  enqueueRuns,
  listDueRuns,
  listLeftRuns,
  startByMetrics,
  startScheduled,
  touchRuns,
  wakeRuns,
} from '../../modules/workflows/index.ts';
import { workflowPartsOf } from './parts.ts';

const payloadSchema = z.strictObject({ run: z.uuid() });

/** The task of the queue: a run continues until it waits or is over. */
export function runWorkflowJob(app: App, payload: unknown, signal: AbortSignal): Promise<void> {
  const { run } = payloadSchema.parse(payload);
  return advanceRun(app, workflowPartsOf(app), run, signal);
}

const atOnce = 1_000;
/** A run that could continue and was not touched for so long has lost its job. */
const leftAfterMs = 10 * 60_000;

/** Looks once at everything that may start a run or let one continue. */
export async function workOnWorkflows(app: App, signal: AbortSignal): Promise<void> {
  const parts = workflowPartsOf(app);
  const events = await dispatchEvents(app, parts, signal);
  const scheduled = await startScheduled(app, parts, signal);
  const metrics = await startByMetrics(app, parts);
  const woken = await wakeRuns(app, await listDueRuns(app.db, app.now(), atOnce));
  await queueLeftRuns(app);
  const { started, held, cut } = [events, scheduled, metrics].reduce(bothStarted);
  if (started + held + cut + woken > 0)
    app.log.info({ started, held, cut, woken }, 'workflows were looked at');
}

async function queueLeftRuns(app: App): Promise<void> {
  const at = app.now();
  await app.store.transaction(async ({ db }) => {
    const left = await listLeftRuns(db, new Date(at.getTime() - leftAfterMs), atOnce);
    if (left.length === 0) return;
    await touchRuns(db, left, at);
    await enqueueRuns(db, left);
  });
}
