/** What becomes of a POA&M when the findings under it have moved. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckUnder } from '../../../record/poams/index.ts';
import { usualLife } from '../../../record/poam-life/index.ts';
import { decideLife, type FindingUnder, type LivingPoam, stateAfter } from './decide-life.ts';

const now = '2026-11-27T00:00:00.000Z';
const fixed: FindingUnder = {
  id: 1,
  pluginId: '20001',
  asset: 'web01',
  lifecycle: 'fixed',
  isFalsePositive: false,
  isInside: true,
  fixedAt: '2026-11-20T10:00:00.000Z',
  lastFound: '2026-11-10T10:00:00.000Z',
  fixReportedAt: null,
  assetSeenAt: '2026-11-20T10:05:00.000Z',
  authenticatedAt: '2026-11-20T09:55:00.000Z',
  isRemoteCheck: false,
  covered: { scans: 0, ranPlugin: false },
  isReportedFixed: true,
};
const check: CheckUnder = {
  id: 1,
  check: '1.1.1',
  asset: 'web01',
  isPassed: true,
  isFailing: false,
  seenAt: '2026-11-20T10:00:00.000Z',
  detectedOn: '2026-11-01',
};
const open: FindingUnder = { ...fixed, id: 2, asset: 'web02', lifecycle: 'open', fixedAt: null };
const poam: LivingPoam = {
  poamId: 'P1',
  status: 'Open',
  isMadeHere: true,
  settings: usualLife,
  verifiedAt: null,
  mayMove: true,
  findings: [fixed],
};
const decided = (given: Partial<LivingPoam>) => {
  const decision = decideLife({ ...poam, ...given }, now);
  return {
    to: stateAfter({ ...poam, ...given }, decision),
    asks: decision.questions.map(({ code }) => code),
  };
};

describe('a POA&M under which', () => {
  it('everything is fixed with evidence waits for the word of a person, and is completed where its boundary says so', () => {
    expect(decided({})).toEqual({ to: 'pending_verification', asks: ['awaits_word'] });
    expect(decided({ status: 'Pending Verification' })).toEqual({ to: undefined, asks: ['awaits_word'] });
    const atOnce = { ...usualLife, closeAfter: 'at once' as const };
    expect(decided({ settings: atOnce })).toEqual({ to: 'completed', asks: [] });
    const afterDays = { ...usualLife, closeAfter: 'days' as const, closeDays: 5 };
    expect(decided({ settings: afterDays })).toEqual({ to: 'pending_verification', asks: [] });
    const status = 'Pending Verification';
    expect(decided({ settings: afterDays, status, verifiedAt: '2026-11-23T12:00:00.000Z' })).toEqual({
      to: undefined,
      asks: [],
    });
    expect(decided({ settings: afterDays, status, verifiedAt: '2026-11-22T12:00:00.000Z' })).toEqual({
      to: 'completed',
      asks: [],
    });
  });

  it('everything is fixed, and that a person wrote, is completed by their word only', () => {
    const settings = { ...usualLife, closeAfter: 'at once' as const };
    expect(decided({ isMadeHere: false, settings })).toEqual({
      to: 'pending_verification',
      asks: ['awaits_word'],
    });
  });

  it('something is open stays, and goes back to work where evidence had brought it to be verified', () => {
    expect(decided({ findings: [fixed, open] })).toEqual({ to: undefined, asks: [] });
    const status = 'Pending Verification';
    expect(decided({ findings: [fixed, open], status, verifiedAt: now }).to).toBe('in_progress');
    // A person says that it is to be verified, whatever scans have seen so far.
    expect(decided({ findings: [fixed, open], status }).to).toBeUndefined();
  });

  it('a fix is not proven asks a person, and names the machine and what is not known', () => {
    const findings = [fixed, { ...fixed, id: 3, asset: 'db01', authenticatedAt: null }];
    const { questions, events } = decideLife({ ...poam, findings }, now);
    expect(events).toEqual([]);
    expect(questions).toEqual([
      {
        code: 'fix_unproven',
        params: {
          findings: 2,
          unproven: 1,
          machines: ['db01'],
          after: 0,
          sawHost: 0,
          authenticated: 1,
          ranPlugin: 0,
        },
      },
    ]);
  });

  it.each([
    ['a machine is gone', { lifecycle: 'gone' }, 'machines_gone'],
    ['a finding is no longer shown', { lifecycle: 'missing' }, 'findings_missing'],
    ['a machine left the boundary', { isInside: false }, 'machines_left'],
  ] as const)('%s is never closed by that: a person is asked by name', (_what, facts, code) => {
    const findings = [fixed, { ...open, ...facts }];
    const settings = { ...usualLife, closeAfter: 'at once' as const };
    const { questions, events } = decideLife({ ...poam, findings, settings }, now);
    expect(events).toEqual([]);
    expect(questions).toEqual([{ code, params: { findings: 1, machines: ['web02'] } }]);
  });

  it('a false positive was approved counts as fixed, an accepted risk as open', () => {
    expect(decided({ findings: [fixed, { ...open, isFalsePositive: true }] }).to).toBe(
      'pending_verification',
    );
    expect(decided({ findings: [fixed, open] }).to).toBeUndefined();
  });

  it('everything open was dismissed at a scanner only asks a person, and is not closed', () => {
    const settings = { ...usualLife, closeAfter: 'at once' as const };
    expect(decided({ findings: [fixed, { ...open, isDismissed: true }], settings })).toEqual({
      to: undefined,
      asks: ['dismissed_there'],
    });
    expect(decided({ findings: [open, { ...open, isDismissed: true }], settings }).asks).toEqual([]);
  });

  it('nothing is fixed, and each finding is an approved false positive, asks a person and closes nothing', () => {
    const settings = { ...usualLife, closeAfter: 'at once' as const };
    expect(decided({ findings: [{ ...open, isFalsePositive: true }], settings })).toEqual({
      to: undefined,
      asks: ['all_false_positive'],
    });
  });

  it('checks of audits pass by a later result closes it like fixed findings, with or without findings beside them', () => {
    const settings = { ...usualLife, closeAfter: 'at once' as const };
    expect(decided({ findings: [], checks: [check], settings })).toEqual({ to: 'completed', asks: [] });
    expect(decided({ checks: [check, { ...check, id: 2 }], settings })).toEqual({
      to: 'completed',
      asks: [],
    });
    expect(decided({ findings: [], checks: [check] })).toEqual({
      to: 'pending_verification',
      asks: ['awaits_word'],
    });
  });

  it('a check of an audit fails again goes back to work where evidence had brought it to verification', () => {
    const failing = { ...check, isPassed: false, isFailing: true };
    const given = {
      status: 'Pending Verification',
      verifiedAt: '2026-11-23T12:00:00.000Z',
      checks: [failing],
    };
    expect(decided(given)).toEqual({ to: 'in_progress', asks: [] });
    expect(decided({ checks: [failing] })).toEqual({ to: undefined, asks: [] });
  });

  it.each([
    ['its result is a warning or an error', { isPassed: false }],
    ['its result is of the day on which it failed', { seenAt: '2026-11-01T09:00:00Z' }],
    ['its result has no time', { seenAt: null }],
  ])('checks of audits no longer fail, but %s, asks a person', (_why, changes) => {
    const settings = { ...usualLife, closeAfter: 'at once' as const };
    const given = { findings: [], checks: [check, { ...check, id: 2, ...changes }], settings };
    expect(decided(given)).toEqual({ to: undefined, asks: ['checks_pass'] });
  });

  it('nothing was ever found is left alone, and so is one that has ended or whose status is a word of its own', () => {
    for (const given of [
      { findings: [] },
      { status: 'Completed' },
      { status: 'Risk Accepted' },
      { status: 'Draft' },
      { status: 'Waiting for vendor' },
    ])
      expect(decided(given)).toEqual({ to: undefined, asks: [] });
  });

  it('everything is fixed asks a person where no policy lets its state out', () => {
    expect(decided({ mayMove: false })).toEqual({ to: undefined, asks: ['not_let_out'] });
  });
});

it('no POA&M is completed while a finding under it is neither fixed nor an approved false positive (L1)', () => {
  const finding: fc.Arbitrary<FindingUnder> = fc
    .record({
      lifecycle: fc.constantFrom('open', 'reopened', 'fixed', 'missing', 'gone' as const),
      isFalsePositive: fc.boolean(),
      isInside: fc.boolean(),
      authenticatedAt: fc.constantFrom(null, fixed.authenticatedAt, '2026-11-01T00:00:00.000Z'),
      lastFound: fc.constantFrom(null, fixed.lastFound, '2026-11-26T00:00:00.000Z'),
      isReportedFixed: fc.boolean(),
    })
    .map((some) => ({ ...fixed, ...some }));
  fc.assert(
    fc.property(
      fc.array(finding, { maxLength: 4 }),
      fc.constantFrom('Open', 'In Progress', 'Pending Verification', 'Completed', 'Draft'),
      fc.constantFrom('at once', 'days', 'word' as const),
      fc.boolean(),
      fc.constantFrom(null, '2026-01-01T00:00:00.000Z'),
      (findings, status, closeAfter, isMadeHere, verifiedAt) => {
        const given = {
          ...poam,
          findings,
          status,
          isMadeHere,
          verifiedAt,
          settings: { ...usualLife, closeAfter },
        };
        const decision = decideLife(given, now);
        if (stateAfter(given, decision) !== 'completed') return;
        expect(findings.every((each) => each.lifecycle === 'fixed' || each.isFalsePositive)).toBe(true);
        expect(decision.isVerified).toBe(true);
      },
    ),
  );
});
