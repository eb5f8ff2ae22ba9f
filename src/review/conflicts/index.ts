export {
  type Choice,
  type ConflictDetail,
  type ConflictQuery,
  type ConflictRow,
  countFittingConflicts,
  fetchConflict,
  findConflicts,
  type OfferedChoice,
  type Resolution,
  resolveConflicts,
  type ResolvedConflict,
  toConflictFilter,
} from './resolve-conflicts.ts';
