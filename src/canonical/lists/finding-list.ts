import { findingLifecycles, remediationStatuses, severities } from '../vocabulary/index.ts';
import { defineList, search, systemFilter } from './define-list.ts';

/** `reopened`: it was fixed and was seen again; `missing`: not in the last full read; `gone`: its machine is gone. */
export const findingStates = findingLifecycles;
/** Where the POA&M of a finding stands, worst first; `completed` are all that are not open, deviations among them. */
export const findingPoamStates = ['overdue', 'open', 'completed', 'none'] as const;

export const findingList = defineList({
  noun: 'findings',
  filters: {
    severity: { kind: 'choice', known: severities, title: 'severity' },
    state: { kind: 'choice', known: findingStates, title: 'state' },
    system: systemFilter,
    asset: { kind: 'word', example: 'web01', title: 'asset, by uuid or name' },
    ip: { kind: 'address', title: 'address of the asset' },
    plugin: { kind: 'word', example: '156032', title: 'plugin id' },
    family: { kind: 'word', example: 'Windows', title: 'plugin family' },
    cve: { kind: 'word', example: 'CVE-2021-44228', also: ['none', 'any'], title: 'CVE' },
    risk: {
      kind: 'number',
      also: ['none', 'any'],
      title: 'risk score of its plugin, 0 to 100, in the worst system that one sees',
    },
    vpr: { kind: 'number', also: ['none', 'any'], title: 'VPR' },
    epss: { kind: 'number', also: ['none', 'any'], title: 'EPSS, 0 to 1' },
    cvss: { kind: 'number', also: ['none', 'any'], title: 'CVSS v3 base score' },
    exploit: { kind: 'flag', title: 'an exploit is available' },
    first: { kind: 'instant', lies: 'behind', title: 'first found' },
    seen: { kind: 'instant', lies: 'behind', title: 'last seen' },
    age: { kind: 'number', title: 'days since it was first found' },
    fixed: { kind: 'instant', lies: 'behind', also: ['none', 'any'], title: 'last fixed' },
    due: { kind: 'instant', lies: 'ahead', also: ['none', 'any'], title: 'due, by the weakness' },
    poam: {
      kind: 'word',
      example: 'POAM-2026-0001',
      also: ['none', 'any'],
      title: 'POA&M, by id; or overdue, open, completed',
    },
    control: { kind: 'word', example: 'SI-2', also: ['none', 'any'], title: 'control' },
    criticality: {
      kind: 'word',
      example: 'High',
      also: ['none', 'any'],
      title: 'business criticality of the asset',
    },
    tag: { kind: 'word', example: 'Environment:Production', title: 'tag of the asset, category:value' },
    solution: { kind: 'word', example: '9f86d081', title: 'solution, by the key of its group' },
    assigned: {
      kind: 'word',
      example: 'jdoe',
      also: ['none', 'any'],
      isPerson: true,
      title: 'whose work it is: a person (with their teams) or a team by name; me',
    },
    remediation: {
      kind: 'choice',
      known: remediationStatuses,
      also: ['none', 'any'],
      title: 'how far the work on it is',
    },
    planned: {
      kind: 'instant',
      lies: 'ahead',
      also: ['none', 'any'],
      title: 'to be fixed by, as planned by whoever works on it',
    },
    accepted: { kind: 'flag', title: 'accepted, or a false positive' },
    port: { kind: 'number', title: 'port' },
    source: { kind: 'word', example: 'scanner', title: 'connection that reported it' },
    operation: {
      kind: 'word',
      example: '4f0c…',
      title: 'import or run that changed it last, by its whole id',
    },
    q: search,
  },
  sorts: ['severity', 'first', 'seen', 'plugin', 'vpr'],
  defaultSort: '-severity',
  facets: ['severity', 'state', 'system', 'family', 'poam'],
});

/** What findings are grouped by: a row for each, with counts by severity, number of assets and first found. */
export const findingGroups = ['plugin', 'asset', 'system', 'cve', 'solution'] as const;
export type FindingGroup = (typeof findingGroups)[number];
