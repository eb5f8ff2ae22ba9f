export {
  countOutboxBy,
  countOutboxChanges,
  fetchOutboxChange,
  type ListedChange,
  listOutbox,
} from './outbox-list.sql.ts';
export {
  countFittingOutbox,
  decideOutbox,
  describeEntries,
  findOutbox,
  type OutboxEntry,
  pauseSending,
} from './outbox.ts';
