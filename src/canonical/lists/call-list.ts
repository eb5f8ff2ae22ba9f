import { defineList } from './define-list.ts';

export const callList = defineList({
  noun: 'api-calls',
  filters: {
    connection: { kind: 'word', example: 'scanner', title: 'connection that was called' },
    operation: { kind: 'word', example: '4f0c…', title: 'operation it belongs to, with its steps' },
    method: { kind: 'word', example: 'POST', title: 'method' },
    status: { kind: 'number', also: ['none', 'any'], title: 'status; none: no answer came' },
    failed: { kind: 'flag', title: 'no answer, or status 400 and above' },
    ms: { kind: 'number', title: 'milliseconds until the answer' },
    at: { kind: 'instant', lies: 'behind', title: 'when' },
    q: { kind: 'text', title: 'words of the path' },
  },
  sorts: ['at'],
  defaultSort: '-at',
  facets: ['connection', 'status'],
});
