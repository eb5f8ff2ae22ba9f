export { delegateDecision } from './delegate.ts';
export { workflowPartsOf } from './parts.ts';
export { runWorkflowJob, workOnWorkflows } from './work.ts';
