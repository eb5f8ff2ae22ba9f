/** What each kind needs, each rule with the source that asks for it (shared reference grc-formats 3.2 and 1.1). */
import { describe, expect, it } from 'vitest';
import { endOf } from './follow-deviations.ts';
import { noticesOf } from './notices.ts';
import { deviationRequest, faultsOf, type RequestFacts } from './requirements.ts';
import { deviationTransitions } from './deviation-states.ts';

const today = '2026-11-27';
const hash = 'a'.repeat(64);
const facts = (severity = 'Medium', longestDays: number | null = null): RequestFacts => ({
  today,
  severity,
  longestDays,
});
const whole = {
  false_positive: {
    rationale: 'the library is not loaded',
    details: { proof: 'the package is not installed' },
    evidence: [{ sha256: hash, name: 'packages.txt' }],
  },
  risk_acceptance: {
    rationale: 'replaced in March',
    details: { conditions: 'stays behind the firewall' },
    until: '2027-03-31',
  },
  operational_requirement: {
    rationale: 'the line would stop',
    compensatingControls: 'its network is cut off',
    details: { impact: 'production stops for two days', acceptedBecause: 'no route leads to it' },
    reviewOn: '2027-02-01',
    until: '2027-06-01',
  },
  risk_adjustment: {
    rationale: 'not reachable',
    adjustedSeverity: 'Low',
    details: {
      vectorBefore: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
      vectorAfter: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:A',
      explanations: { MAV: 'only the management network reaches it' },
      mitigation: 'segmented network',
    },
  },
  vendor_dependency: {
    rationale: 'no fix yet',
    details: { product: 'Router OS', vendor: 'Acme', checkedIn: '2026-11-20', contact: 'ticket 17: in work' },
  },
} as const;
type Kind = keyof typeof whole;

/** A complete request with some of it changed; undefined takes a field out. */
function ask(kind: Kind, changes: object = {}, details: object = {}) {
  const base = whole[kind];
  const merged = { kind, poam: 'P-1', ...base, ...changes, details: { ...base.details, ...details } };
  return deviationRequest.parse(JSON.parse(JSON.stringify(merged)));
}
const fieldsOf = (kind: Kind, changes: object = {}, details: object = {}, given = facts()): string[] =>
  faultsOf(ask(kind, changes, details), given).map(({ field }) => field);

describe('a request for a deviation', () => {
  it.each(Object.keys(whole) as Kind[])('of the kind %s that says all that it needs is taken', (kind) => {
    expect(faultsOf(ask(kind), facts('Medium', kind === 'risk_acceptance' ? 365 : null))).toEqual([]);
  });

  it.each([
    ['false_positive', { evidence: [] }, {}, 'evidence', 'FedRAMP: request form with evidence'],
    ['false_positive', {}, { proof: undefined }, 'proof', 'Tieline: proof that the scanner is wrong'],
    [
      'risk_acceptance',
      {},
      { conditions: undefined },
      'conditions',
      'the DoD’s GRC system: conditions in comments',
    ],
    ['operational_requirement', {}, { impact: undefined }, 'impact', 'FedRAMP: operational impact'],
    [
      'operational_requirement',
      {},
      { acceptedBecause: undefined },
      'acceptedBecause',
      'FedRAMP: why accept a Moderate unmitigated',
    ],
    [
      'operational_requirement',
      { compensatingControls: undefined },
      {},
      'compensatingControls',
      'C-PAT: mitigations',
    ],
    ['operational_requirement', { reviewOn: undefined }, {}, 'reviewOn', 'FedRAMP: reassess periodically'],
    ['operational_requirement', { reviewOn: '2027-07-01' }, {}, 'reviewOn', 'not after its end'],
    ['risk_adjustment', {}, { vectorBefore: undefined }, 'vectorBefore', 'FedRAMP: CVSS values'],
    ['risk_adjustment', {}, { vectorAfter: undefined }, 'vectorAfter', 'FedRAMP: CVSS environmental values'],
    ['risk_adjustment', {}, { explanations: {} }, 'explanations', 'FedRAMP: each with explanation'],
    [
      'risk_adjustment',
      {},
      { mitigation: undefined },
      'mitigation',
      'C-PAT: mitigations when adjusted differs',
    ],
    ['risk_adjustment', { adjustedSeverity: undefined }, {}, 'adjustedSeverity', 'FedRAMP: requested rating'],
    [
      'risk_adjustment',
      { adjustedSeverity: 'High' },
      {},
      'adjustedSeverity',
      'FedRAMP: a raise needs no request',
    ],
    ['vendor_dependency', {}, { product: undefined }, 'product', 'FedRAMP column R'],
    ['vendor_dependency', {}, { vendor: undefined }, 'vendor', 'Tieline: vendor'],
    ['vendor_dependency', {}, { checkedIn: undefined }, 'checkedIn', 'FedRAMP column Q'],
    ['vendor_dependency', {}, { checkedIn: '2026-10-27' }, 'checkedIn', 'FedRAMP: at least every 30 days'],
    ['vendor_dependency', {}, { checkedIn: '2026-11-28' }, 'checkedIn', 'not ahead'],
    ['vendor_dependency', {}, { contact: undefined }, 'contact', 'Tieline: evidence of contact'],
  ] as const)(
    'of the kind %s without or with a wrong %o %o is refused at %s (%s)',
    (kind, changes, details, field, _source) => {
      const faults = faultsOf(ask(kind, changes, details), facts());
      expect(faults.map((each) => each.field)).toContain(field);
      expect(faults.find((each) => each.field === field)?.message.length).toBeGreaterThan(10);
    },
  );

  it('needs an end where the rules say how long it may hold, and not a later one', () => {
    expect(fieldsOf('risk_acceptance', { until: undefined }, {}, facts('Low', 365))).toEqual(['until']);
    expect(fieldsOf('risk_acceptance', { until: '2027-11-28' }, {}, facts('Low', 365))).toEqual(['until']);
    expect(fieldsOf('risk_acceptance', { until: '2027-11-27' }, {}, facts('Low', 365))).toEqual([]);
    expect(fieldsOf('risk_acceptance', { until: '2026-11-26' })).toEqual(['until']);
    expect(fieldsOf('risk_acceptance', { until: today })).toEqual([]);
    expect(fieldsOf('risk_acceptance', { until: undefined })).toEqual([]);
  });

  it('does not say what is of another kind', () => {
    expect(fieldsOf('risk_acceptance', {}, { vendor: 'Acme' })).toEqual(['vendor']);
    expect(fieldsOf('false_positive', { adjustedSeverity: 'Low' })).toEqual(['adjustedSeverity']);
  });

  it.each([
    [
      'changes a base metric',
      { vectorAfter: 'CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', explanations: { AV: 'x' } },
    ],
    [
      'changes a temporal metric',
      { vectorAfter: `${whole.risk_adjustment.details.vectorBefore}/E:U`, explanations: { E: 'x' } },
    ],
    ['changes nothing', { vectorAfter: whole.risk_adjustment.details.vectorBefore }],
    [
      'is of another version',
      { vectorAfter: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MAV:A' },
    ],
    ['is none', { vectorAfter: 'low, in our view' }],
    ['lacks a metric', { vectorAfter: 'CVSS:3.1/AV:N/AC:L' }],
    ['says one twice', { vectorAfter: `${whole.risk_adjustment.details.vectorAfter}/MAV:L` }],
  ])('of a risk adjustment whose vector %s is refused', (_why, details) => {
    expect(fieldsOf('risk_adjustment', {}, details)).toContain('vectorAfter');
  });
});

describe('the states of a deviation', () => {
  it('lead nowhere once it has ended', () => {
    for (const state of ['rejected', 'withdrawn', 'expired', 'lapsed'] as const)
      expect(Object.values(deviationTransitions[state]).every((next) => next === null)).toBe(true);
  });

  const some = { unfixed: 2, all: 2 };
  const none = { unfixed: 0, all: 2 };
  it.each([
    ['approved', '2026-11-26', some, 'live', { event: 'expire' }],
    ['approved', today, some, 'live', undefined],
    ['requested', '2026-11-26', some, 'live', { event: 'lapse' }],
    ['approved', null, none, 'live', { event: 'lapse', reason: 'fixed' }],
    ['requested', null, none, 'live', { event: 'lapse', reason: 'fixed' }],
    ['approved', null, { unfixed: 0, all: 0 }, 'live', undefined],
    ['approved', null, undefined, 'live', undefined],
    ['approved', null, some, 'deviation', undefined],
    ['approved', null, some, 'completed', { event: 'lapse', reason: 'its POA&M is over' }],
    ['requested', null, some, 'cancelled', { event: 'lapse', reason: 'its POA&M is over' }],
    ['approved', null, some, undefined, { event: 'lapse', reason: 'its POA&M is over' }],
  ] as const)(
    'one that is %s until %s with findings %o, whose POA&M is %s, comes to %o',
    (state, expiresOn, findings, standing, over) => {
      const deviation = { state, expiresOn, kind: 'risk_acceptance' } as const;
      expect(endOf(deviation, { today, findings, standing })).toEqual(over);
    },
  );

  it('a false positive outlives the completion that it is the reason of, and no cancellation', () => {
    const deviation = { state: 'approved', expiresOn: null, kind: 'false_positive' } as const;
    expect(endOf(deviation, { today, findings: some, standing: 'completed' })).toBeUndefined();
    expect(endOf(deviation, { today, findings: some, standing: 'cancelled' })).toMatchObject({
      event: 'lapse',
    });
  });
});

describe('what a person is told of a deviation', () => {
  const quiet = { today, lastCheckIn: undefined, changedPlugin: undefined, notSent: 0, isAdjusted: false };
  const holding = {
    state: 'approved',
    kind: 'risk_acceptance',
    expiresOn: null,
    reviewOn: null,
    severity: 'Medium',
    requestedAt: new Date('2026-11-01T00:00:00Z'),
  } as const;
  it.each([
    ['2026-12-28', []],
    ['2026-12-27', ['ends_in_30']],
    ['2026-12-05', ['ends_in_30']],
    ['2026-12-04', ['ends_in_7']],
    ['2026-11-27', ['ends_in_7']],
  ])('one that ends on %s is announced as %o', (expiresOn, kinds) => {
    expect(noticesOf({ ...holding, expiresOn }, quiet).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('a vendor is to be asked again 30 days after the last time', () => {
    const waiting = { ...holding, kind: 'vendor_dependency' } as const;
    const kinds = (lastCheckIn: string) =>
      noticesOf(waiting, { ...quiet, lastCheckIn }).map(({ kind }) => kind);
    expect(kinds('2026-10-29')).toEqual([]);
    expect(kinds('2026-10-28')).toEqual(['check_in_due']);
  });

  it('a High weakness that waits for its vendor is to be adjusted, until it is', () => {
    const waiting = { ...holding, kind: 'vendor_dependency', severity: 'High' } as const;
    const told = { ...quiet, lastCheckIn: today };
    expect(noticesOf(waiting, told)).toEqual([{ kind: 'adjust_due', about: '2026-12-01' }]);
    expect(noticesOf(waiting, { ...told, isAdjusted: true })).toEqual([]);
  });

  it('a review that is due, a check that was changed, and assets without a scanner are said', () => {
    const told = { ...quiet, changedPlugin: '1001', notSent: 2 };
    expect(noticesOf({ ...holding, reviewOn: today }, told)).toEqual([
      { kind: 'review_due', about: today },
      { kind: 'plugin_changed', about: '1001' },
      { kind: 'not_sent', about: '2' },
    ]);
  });

  it('nothing is said of one that does not hold', () => {
    const told = { ...quiet, changedPlugin: '1001', notSent: 2 };
    expect(noticesOf({ ...holding, state: 'requested', expiresOn: today }, told)).toEqual([]);
  });
});
