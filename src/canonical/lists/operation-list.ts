import { defineList } from './define-list.ts';

export const operationStatuses = ['in_progress', 'completed', 'completed_with_issues', 'failed'] as const;

/** Runs, imports, plans and decisions; the steps of a run are shown with it. */
export const operationList = defineList({
  noun: 'operations',
  filters: {
    type: {
      kind: 'choice',
      known: ['sync', 'import', 'export', 'update', 'plan', 'undo'],
      title: 'what was done',
    },
    connection: { kind: 'word', example: 'grc', title: 'connection it is about' },
    status: { kind: 'choice', known: operationStatuses, title: 'how it ended' },
    started: { kind: 'instant', lies: 'behind', title: 'started' },
    by: { kind: 'word', example: 'J. Doe', also: ['none', 'any'], title: 'who started it' },
    step: { kind: 'word', example: 'resolve conflicts', title: 'kind of decision' },
  },
  sorts: ['started'],
  defaultSort: '-started',
  facets: ['type', 'status'],
});

/** What one operation changed, in the order in which it did. */
export const changeList = defineList({
  noun: 'changes',
  filters: {
    record: { kind: 'word', example: 'POAM-2026-0001', title: 'record, by our id or the remote’s' },
    entity: { kind: 'word', example: 'poam', title: 'kind of record' },
    field: { kind: 'word', example: 'status', also: ['none', 'any'], title: 'field' },
    direction: { kind: 'choice', known: ['inbound', 'outbound', 'internal'], title: 'which way' },
  },
  sorts: ['order'],
  defaultSort: 'order',
  facets: ['entity', 'direction'],
});

/** Calls of the other sides. */
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
