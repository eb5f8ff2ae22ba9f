export { closeAfterChange, closeAfterRead } from './close-settled-conflicts.ts';
export {
  countOpenFindings,
  fetchPoamContents,
  findSameKey,
  listOpenWeaknesses,
  listWithContents,
  moveWeaknesses,
  type RecordKey,
  type Unanswered,
} from './conflict-effects.sql.ts';
export {
  type ConflictFilter,
  type ConflictRow,
  countConflicts,
  listConflicts,
} from './list-conflicts.sql.ts';
