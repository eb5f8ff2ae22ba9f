import { defineList, systemFilter } from './define-list.ts';

export const approvalStates = ['pending', 'approved', 'rejected', 'withdrawn', 'expired'] as const;

/** Without a `state`, approvals that wait. */
export const approvalList = defineList({
  noun: 'approvals',
  filters: {
    system: systemFilter,
    connection: { kind: 'word', example: 'grc', title: 'connection that the changes go to' },
    state: { kind: 'choice', known: approvalStates, title: 'state' },
    by: { kind: 'word', example: 'J. Doe', also: ['none', 'any'], title: 'who decided' },
    asked: { kind: 'instant', lies: 'behind', title: 'asked for' },
    decided: { kind: 'instant', lies: 'behind', also: ['none', 'any'], title: 'decided' },
  },
  sorts: ['asked', 'decided'],
  defaultSort: 'asked',
  facets: ['system', 'connection', 'state'],
});
