export { sendWaitingChanges } from './send-waiting.ts';
export { planSteps } from './steps.ts';
export { countNewConflicts, summarizeRun, type SyncSummary } from './summary.ts';
export { concludeRun, runStep, type SyncOutcome } from './sync-run.ts';
export { syncSystems, syncWhatCanBe } from './sync-systems.ts';
