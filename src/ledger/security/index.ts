export { type EventKind, eventKinds, type Outcome, type Severity } from './event-kinds.ts';
export {
  type DataAccess,
  type EventObject,
  type Origin,
  recordAccess,
  recordSecurityEvent,
  type SecurityEvent,
} from './security-events.sql.ts';
