import { defineList, search, systemFilter } from './define-list.ts';

export const assetList = defineList({
  noun: 'assets',
  filters: {
    system: systemFilter,
    ip: { kind: 'address', title: 'address' },
    os: { kind: 'text', title: 'words of the operating system' },
    source: { kind: 'word', example: 'scanner', title: 'connection that reports it' },
    component: {
      kind: 'word',
      example: 'CMP-0013',
      also: ['none', 'any'],
      title: 'component in the GRC system',
    },
    tag: { kind: 'word', example: 'Environment:Production', title: 'tag, category:value' },
    seen: { kind: 'instant', lies: 'behind', also: ['none', 'any'], title: 'last seen' },
    first: { kind: 'instant', lies: 'behind', title: 'first seen' },
    critical: { kind: 'number', title: 'open critical findings' },
    high: { kind: 'number', title: 'open high findings' },
    acr: { kind: 'number', also: ['none', 'any'], title: 'ACR' },
    agent: { kind: 'flag', title: 'has an agent' },
    state: { kind: 'choice', known: ['reported', 'unreported', 'terminated', 'deleted'], title: 'state' },
    criticality: { kind: 'word', example: 'High', also: ['none', 'any'], title: 'business criticality' },
    environment: { kind: 'word', example: 'production', also: ['none', 'any'], title: 'environment' },
    compliance: { kind: 'word', example: 'PCI DSS', also: ['none', 'any'], title: 'compliance scope' },
    classification: { kind: 'word', example: 'CUI', also: ['none', 'any'], title: 'data classification' },
    costcenter: { kind: 'word', example: 'CC-4711', also: ['none', 'any'], title: 'cost center' },
    q: search,
  },
  sorts: ['name', 'critical', 'seen', 'first', 'acr'],
  defaultSort: '-critical',
  facets: ['system', 'state', 'source'],
});
