export {
  type Call,
  type CallListFilter,
  type CallListQuery,
  countCallsBy,
  countFittingCalls,
  listCalls,
} from './call-list.sql.ts';
export { cancelOperation } from './cancel-operation.ts';
export type { ChangeListFilter, ChangeListQuery } from './change-list.sql.ts';
export {
  countOperations,
  countOperationsBy,
  type OperationListFilter,
  type OperationListQuery,
} from './operation-list.sql.ts';
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
