export { fetchSyncStatus, type SyncStatus } from './status.ts';
export type { Waiting, WaitingKind } from './waiting.ts';
