import { allPrivacyRequestTypes, allPrivacyStatuses } from '../vocabulary/index.ts';
import { defineList } from './define-list.ts';

export const privacyList = defineList({
  noun: 'privacy',
  filters: {
    state: { kind: 'choice', known: ['open', 'closed'], title: 'open or closed' },
    status: { kind: 'choice', known: allPrivacyStatuses, title: 'how far it is' },
    type: { kind: 'choice', known: allPrivacyRequestTypes, title: 'what is asked for' },
    late: { kind: 'flag', title: 'whether the day that holds now has passed' },
    due: { kind: 'instant', lies: 'ahead', also: ['none', 'any'], title: 'due' },
    received: { kind: 'instant', lies: 'behind', title: 'when it was received' },
    by: { kind: 'word', example: 'jdoe', isPerson: true, title: 'who last worked on it' },
    q: { kind: 'text', title: 'words in the person’s name, mail address or user id' },
  },
  sorts: ['due', 'received'],
  defaultSort: 'due',
  facets: ['state', 'status', 'type'],
});
