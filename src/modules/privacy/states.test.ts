import { describe, expect, it } from 'vitest';
import { allPrivacyStatuses, allPrivacySteps, type PrivacyStatus } from '../../canonical/vocabulary/index.ts';
import { nextStatus, privacyTransitions, type Standing, stepsFrom } from './states.ts';
import { patternsOf, termsOf } from './search/terms.ts';

/** Every state, of a person who was identified and of one who was not. */
const everyStanding: readonly Standing[] = allPrivacyStatuses.flatMap((status) =>
  [new Date(0), null].map((identityAt) => ({ status, identityAt })),
);

describe('the states of a privacy request', () => {
  it('every state says of every step where it leads or why it may not be taken', () => {
    for (const from of everyStanding)
      for (const step of allPrivacySteps) {
        const next = nextStatus(from, step);
        const isSaid = 'to' in next ? allPrivacyStatuses.includes(next.to) : next.refused.length > 10;
        expect([from, step, isSaid]).toEqual([from, step, true]);
      }
    expect(Object.keys(privacyTransitions).toSorted()).toEqual([...allPrivacyStatuses].toSorted());
  });

  it('every state is reached from receipt, and closing is reached from every state', () => {
    const reached = (from: PrivacyStatus): Set<PrivacyStatus> => {
      const seen = new Set<PrivacyStatus>([from]);
      for (const at of seen)
        for (const identityAt of [new Date(0), null])
          for (const step of stepsFrom({ status: at, identityAt })) {
            const next = nextStatus({ status: at, identityAt }, step);
            if ('to' in next) seen.add(next.to);
          }
      return seen;
    };
    expect([...reached('received')].toSorted()).toEqual([...allPrivacyStatuses].toSorted());
    for (const status of allPrivacyStatuses) expect(reached(status)).toContain('closed');
  });

  it('nothing is granted before the identity was verified, a search was made and what it found was reviewed', () => {
    for (const from of everyStanding) {
      const { status } = from;
      const isOpenAppeal = status === 'appealed' && from.identityAt !== null;
      const mayGrant = status === 'review' || isOpenAppeal;
      for (const step of ['grant', 'grant_partly'] as const)
        expect([from, 'to' in nextStatus(from, step)]).toEqual([from, mayGrant]);
      const maySearch = ['identity_verified', 'searching', 'review'].includes(status) || isOpenAppeal;
      expect([from, 'to' in nextStatus(from, 'search')]).toEqual([from, maySearch]);
    }
  });

  it('in an appeal the identity is verified where it was not, and only there', () => {
    const steps = (identityAt: Date | null) => stepsFrom({ status: 'appealed', identityAt });
    expect(steps(null)).toContain('identify');
    expect(steps(new Date(0))).not.toContain('identify');
  });
});

describe('what is searched for', () => {
  it('the name is searched for in both orders, with user id and mail address', () => {
    expect(termsOf({ subjectId: 'jdoe', name: 'Jane  Q. Doe', mail: 'jane@agency.example' })).toEqual([
      'jdoe',
      'jane@agency.example',
      'Jane Q. Doe',
      'Doe, Jane Q.',
    ]);
  });

  it('signs of LIKE and of JSON in a name are taken as they are', () => {
    expect(patternsOf(['50%_a"b'])).toEqual([
      '%50\\%\\_a"b%',
      '%50\\%\\_A"B%',
      '%50\\%\\_a\\\\"b%',
      '%50\\%\\_A\\\\"B%',
    ]);
  });
});
