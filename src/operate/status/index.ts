export { type ConnectionOverview, type ConnectionState, listConnectionStates } from './connection-states.ts';
export { fetchSyncOverview, fetchSyncStatus, type SyncOverview, type SyncStatus } from './status.ts';
export type { Waiting, WaitingKind } from './waiting.ts';
