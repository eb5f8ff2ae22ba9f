import { describe, expect, it } from 'vitest';
import { allPrivacyStatuses, allPrivacySteps, type PrivacyStatus } from '../../canonical/vocabulary/index.ts';
import { nextStatus, privacyTransitions, stepsFrom } from './states.ts';
import { patternsOf, termsOf } from './search/terms.ts';

describe('the states of a privacy request', () => {
  it('every state says of every step where it leads or why it may not be taken', () => {
    for (const status of allPrivacyStatuses)
      for (const step of allPrivacySteps) {
        const next = nextStatus(status, step);
        const isSaid = 'to' in next ? allPrivacyStatuses.includes(next.to) : next.refused.length > 10;
        expect([status, step, isSaid]).toEqual([status, step, true]);
      }
    expect(Object.keys(privacyTransitions).toSorted()).toEqual([...allPrivacyStatuses].toSorted());
  });

  it('every state is reached from receipt, and closing is reached from every state', () => {
    const reached = (from: PrivacyStatus): Set<PrivacyStatus> => {
      const seen = new Set<PrivacyStatus>([from]);
      for (const at of seen)
        for (const step of stepsFrom(at)) {
          const next = nextStatus(at, step);
          if ('to' in next) seen.add(next.to);
        }
      return seen;
    };
    expect([...reached('received')].toSorted()).toEqual([...allPrivacyStatuses].toSorted());
    for (const status of allPrivacyStatuses) expect(reached(status)).toContain('closed');
  });

  it('nothing is granted before the identity was verified, a search was made and what it found was reviewed', () => {
    for (const status of allPrivacyStatuses) {
      const mayGrant = 'to' in nextStatus(status, 'grant');
      expect([status, mayGrant]).toEqual([status, status === 'review' || status === 'appealed']);
      const maySearch = ['identity_verified', 'searching', 'review', 'appealed'].includes(status);
      expect([status, 'to' in nextStatus(status, 'search')]).toEqual([status, maySearch]);
    }
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
