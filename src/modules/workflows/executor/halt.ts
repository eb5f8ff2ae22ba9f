/** Stops a workflow that may not run any more: all of its runs wait where they are until a person resumes it. */
import type { App } from '../../../engine/run/index.ts';
import { recordEvents } from '../../../ledger/events/index.ts';
import { moveAllRuns, type OpenRun, writeTraces } from '../rows/runs.sql.ts';
import { setStopped } from '../rows/workflows.sql.ts';
import type { Why } from './trace-words.ts';

/** Seen as a row of the inbox by who administers workflows, and as a line of the log. */
export async function haltWorkflow(
  app: App,
  workflow: Pick<OpenRun, 'workflowId' | 'workflow'>,
  why: Why,
  at: Date,
): Promise<void> {
  const { db } = app;
  const isNew = await setStopped(db, workflow.workflowId, { code: why.code, params: why.params ?? {}, at });
  const halted = await moveAllRuns(db, workflow.workflowId, { event: 'halted', problem: why }, at);
  await writeTraces(db, halted, { stepId: null, kind: 'run', outcome: 'halted', why }, at);
  if (!isNew) return;
  await recordEvents(db, [{ kind: 'inbox.changed' }]);
  app.log.warn({ workflow: workflow.workflow, code: why.code, runs: halted.length }, 'a workflow stopped');
}
