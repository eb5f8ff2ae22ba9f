import { describe, expect, it } from 'vitest';
import { type Actor, everywhere, type Grant, localOperator, scopeFor } from './actor.ts';

const now = new Date('2026-11-26T12:00:00Z');
const boundaries = (...systemIds: string[]) =>
  ({ kind: 'boundaries', systemIds, unassigned: false }) as const;
const person = (...grants: Grant[]): Actor => ({ principalId: 'p', name: 'J. Doe', kind: 'person', grants });

describe('what an actor may do', () => {
  it('two grants of one permission reach as far as both together', () => {
    const actor = person(
      { gives: { role: 'isso' }, scope: boundaries('SYS-1') },
      { gives: { role: 'viewer' }, scope: boundaries('SYS-2') },
    );
    expect(scopeFor(actor, 'poam:read', now)).toEqual(boundaries('SYS-1', 'SYS-2'));
    expect(scopeFor(actor, 'poam:write', now)).toEqual(boundaries('SYS-1'));
    expect(scopeFor(actor, 'poam:approve', now)).toBeUndefined();
  });

  it('a grant that has ended gives nothing', () => {
    const actor = person({ gives: { role: 'isso' }, scope: everywhere, until: now });
    expect(scopeFor(actor, 'poam:read', now)).toBeUndefined();
  });

  it('a permission of the whole installation is not held by a grant for some boundaries', () => {
    const actor = person({ gives: { role: 'operator' }, scope: boundaries('SYS-1') });
    expect(scopeFor(actor, 'sync:operate', now)).toBeUndefined();
    expect(scopeFor(person({ gives: { role: 'operator' }, scope: everywhere }), 'sync:operate', now)).toEqual(
      everywhere,
    );
  });

  it('a token never reaches further than its owner, nor than its own limits', () => {
    const owner = person({ gives: { role: 'isso' }, scope: boundaries('SYS-1', 'SYS-2') });
    const token: Actor = {
      ...owner,
      limits: { permissions: ['poam:read', 'poam:approve'], scope: boundaries('SYS-2', 'SYS-3') },
    };
    expect(scopeFor(token, 'poam:read', now)).toEqual(boundaries('SYS-2'));
    expect(scopeFor(token, 'poam:approve', now)).toBeUndefined();
    expect(scopeFor(token, 'finding:read', now)).toBeUndefined();
  });

  it('the administrator sees no findings, the auditor writes nothing, the local operator may all', () => {
    expect(
      scopeFor(person({ gives: { role: 'admin' }, scope: everywhere }), 'finding:read', now),
    ).toBeUndefined();
    expect(
      scopeFor(person({ gives: { role: 'auditor' }, scope: everywhere }), 'poam:write', now),
    ).toBeUndefined();
    expect(scopeFor(localOperator('root'), 'admin:users', now)).toEqual(everywhere);
  });
});
