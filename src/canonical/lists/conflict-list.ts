import { conflictTypes } from '../vocabulary/index.ts';
import { defineList, search, systemFilter } from './define-list.ts';

/** Without a `state`, conflicts that are open. */
export const conflictList = defineList({
  noun: 'conflicts',
  filters: {
    system: systemFilter,
    connection: { kind: 'word', example: 'grc', title: 'connection whose record disagrees' },
    entity: { kind: 'word', example: 'poam', title: 'kind of record' },
    field: { kind: 'word', example: 'scheduled_completion', also: ['none', 'any'], title: 'field' },
    type: { kind: 'choice', known: conflictTypes, title: 'type of conflict' },
    state: { kind: 'choice', known: ['open', 'settled'], title: 'open or settled' },
    age: { kind: 'instant', lies: 'behind', title: 'found' },
    settled: { kind: 'instant', lies: 'behind', also: ['none', 'any'], title: 'settled' },
    operation: { kind: 'word', example: '4f0c…', title: 'operation that found it' },
    q: search,
  },
  sorts: ['age', 'field', 'entity'],
  defaultSort: 'age',
  facets: ['system', 'connection', 'entity', 'field', 'type'],
});
