export {
  countOutboxBy,
  countOutboxChanges,
  fetchOutboxChange,
  listChangesOutside,
  type ListedChange,
  listOutbox,
  type OutboxListFilter,
  type OutboxListQuery,
} from './outbox-list.sql.ts';
export {
  countFittingOutbox,
  decideOutbox,
  describeEntries,
  findOutbox,
  type OutboxEntry,
  pauseSending,
} from './outbox.ts';
