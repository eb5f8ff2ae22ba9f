import { milestoneStatuses, poamStatuses, severities } from '../vocabulary/index.ts';
import { defineList, search, systemFilter } from './define-list.ts';

/** How a record stands between both sides, worst first: one word for the whole record. */
export const agreements = [
  'conflict',
  'refused',
  'unclear',
  'approval',
  'sending',
  'unlinked',
  'agreed',
] as const;
export type Agreement = (typeof agreements)[number];

export const poamList = defineList({
  noun: 'poams',
  filters: {
    system: systemFilter,
    status: { kind: 'choice', known: poamStatuses, title: 'status' },
    open: { kind: 'flag', title: 'neither completed, cancelled nor otherwise ended' },
    severity: { kind: 'choice', known: severities, title: 'severity of the weakness' },
    risk: { kind: 'number', also: ['none', 'any'], title: 'risk score, 0 to 100, of the worst under it' },
    due: { kind: 'instant', lies: 'ahead', also: ['none', 'any'], title: 'scheduled completion' },
    overdue: { kind: 'flag', title: 'open, and past its scheduled completion' },
    obliged: {
      kind: 'instant',
      lies: 'ahead',
      also: ['none', 'any'],
      title: 'day by which due-date policies oblige it',
    },
    late: {
      kind: 'flag',
      title: 'open, and past the day it is obliged to, or promised for a later one',
    },
    owner: { kind: 'word', example: 'J. Doe', also: ['none', 'any'], title: 'point of contact' },
    control: { kind: 'word', example: 'SI-2', also: ['none', 'any'], title: 'control' },
    approval: {
      kind: 'choice',
      known: ['pending', 'approved', 'rejected', 'withdrawn', 'expired'],
      also: ['none', 'any'],
      title: 'its newest request: an extension, completion, earlier date or deviation',
    },
    agreement: { kind: 'choice', known: agreements, title: 'agreement of both sides' },
    plugin: { kind: 'word', example: '156032', title: 'plugin of the weakness' },
    asset: { kind: 'word', example: 'web01', title: 'affected asset, by uuid or name' },
    findings: { kind: 'choice', known: ['open', 'none'], title: 'open findings under it' },
    contradiction: { kind: 'flag', title: 'completed or cancelled while a finding is open' },
    reviewed: { kind: 'instant', lies: 'behind', also: ['none', 'any'], title: 'last reviewed' },
    unreviewed: { kind: 'flag', title: 'its review is late, by the interval of its system' },
    updated: { kind: 'instant', lies: 'behind', title: 'last changed here' },
    q: search,
  },
  sorts: ['due', 'severity', 'risk', 'id', 'updated'],
  defaultSort: 'due',
  facets: ['status', 'severity', 'system', 'agreement'],
});

export const milestoneList = defineList({
  noun: 'milestones',
  filters: {
    system: systemFilter,
    poam: { kind: 'word', example: 'POAM-2026-0001', title: 'POA&M' },
    status: { kind: 'choice', known: milestoneStatuses, title: 'status' },
    open: { kind: 'flag', title: 'neither completed nor cancelled' },
    due: { kind: 'instant', lies: 'ahead', also: ['none', 'any'], title: 'planned' },
    overdue: { kind: 'flag', title: 'open, and past its planned date' },
    beyond: { kind: 'flag', title: 'open, and planned after the day that its POA&M promises' },
    owner: { kind: 'word', example: 'J. Doe', also: ['none', 'any'], title: 'point of contact of the POA&M' },
    q: search,
  },
  sorts: ['due', 'poam'],
  defaultSort: 'due',
  facets: ['status', 'system'],
});
