export { type EventKind, type Outcome } from '../../canonical/vocabulary/index.ts';
export { type Origin, recordAccess, recordSecurityEvent } from './security-events.sql.ts';
export { type ChainedLog } from './chain/chained-logs.ts';
export { holdLogKeys, type LogKey, logKeyOf } from './chain/log-keys.ts';
export { contentOfMonth, isChainedLog, markDropped } from './chain/dropped.sql.ts';
export { type ChainHead, listHeads, signHeadsOfDay } from './chain/heads.sql.ts';
export { type LogVerification, verifyLog } from './chain/verify.ts';
export { beginSecurityLog } from './chain/marks.sql.ts';
export {
  countSecurityEvents,
  facetSecurityEvents,
  fetchSecurityEvent,
  findSecurityEventIds,
  listSecurityEvents,
  type SecurityEventDetail,
  type SecurityEventRow,
} from './event-list.sql.ts';
export { investigateEvent } from './investigate.ts';
export { type InvestigationStep } from './investigation.sql.ts';
