export { type ConnectionOverview, listConnectionStates } from './connection-states.ts';
export { fetchSyncOverview, fetchSyncStatus, type SyncStatus } from './status.ts';
export type { Waiting, WaitingKind } from './waiting.ts';
