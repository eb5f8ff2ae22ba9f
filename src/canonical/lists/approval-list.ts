import { requestKinds } from '../vocabulary/index.ts';
import { defineList, systemFilter } from './define-list.ts';

export const approvalStates = ['pending', 'approved', 'rejected', 'withdrawn', 'expired'] as const;

/** What is asked for: changes that are to be sent, or one of the requests that people make. */
export const approvalKinds = ['changes', ...requestKinds] as const;

/** Without a `state`, approvals that wait. */
export const approvalList = defineList({
  noun: 'approvals',
  filters: {
    system: systemFilter,
    kind: { kind: 'choice', known: approvalKinds, title: 'what is asked for' },
    poam: { kind: 'word', example: 'POAM-2026-0001', title: 'POA&M that a request is about' },
    connection: { kind: 'word', example: 'grc', title: 'connection that the changes go to' },
    state: { kind: 'choice', known: approvalStates, title: 'state' },
    by: { kind: 'word', example: 'J. Doe', also: ['none', 'any'], title: 'who decided' },
    asked: { kind: 'instant', lies: 'behind', title: 'asked for' },
    decided: { kind: 'instant', lies: 'behind', also: ['none', 'any'], title: 'decided' },
  },
  sorts: ['asked', 'decided'],
  defaultSort: 'asked',
  facets: ['system', 'kind', 'connection', 'state'],
});
