export {
  fetchOperation,
  type JournalEntryFacts,
  listOperations,
  type OperationDetail,
  type OperationFacts,
} from './operations.ts';
export { undoOperation } from './undo.ts';
