export {
  countByBoundary,
  countConflicts,
  countConflictsBy,
  type ConflictListFilter,
  type ConflictListQuery,
  type ListedConflict,
  listConflicts,
} from './conflict-list.sql.ts';
export { type ConflictDetail, fetchConflict, type OtherField } from './fetch-conflict.ts';
export { previewResolution, type ResolutionPreview } from './preview-resolution.ts';
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
