export { announce as announceConflicts } from './announce.ts';
export {
  closeConflictsNotAmong,
  closeConflictsNotFound,
  closeConflictsOf,
  closeConflictsOfLink,
  closeConflictsOfSystem,
  closeConflictsOfType,
  closeRefusals,
  closeReturnedRecords,
  closeSettledConflicts,
  markResolved,
} from './close-conflicts.sql.ts';
export {
  countConflictsByType,
  countConflictsOfSystem,
  countPendingConflicts,
  listHeldFields,
  listSettledFaults,
} from './find-conflicts.sql.ts';
export {
  type ConflictToRecord,
  openFoundConflicts,
  openMissingRecords,
  recordConflicts,
  recordUnsettledConflicts,
} from './open-conflicts.sql.ts';
export { shownResolution } from './resolution.sql.ts';
