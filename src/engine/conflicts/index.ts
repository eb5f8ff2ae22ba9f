export { closeAfterChange, closeAfterRead } from './close-settled-conflicts.ts';
export {
  countOpenFindings,
  deleteLinks,
  fetchPoamContents,
  findSameKey,
  freeIdempotencyKey,
  listFailedRows,
  listOpenWeaknesses,
  listWithContents,
  moveLink,
  moveWeaknesses,
  type RecordKey,
  retireLinks,
  separate,
  supersedeAll,
  type Unanswered,
} from './conflict-effects.sql.ts';
export {
  type ConflictFilter,
  type ConflictRow,
  countConflicts,
  listConflicts,
} from './list-conflicts.sql.ts';
