export {
  type ActionChange,
  type ActionOutcome,
  dayIn,
  defineAction,
  done,
  filled,
  moduleActions,
  nothingToDo,
  picked,
  poamOf,
  refused,
  template,
  type WorkflowAction,
} from './actions/index.ts';
export {
  compileCondition,
  conditionFunctions,
  fieldsOf,
  listCandidates,
  type Snapshot,
  snapshotOf,
} from './conditions/index.ts';
export { shippedWorkflows } from './catalogue/index.ts';
export { everyStep, readSource } from './definition/index.ts';
export { type Replay, replayWorkflow } from './replay/index.ts';
export { advanceRun } from './executor/advance.ts';
export type { WorkflowParts } from './parts.ts';
export { checkSource } from './people/check-workflow.ts';
export { answerArrived, cancelRun, retryRun, runByHand, wakeRuns } from './people/change-runs.ts';
export {
  decideWorkflow,
  releaseRuns,
  removeWorkflow,
  resumeWorkflow,
  saveWorkflow,
  setWorkflowMode,
  takeOverWorkflow,
} from './people/change-workflow.ts';
export {
  fetchRun,
  fetchWorkflow,
  listWorkflows,
  type ListedWorkflow,
  type RunDetail,
  shownRun,
  type WorkflowDetail,
} from './people/read-workflows.ts';
export { enqueueRuns, workflowRun } from './queue.ts';
export { countRuns, facetRuns, listRuns } from './rows/run-list.sql.ts';
export { listDueRuns, listLeftRuns, touchRuns } from './rows/runs.sql.ts';
export { forgetRuns } from './rows/forget-runs.sql.ts';
export { dispatchEvents } from './triggers/dispatch.ts';
export { startByMetrics, startScheduled } from './triggers/due.ts';
export { bothStarted } from './triggers/start-runs.ts';
