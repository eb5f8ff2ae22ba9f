export { type Call, countCallsBy, countFittingCalls, listCalls } from './call-list.sql.ts';
export { cancelOperation } from './cancel-operation.ts';
export { countOperations, countOperationsBy } from './operation-list.sql.ts';
export {
  countOperationChanges,
  fetchOperation,
  type JournalEntryFacts,
  listChanges,
  listLatestOperations,
  listOperations,
  type OperationDetail,
  type OperationFacts,
} from './operations.ts';
export { type Undo, undoOperation } from './undo.ts';
