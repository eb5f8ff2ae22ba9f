/** The evidence of a fix: each of four parts yes, no or unknown (grc-formats 3.3 and FedRAMP's closing rule). */
import { expect, it } from 'vitest';
import { evidenceOfFix, type FixFacts, isProven } from './fix-evidence.ts';

const proven: FixFacts = {
  fixedAt: '2026-11-20T10:00:00.000Z',
  lastFound: '2026-11-10T10:00:00.000Z',
  fixReportedAt: null,
  assetSeenAt: '2026-11-20T10:05:00.000Z',
  authenticatedAt: '2026-11-20T09:55:00.000Z',
  isRemoteCheck: false,
  covered: { scans: 0, ranPlugin: false },
  isReportedFixed: true,
};
const of = (facts: Partial<FixFacts>) => evidenceOfFix({ ...proven, ...facts });

it('a scan with credentials that came later, saw the machine and ran the check proves a fix', () => {
  expect(of({})).toEqual({ after: 'yes', sawHost: 'yes', authenticated: 'yes', ranPlugin: 'yes' });
  expect(isProven(of({}))).toBe(true);
});

it.each([
  ['after', { fixReportedAt: '2026-11-21T00:00:00.000Z' }, 'no'],
  ['after', { fixReportedAt: '2026-11-19T00:00:00.000Z' }, 'yes'],
  ['after', { lastFound: '2026-11-20T10:00:00.000Z' }, 'no'],
  ['after', { lastFound: null }, 'unknown'],
  ['after', { fixedAt: null }, 'unknown'],
  ['sawHost', { assetSeenAt: null }, 'unknown'],
  ['sawHost', { assetSeenAt: '2026-11-19T23:00:00.000Z' }, 'unknown'],
  ['sawHost', { assetSeenAt: null, covered: { scans: 1, ranPlugin: true } }, 'yes'],
  ['authenticated', { authenticatedAt: null }, 'unknown'],
  ['authenticated', { authenticatedAt: '2026-11-19T10:00:00.000Z' }, 'no'],
  ['authenticated', { authenticatedAt: null, isRemoteCheck: true }, 'yes'],
  ['authenticated', { authenticatedAt: null, isRemoteCheck: null }, 'unknown'],
  ['authenticated', { authenticatedAt: null, covered: { scans: 1, ranPlugin: true } }, 'yes'],
  ['ranPlugin', { isReportedFixed: false }, 'unknown'],
  ['ranPlugin', { isReportedFixed: false, covered: { scans: 2, ranPlugin: false } }, 'no'],
  ['ranPlugin', { isReportedFixed: false, covered: { scans: 2, ranPlugin: true } }, 'yes'],
] as const)('%s of a fix with %o is %s', (part, facts, answer) => {
  expect(of(facts)[part]).toBe(answer);
});

it('one part that is not a yes leaves a fix unproven', () => {
  for (const facts of [
    { lastFound: null },
    { assetSeenAt: null },
    { authenticatedAt: null },
    { isReportedFixed: false },
  ])
    expect(isProven(of(facts))).toBe(false);
});
