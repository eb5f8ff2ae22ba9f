import { allPermissions, allRoles } from '../access/index.ts';
import { defineList, search } from './define-list.ts';

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
