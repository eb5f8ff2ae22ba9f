export {
  allTriggerEvents,
  triggerEvents,
  type RecordKind,
  recordKinds,
  recordsOfEvent,
  type TriggerEvent,
  type WorkflowMode,
  workflowModes,
  workflowTypes,
} from './workflow-words.ts';
export {
  type ActionStep,
  type ApprovalStep,
  type BranchStep,
  stepSchemas,
  type WaitStep,
  type WorkflowDefinition,
  workflowDefinition,
  type WorkflowStep,
  workflowTrigger,
  type WorkflowTrigger,
} from './workflow.ts';
