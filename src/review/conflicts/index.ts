export {
  countByBoundary,
  countConflicts,
  countConflictsBy,
  type ConflictListFilter,
  type ListedConflict,
  listConflicts,
} from './conflict-list.sql.ts';
export { type ConflictDetail, fetchConflict } from './fetch-conflict.ts';
export { previewResolution } from './preview-resolution.ts';
export { settleMany, trySettlingMany, type WayToSettle } from './settle-many.ts';
export {
  type Choice,
  type ConflictQuery,
  type ConflictRow,
  countFittingConflicts,
  findConflicts,
  type OfferedChoice,
  type Resolution,
  resolveConflicts,
  type ResolvedConflict,
  toConflictFilter,
} from './resolve-conflicts.ts';
