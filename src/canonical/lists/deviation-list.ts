import { deviationKinds } from '../vocabulary/index.ts';
import { defineList, search, systemFilter } from './define-list.ts';

/** The states of a deviation; what leads from one to another: src/modules/deviations/deviation-states.ts. */
export const deviationStateWords = [
  'found',
  'requested',
  'approved',
  'rejected',
  'withdrawn',
  'expired',
  'lapsed',
] as const;

/** Without a `state`, deviations that wait or hold. */
export const deviationList = defineList({
  noun: 'deviations',
  filters: {
    system: systemFilter,
    poam: { kind: 'word', example: 'POAM-2026-0001', title: 'POA&M' },
    kind: { kind: 'choice', known: deviationKinds, title: 'kind' },
    state: { kind: 'choice', known: deviationStateWords, title: 'state' },
    waits: { kind: 'flag', title: 'a person is to do something about it' },
    ends: { kind: 'instant', lies: 'ahead', also: ['none', 'any'], title: 'last day' },
    by: { kind: 'word', example: 'J. Doe', title: 'who asked' },
    q: search,
  },
  sorts: ['ends', 'asked'],
  defaultSort: '-asked',
  facets: ['kind', 'state', 'system'],
});
