export { replaySource, workflowAidsOf } from './aids.ts';
export { workflowAction, workflowActions } from './all-actions.ts';
