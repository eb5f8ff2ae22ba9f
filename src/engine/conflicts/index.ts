export { closeAfterChange, closeAfterRead } from './close-settled-conflicts.ts';
export {
  type ConflictFilter,
  type ConflictRow,
  countConflicts,
  listConflicts,
  listConflictsOf,
} from './list-conflicts.sql.ts';
