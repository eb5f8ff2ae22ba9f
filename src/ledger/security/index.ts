export { type EventKind, eventKinds, type Outcome } from './event-kinds.ts';
export { type Origin, recordAccess, recordSecurityEvent } from './security-events.sql.ts';
