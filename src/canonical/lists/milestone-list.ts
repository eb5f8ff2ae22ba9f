import { milestoneStatuses } from '../vocabulary/index.ts';
import { defineList, search, systemFilter } from './define-list.ts';

export const milestoneList = defineList({
  noun: 'milestones',
  filters: {
    system: systemFilter,
    poam: { kind: 'word', example: 'POAM-2026-0001', title: 'POA&M' },
    status: { kind: 'choice', known: milestoneStatuses, title: 'status' },
    open: { kind: 'flag', title: 'neither completed nor cancelled' },
    due: { kind: 'instant', lies: 'ahead', also: ['none', 'any'], title: 'planned' },
    overdue: { kind: 'flag', title: 'open, and past its planned date' },
    owner: { kind: 'word', example: 'J. Doe', also: ['none', 'any'], title: 'point of contact of the POA&M' },
    q: search,
  },
  sorts: ['due', 'poam'],
  defaultSort: 'due',
  facets: ['status', 'system'],
});
