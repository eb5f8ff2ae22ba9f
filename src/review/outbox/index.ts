export {
  countFittingOutbox,
  decideOutbox,
  describeEntries,
  fetchOutboxEntry,
  findOutbox,
  type OutboxEntry,
  pauseSending,
} from './outbox.ts';
