import { defineList, search, systemFilter } from './define-list.ts';

/** In the order of a change's life; src/engine/outbox/outbox-states.ts says what moves it. */
export const outboxStates = [
  'waiting',
  'pending',
  'sent',
  'failed',
  'confirmed',
  'dropped',
  'superseded',
] as const;

/** Without a `state`, changes that are not settled. */
export const outboxList = defineList({
  noun: 'outbox',
  filters: {
    system: systemFilter,
    connection: { kind: 'word', example: 'grc', title: 'connection that it goes to' },
    entity: { kind: 'word', example: 'poam', title: 'kind of record' },
    kind: { kind: 'choice', known: ['create', 'update'], title: 'a new record, or a change of one' },
    state: { kind: 'choice', known: outboxStates, title: 'state' },
    attempts: { kind: 'number', title: 'how often it was sent' },
    age: { kind: 'instant', lies: 'behind', title: 'queued' },
    operation: { kind: 'word', example: '4f0c…', title: 'operation that queued it' },
    q: search,
  },
  sorts: ['age', 'attempts'],
  defaultSort: 'age',
  facets: ['system', 'connection', 'entity', 'kind', 'state'],
});
