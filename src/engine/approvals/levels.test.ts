import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, type Level, openLevel, standingOf } from './levels.ts';

const one = (...roles: Level['roles']): Level => ({ roles, needs: 'one' });
const all = (...roles: Level['roles']): Level => ({ roles, needs: 'all' });
const yes = (level: number, role: Answer['role'], by: string): Answer => ({
  level,
  role,
  approved: true,
  by,
  principalId: by,
});
const person = (name: string, ...roles: Level['roles']) => ({ name, principalId: name, roles });
const asked = (levels: readonly Level[], answers: readonly Answer[] = []) => ({
  levels,
  answers,
  requestedBy: 'Ann',
  requestedByPrincipal: 'Ann',
});

describe('the levels of a request', () => {
  it('a level of one is over when any of its roles agreed, a level of all when each did', () => {
    expect(openLevel([one('isso', 'issm')], [yes(1, 'issm', 'Ben')])).toBeUndefined();
    expect(openLevel([all('isso', 'issm')], [yes(1, 'issm', 'Ben')])?.left).toEqual(['isso']);
    expect(openLevel([all('isso', 'issm')], [yes(1, 'issm', 'Ben'), yes(1, 'isso', 'Cid')])).toBeUndefined();
  });

  it('an extension is decided by the ISSO first and then by the AO', () => {
    const levels = [one('isso'), one('ao')];
    expect(standingOf(asked(levels), person('Dee', 'ao'))).toMatchObject({ kind: 'wrong_role' });
    expect(standingOf(asked(levels), person('Ben', 'isso'))).toEqual({
      kind: 'counts',
      level: 1,
      role: 'isso',
      isLast: false,
      inPlaceOf: null,
    });
    expect(standingOf(asked(levels, [yes(1, 'isso', 'Ben')]), person('Dee', 'ao'))).toEqual({
      kind: 'counts',
      level: 2,
      role: 'ao',
      isLast: true,
      inPlaceOf: null,
    });
  });

  it('a person to whom it was delegated answers by that role, in that level, unless they asked or have answered', () => {
    const levels = [one('isso'), one('ao')];
    const delegations = [{ level: 1, role: 'isso', by: 'Ben', to: 'Eve', toPrincipalId: 'Eve' } as const];
    const request = { ...asked(levels), delegations };
    expect(standingOf(request, person('Eve'))).toMatchObject({
      kind: 'counts',
      role: 'isso',
      inPlaceOf: 'Ben',
    });
    expect(standingOf(request, person('Eve', 'isso'))).toMatchObject({ kind: 'counts', inPlaceOf: null });
    expect(standingOf(request, person('Fay'))).toMatchObject({ kind: 'wrong_role' });
    expect(standingOf({ ...request, barred: ['Eve'] }, person('Eve'))).toEqual({ kind: 'requester' });
    const after = { ...request, answers: [yes(1, 'isso', 'Ben')] };
    expect(standingOf(after, person('Eve'))).toMatchObject({ kind: 'wrong_role' });
    const twice = { ...request, answers: [yes(1, 'isso', 'Eve')] };
    expect(standingOf(twice, person('Eve', 'ao'))).toMatchObject({ kind: 'answered' });
  });

  it('who asked never decides, by the name or by the account', () => {
    const levels = [one('isso')];
    expect(standingOf(asked(levels), person('Ann', 'isso'))).toEqual({ kind: 'requester' });
    expect(standingOf(asked(levels), { name: 'Ann (work)', principalId: 'Ann', roles: ['isso'] })).toEqual({
      kind: 'requester',
    });
  });

  it('a person who holds the roles of two levels answers one of them', () => {
    const levels = [one('isso'), one('ao')];
    expect(standingOf(asked(levels, [yes(1, 'isso', 'Ben')]), person('Ben', 'isso', 'ao'))).toEqual({
      kind: 'answered',
      level: 1,
    });
  });

  it('whoever answers in whatever order, a request is granted by as many people as it asks for, none of them the requester', () => {
    const roleArb = fc.constantFrom('isso' as const, 'issm' as const, 'ao' as const);
    const levelArb = fc.record({
      roles: fc.uniqueArray(roleArb, { minLength: 1, maxLength: 3 }),
      needs: fc.constantFrom('one' as const, 'all' as const),
    });
    const personArb = fc.record({
      name: fc.constantFrom('Ann', 'Ben', 'Cid', 'Dee', 'Eve', 'Fay', 'Gus', 'Hal', 'Ida'),
      roles: fc.uniqueArray(roleArb, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.array(levelArb, { minLength: 1, maxLength: 3 }),
        fc.array(personArb, { maxLength: 40 }),
        (levels, people) => {
          const answers: Answer[] = [];
          let granted = false;
          for (const { name, roles } of people) {
            const standing = standingOf(asked(levels, answers), { name, principalId: name, roles });
            if (standing.kind !== 'counts') continue;
            expect(granted).toBe(false);
            answers.push(yes(standing.level, standing.role, name));
            granted = standing.isLast;
          }
          const needed = levels.reduce(
            (sum, { roles, needs }) => sum + (needs === 'one' ? 1 : roles.length),
            0,
          );
          expect(granted).toBe(openLevel(levels, answers) === undefined);
          expect(new Set(answers.map(({ by }) => by)).size).toBe(answers.length);
          expect(answers.some(({ by }) => by === 'Ann')).toBe(false);
          expect(answers.length === needed).toBe(granted);
          expect(answers.length).toBeLessThanOrEqual(needed);
        },
      ),
    );
  });
});
