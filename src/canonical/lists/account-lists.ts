import { allPermissions, allRoles } from '../access/index.ts';
import { allEventKinds, eventOutcomes, severities } from '../vocabulary/index.ts';
import { defineList, search, systemFilter } from './define-list.ts';

export const accountStates = ['active', 'locked', 'disabled'] as const;
export const grantStates = ['in force', 'ended', 'revoked'] as const;
export const tokenStates = ['in force', 'expired', 'revoked'] as const;

const account = { kind: 'word', example: 'jdoe', title: 'account' } as const;

export const userList = defineList({
  noun: 'users',
  filters: {
    kind: { kind: 'choice', known: ['person', 'service'], title: 'a person, or a program' },
    status: { kind: 'choice', known: accountStates, title: 'state' },
    role: { kind: 'choice', known: allRoles, title: 'has this role somewhere' },
    signin: { kind: 'instant', lies: 'behind', also: ['none', 'any'], title: 'last sign-in' },
    q: search,
  },
  sorts: ['name', 'signin', 'added'],
  defaultSort: 'name',
  facets: ['kind', 'status'],
});

/** Without a `state`, grants in force. */
export const grantList = defineList({
  noun: 'grants',
  filters: {
    account,
    role: { kind: 'choice', known: allRoles, title: 'role' },
    permission: { kind: 'choice', known: allPermissions, title: 'single permission' },
    system: { kind: 'word', example: 'SYS-001', title: 'authorization boundary that it names' },
    state: { kind: 'choice', known: grantStates, title: 'state' },
    source: { kind: 'choice', known: ['person', 'machine', 'demo'], title: 'where it was given' },
    until: { kind: 'instant', lies: 'ahead', also: ['none', 'any'], title: 'ends' },
    q: search,
  },
  sorts: ['account', 'granted', 'until'],
  defaultSort: 'account',
  facets: ['role', 'source', 'state'],
});

/** Without a `state`, tokens in force. */
export const tokenList = defineList({
  noun: 'tokens',
  filters: {
    account,
    state: { kind: 'choice', known: tokenStates, title: 'state' },
    used: { kind: 'instant', lies: 'behind', also: ['none', 'any'], title: 'last used' },
    ends: { kind: 'instant', lies: 'ahead', title: 'ends' },
    q: search,
  },
  sorts: ['created', 'ends', 'used', 'account'],
  defaultSort: '-created',
  facets: ['account', 'state'],
});

/** What accounts did. */
export const securityEventList = defineList({
  noun: 'security-events',
  filters: {
    kind: { kind: 'choice', known: allEventKinds, title: 'what happened' },
    severity: { kind: 'choice', known: severities, title: 'how grave it is' },
    outcome: { kind: 'choice', known: eventOutcomes, title: 'how it ended' },
    who: {
      kind: 'word',
      example: 'jdoe',
      isPerson: true,
      also: ['none', 'any'],
      title: 'who did it, by name',
    },
    address: { kind: 'word', example: '192.0.2.7', also: ['none', 'any'], title: 'from which address' },
    way: {
      kind: 'choice',
      known: ['session', 'token', 'local', 'none', 'unknown'],
      title: 'how they were signed in',
    },
    object: { kind: 'word', example: 'POAM-2026-0001', title: 'what it was done to, by id' },
    system: systemFilter,
    asset: {
      kind: 'word',
      example: '0f8fad5b-d9cb-469f-a165-70867728950e',
      title: 'the asset it is about, by id',
    },
    source: { kind: 'word', example: 'tieline', title: 'where it happened: tieline, or a connection' },
    related: {
      kind: 'word',
      example: '7d3f0a4e-3d0a-4a53-9d7b-0d4b7a3f7c11',
      title: 'events of one request, by its id',
    },
    occurred: { kind: 'instant', lies: 'behind', title: 'when it happened' },
    detected: { kind: 'instant', lies: 'behind', title: 'when it was noticed' },
    resolved: { kind: 'flag', title: 'an investigation is over' },
    investigated: { kind: 'flag', title: 'somebody looks or looked at it' },
    falsePositive: { kind: 'flag', title: 'found to be harmless' },
    q: search,
  },
  sorts: ['occurred'],
  defaultSort: '-occurred',
  facets: ['kind', 'severity', 'outcome', 'way'],
});
