import { defineList, search } from './define-list.ts';

export const systemList = defineList({
  noun: 'systems',
  filters: {
    system: { kind: 'word', example: 'SYS-001', title: 'authorization boundary' },
    status: { kind: 'word', example: 'Authorized', also: ['none', 'any'], title: 'status' },
    impact: { kind: 'choice', known: ['Low', 'Moderate', 'High'], title: 'highest impact level' },
    isso: { kind: 'word', example: 'J. Doe', also: ['none', 'any'], title: 'ISSO' },
    ao: { kind: 'word', example: 'M. Ray', also: ['none', 'any'], title: 'authorizing official' },
    overdue: { kind: 'number', title: 'overdue POA&Ms' },
    ends: { kind: 'instant', lies: 'ahead', also: ['none', 'any'], title: 'authorization ends' },
    sync: { kind: 'flag', title: 'its records are kept in agreement' },
    q: search,
  },
  sorts: ['name', 'critical', 'overdue', 'ends'],
  defaultSort: 'name',
  facets: ['status', 'impact'],
});
