import { describe, expect, it } from 'vitest';
import { usualAccessSettings as rules } from '../../../platform/config/index.ts';
import type { PrincipalRow } from '../people/principals.sql.ts';
import { findEnd, sessionsToEnd, withEnds } from './session-decision.ts';
import type { SessionRow } from './sessions.sql.ts';
import { decideSignIn, failuresCountFrom } from './sign-in-decision.ts';

const at = new Date('2026-11-26T12:00:00Z');
const ago = (minutes: number): Date => new Date(at.getTime() - minutes * 60_000);
const person = { kind: 'person', status: 'active', lockedUntil: null, failuresCountedFrom: null } as const;

describe('what comes of a sign-in', () => {
  it.each([
    ['nobody', undefined, true, 0, { kind: 'refused', why: 'unknown' }],
    ['a program', { ...person, kind: 'service' }, true, 0, { kind: 'refused', why: 'service' }],
    ['disabled', { ...person, status: 'disabled' }, true, 0, { kind: 'refused', why: 'disabled' }],
    ['locked', { ...person, status: 'locked' }, true, 0, { kind: 'refused', why: 'locked' }],
    ['locked, wrong', { ...person, status: 'locked' }, false, 9, { kind: 'refused', why: 'locked' }],
    [
      'its lock ran out',
      { ...person, status: 'locked', lockedUntil: at },
      true,
      0,
      { kind: 'granted', releases: true },
    ],
    ['right', person, true, 2, { kind: 'granted', releases: false }],
    ['the second wrong', person, false, 1, { kind: 'refused', why: 'wrong' }],
    ['the third wrong', person, false, 2, { kind: 'refused', why: 'wrong', locks: { until: undefined } }],
  ] as const)('%s', (_who, principal, isRight, failures, decision) => {
    expect(decideSignIn({ principal, isRight, failures, at, rules })).toEqual(decision);
  });

  it('refused sign-ins count from the latest of window, success or release, and end of a lock', () => {
    expect(failuresCountFrom(person, at, rules)).toEqual(ago(15));
    expect(failuresCountFrom({ ...person, failuresCountedFrom: ago(3) }, at, rules)).toEqual(ago(3));
    expect(
      failuresCountFrom({ ...person, failuresCountedFrom: ago(30), lockedUntil: ago(1) }, at, rules),
    ).toEqual(ago(1));
    expect(failuresCountFrom({ ...person, lockedUntil: ago(-5) }, at, rules)).toEqual(ago(15));
  });
});

describe('when a session ends', () => {
  const session = { createdAt: ago(60), lastActivityAt: ago(12) } as unknown as SessionRow;
  const active: Pick<PrincipalRow, 'status' | 'lockedUntil'> = { status: 'active', lockedUntil: null };
  it('idle time is shorter for who is privileged, and none outlasts the absolute end', () => {
    expect(findEnd(withEnds(session, false, rules), active, at)).toBeUndefined();
    expect(findEnd(withEnds(session, true, rules), active, at)).toBe('idle');
    const old = { ...session, createdAt: ago(12 * 60), lastActivityAt: at };
    expect(findEnd(withEnds(old, false, rules), active, at)).toBe('too_old');
    expect(withEnds(old, false, rules).idleEndsAt).toEqual(at);
  });

  it('a longer setting for the privileged does not lengthen theirs', () => {
    const wide = { ...rules, sessionIdlePrivilegedMinutes: 60 };
    expect(withEnds(session, true, wide).idleEndsAt).toEqual(new Date(at.getTime() + 3 * 60_000));
  });

  it('the oldest make room for one more', () => {
    expect(sessionsToEnd([1, 2], false, rules)).toEqual([]);
    expect(sessionsToEnd([1, 2, 3, 4], false, rules)).toEqual([1, 2]);
    expect(sessionsToEnd([1, 2], true, rules)).toEqual([1]);
  });
});
