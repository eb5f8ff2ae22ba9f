export {
  type ExternalSystemRow,
  findSystem,
  findSystemById,
  findSystemOrRemoved,
  insertSystem,
  isSendingPaused,
  listSystems,
  markRemoved,
  poamFilesType,
  recordSystemSynced,
  setSendingPaused,
  setSyncPaused,
  standsForPoamFiles,
  lockSystem,
  updateSystemConfig,
} from './external-systems.sql.ts';
export { insertMappings, listMappings, replaceMappings } from './field-mappings.sql.ts';
export { listHealth, listLag, recordHealth, recordSyncHealth } from './integration-health.sql.ts';
export { deletePolicy, listPolicies, type PolicyRow, savePolicy } from './policies.sql.ts';
export { fetchClock, findReadState, finishRead, listReads, readAnew, saveReadPosition } from './reads.sql.ts';
export {
  awaitConclusions,
  type SyncLock,
  takeConclusionsLock,
  takeDrainLock,
  takeSyncLock,
  takeSystemsLock,
} from './sync-lock.sql.ts';
export {
  deleteSchedule,
  deleteSchedulesOf,
  findSchedule,
  listSchedules,
  listSchedulesAhead,
  recordScheduleOutcome,
  saveSchedule,
  type ScheduleRow,
  setNextRun,
  takeDueSchedules,
} from './schedules.sql.ts';
