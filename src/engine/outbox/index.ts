export { describeChanges, type DescribedChange, type DescribedLine } from './describe-change.ts';
export {
  type ClaimableRow,
  demandReplan,
  listWithdrawnDecisions,
  lockClaimable,
  markReplanned,
  markSent,
  returnWithdrawn,
  setAside,
} from './outbox-consent.sql.ts';
export {
  countOutboxEntries,
  dropRows,
  listOutbox,
  type OutboxEntry,
  type OutboxFilter,
  retryFailed,
} from './outbox-decisions.sql.ts';
export {
  listRefused,
  type RefusedRow,
  reopenRefused,
  supersedeFulfilled,
  supersedeOtherCreates,
  supersedeOthers,
  supersedeRefused,
} from './outbox-refused.sql.ts';
export { listenToOutbox } from './outbox-signal.sql.ts';
export {
  countOutbox,
  countOverdueCreates,
  enqueueChanges,
  hasDueRows,
  listOpenRows,
  listRefusedRows,
  markConfirmed,
  markFailed,
  markMovedOn,
  markNotArrived,
  markUnanswered,
  type OutboundChange,
  outboxChannel,
  type OutboxRow,
  reopenCreates,
  supersedeAllBut,
  supersedeCreates,
  supersedeUnlinked,
  supersedeUnsent,
} from './outbox.sql.ts';
export { type Reconsidered, type ReconsideredKind, reconsiderUnsent } from './reconsider.ts';
export {
  freeIdempotencyKey,
  listFailedRows,
  supersedeAll,
  supersedeUpdates,
  withdrawAllOf,
} from './outbox-of-records.sql.ts';
export { consentToPlan, rejectPlan, tieWaitingChanges } from './outbox-of-plans.sql.ts';
export { renewProposals, withdrawProposals } from './outbox-proposals.sql.ts';
