export {
  type ExternalSystemRow,
  findSystem,
  findSystemById,
  findSystemOrRemoved,
  insertSystem,
  listSystems,
  recordSystemSynced,
  setSyncPaused,
  updateSystemConfig,
} from './external-systems.sql.ts';
export { insertMappings, listMappings, replaceMappings } from './field-mappings.sql.ts';
export { listHealth, listLag, recordHealth, recordSyncHealth } from './integration-health.sql.ts';
export { deletePolicy, listPolicies, type PolicyRow, savePolicy } from './policies.sql.ts';
export { fetchClock, findReadState, finishRead, listReads, saveReadPosition } from './reads.sql.ts';
export {
  type SyncLock,
  takeConclusionsLock,
  takeDrainLock,
  takeSyncLock,
  takeSystemsLock,
} from './sync-lock.sql.ts';
