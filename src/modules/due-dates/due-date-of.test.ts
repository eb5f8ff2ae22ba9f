/** When a weakness is due, whatever the policies: with ones that are made up here. Those that ship are in shipped-policies.pg.test.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueConditions, type PolicyTime, type PolicyVersion } from '../../canonical/due-dates/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';
import { addDays } from './calendar/days.ts';
import { reasonOfAnswer } from './due-reason.ts';
import { type AppliedPolicy, answersOf, dueDateOf, type DueInputs, type DueRules } from './due-date-of.ts';

const policy = (
  given: Partial<PolicyVersion> & Pick<PolicyVersion, 'policyId' | 'times'>,
): PolicyVersion => ({
  title: given.policyId,
  version: 1,
  basis: 'first_found',
  counts: 'days',
  calendar: null,
  civilianOnly: false,
  whenEarlier: 'ask',
  effectiveFrom: null,
  effectiveUntil: null,
  graceUntil: null,
  source: 'this test',
  sourceRead: true,
  rating: 'original',
  epssFrom: null,
  evaluations: [],
  ...given,
});
const high = (days: number): PolicyTime[] => [{ when: { severity: 'High' }, days, remark: null }];
const applied = (...versions: PolicyVersion[]): AppliedPolicy => ({
  policyId: versions[0]?.policyId ?? '',
  versions,
  coversOpen: false,
});
const rules = (...policies: AppliedPolicy[]): DueRules => ({ policies, calendars: new Map() });
const weakness = (given: Partial<DueInputs> = {}): DueInputs => ({
  severity: 'High',
  detectedOn: '2026-03-01',
  cves: [],
  ...given,
});

describe('when a weakness is due', () => {
  it('the earliest date of the policies that apply wins, and every other answer is kept', () => {
    const due = dueDateOf(
      weakness(),
      rules(
        applied(policy({ policyId: 'slow', times: high(60) })),
        applied(policy({ policyId: 'fast', times: high(14) })),
        applied(policy({ policyId: 'old', times: high(1), effectiveUntil: '2026-01-01' })),
      ),
    );
    expect(due?.on).toBe('2026-03-15');
    expect(due?.answers.map(({ policyId, on, silence }) => [policyId, on, silence])).toEqual([
      ['fast', '2026-03-15', null],
      ['slow', '2026-04-30', null],
      ['old', null, 'not_in_force'],
    ]);
  });

  it('a weakness follows the version in force on the day on which its clock starts', () => {
    const matrix = applied(
      policy({ policyId: 'm', version: 1, times: high(30) }),
      policy({ policyId: 'm', version: 2, times: high(10), effectiveFrom: '2026-03-02' }),
    );
    const dueOf = (detectedOn: string) => dueDateOf(weakness({ detectedOn }), rules(matrix))?.answer;
    expect(dueOf('2026-03-01')).toMatchObject({ version: 1, on: '2026-03-31' });
    expect(dueOf('2026-03-02')).toMatchObject({ version: 2, on: '2026-03-12' });
  });

  it('a policy that goes by the adjusted rating takes that of an approved risk adjustment, and another one does not', () => {
    const times: PolicyTime[] = [...high(30), { when: { severity: 'Medium' }, days: 90, remark: null }];
    const adjusted = { severity: 'Medium', deviation: 7 } as const;
    const [found, own] = answersOf(
      weakness({ adjusted }),
      rules(
        applied(policy({ policyId: 'found', times })),
        applied(policy({ policyId: 'own', rating: 'adjusted', times })),
      ),
    );
    expect(found).toMatchObject({ on: '2026-03-31', adjustment: null, facts: { severity: 'High' } });
    expect(own).toMatchObject({ on: '2026-05-30', adjustment: 7, facts: { severity: 'Medium' } });
    expect(own && reasonOfAnswer(own, 'High')).toMatch(
      /: medium \(adjusted from high by deviation 7\) within 90 days/,
    );
  });

  it('a policy that names an EPSS score dates what reaches it earlier, and what has no score is unknown (grc-formats 3.1, the VDR preset of a peer)', () => {
    const preset = applied(
      policy({
        policyId: 'preset',
        epssFrom: 0.5,
        times: [
          { when: { epss: 'yes', exposed: 'yes' }, days: 4, remark: null },
          { when: { epss: 'yes' }, days: 14, remark: null },
          { when: {}, days: 30, remark: null },
        ],
      }),
    );
    const on = (epss: number | undefined) =>
      answersOf(
        weakness({ exposed: 'no', cves: [{ cve: 'CVE-2026-1', kev: 'no', epss }] }),
        rules(preset),
      )[0];
    expect(on(0.49)?.on).toBe('2026-03-31');
    expect(on(0.5)?.on).toBe('2026-03-15');
    expect(on(undefined)).toMatchObject({ on: '2026-03-15', latest: '2026-03-31', unknown: ['epss'] });
  });

  it('what is not evaluated is to be by the days of its class, of an unknown class by the fewest, and counted from the first day of the policy', () => {
    const vdr = policy({
      policyId: 'vdr',
      times: [{ when: {}, days: 30, remark: null }],
      basis: 'evaluation_completed',
      effectiveFrom: '2026-12-07',
      evaluations: [
        { class: 'A', days: 14 },
        { class: 'D', days: 2 },
      ],
    });
    const by = (given: Partial<DueInputs>) =>
      answersOf(
        weakness({ detectedOn: '2026-12-10', ...given }),
        rules({ ...applied(vdr), coversOpen: true }),
      )[0]?.evaluateBy;
    expect(by({ class: 'A' })).toBe('2026-12-24');
    expect(by({})).toBe('2026-12-12');
    expect(by({ class: 'D', detectedOn: '2026-11-20' })).toBe('2026-12-09');
    expect(by({ class: 'A', evaluatedAt: '2026-12-11T00:00:00Z' })).toBeNull();
    expect(by({ class: 'B' })).toBeNull();
  });

  it('a policy that begins later counts for what was open only where the boundary says so, and from its beginning', () => {
    const later = applied(policy({ policyId: 'new', times: high(5), effectiveFrom: '2026-12-07' }));
    expect(answersOf(weakness(), rules(later))[0]).toMatchObject({ on: null, silence: 'began_later' });
    expect(answersOf(weakness(), rules({ ...later, coversOpen: true, unapproved: [1] }))[0]).toMatchObject({
      on: null,
      silence: 'not_approved',
    });
    expect(answersOf(weakness(), rules({ ...later, coversOpen: true }))[0]).toMatchObject({
      on: '2026-12-12',
      since: '2026-12-07',
    });
  });

  it('a policy about CVEs says nothing of a weakness without one, and is judged by the worst CVE of one that has several', () => {
    const exploited = applied(
      policy({
        policyId: 'k',
        basis: 'kev_or_detection',
        times: [
          { when: { kev: 'yes' }, days: 3, remark: null },
          { when: { kev: 'no' }, days: null, remark: 'later' },
        ],
      }),
    );
    expect(answersOf(weakness(), rules(exploited))[0]).toMatchObject({ on: null, silence: 'no_cve' });
    const cves = [
      { cve: 'CVE-2026-1', kev: 'no' },
      { cve: 'CVE-2026-2', kev: 'yes', kevAdded: '2026-03-05' },
    ] as const;
    expect(answersOf(weakness({ cves }), rules(exploited))[0]).toMatchObject({
      on: '2026-03-04',
      cve: 'CVE-2026-2',
    });
  });

  it('a policy for civilian agencies says nothing of a national security system', () => {
    const civilian = applied(policy({ policyId: 'c', times: high(3), civilianOnly: true }));
    expect(answersOf(weakness({ nationalSecurity: 'yes' }), rules(civilian))[0]?.silence).toBe(
      'national_security',
    );
    expect(answersOf(weakness(), rules(civilian))[0]?.on).toBe('2026-03-04');
  });

  it('a date of a notice is the date, and without one the policy says nothing', () => {
    const notice = applied(
      policy({ policyId: 'n', basis: 'comply_by', times: [{ when: {}, days: 0, remark: null }] }),
    );
    expect(answersOf(weakness({ complyBy: '2026-03-21' }), rules(notice))[0]?.on).toBe('2026-03-21');
    expect(answersOf(weakness(), rules(notice))[0]?.silence).toBe('no_day_given');
  });

  it('what is unknown and makes no difference is not asked for', () => {
    const table = applied(
      policy({
        policyId: 't',
        times: [
          { when: { severity: 'High', exposed: 'yes' }, days: 5, remark: null },
          { when: { severity: 'High', exposed: 'no' }, days: 9, remark: null },
          { when: { severity: 'Low' }, days: 90, remark: null },
        ],
      }),
    );
    expect(answersOf(weakness(), rules(table))[0]).toMatchObject({
      on: '2026-03-06',
      latest: '2026-03-10',
      unknown: ['exposed'],
    });
    expect(answersOf(weakness({ severity: 'Low' }), rules(table))[0]).toMatchObject({ unknown: [] });
  });
});

const day = fc.integer({ min: 0, max: 400 }).map((n) => addDays('2026-01-01', n));
const conditions = Object.keys(dueConditions) as (keyof typeof dueConditions)[]; // its own keys
const time: fc.Arbitrary<PolicyTime> = fc.record({
  when: fc
    .uniqueArray(fc.constantFrom(...conditions), { maxLength: 3 })
    .chain((asked) =>
      fc.record(
        Object.fromEntries(asked.map((each) => [each, fc.constantFrom<string>(...dueConditions[each])])),
      ),
    ),
  days: fc.option(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constant(0.5)), { nil: null }),
  remark: fc.constant(null),
});
const anyPolicy = (name: string): fc.Arbitrary<AppliedPolicy> =>
  fc
    .record({
      basis: fc.constantFrom('first_found', 'evaluation_completed', 'kev_or_detection'),
      times: fc.array(time, { minLength: 1, maxLength: 8 }),
      effectiveFrom: fc.option(day, { nil: null }),
    } as const)
    .map((given) => ({
      ...applied(policy({ policyId: name, epssFrom: 0.5, ...given })),
      coversOpen: true,
    }));
const anyRules = fc.tuple(anyPolicy('a'), anyPolicy('b'), anyPolicy('c')).map((all) => rules(...all));
/** Known in every respect, the CVE listed no earlier than the weakness was detected. */
const known: fc.Arbitrary<DueInputs> = fc
  .record({
    severity: fc.constantFrom(...severities),
    detectedOn: day,
    exposed: fc.constantFrom('yes', 'no'),
    class: fc.constantFrom('A', 'B', 'C', 'D'),
    reachable: fc.constantFrom('yes', 'no'),
    exploitable: fc.constantFrom('yes', 'no'),
    agencyImpact: fc.constantFrom('N1', 'N2', 'N3', 'N4', 'N5'),
    kev: fc.constantFrom('yes', 'no'),
    automatable: fc.constantFrom('yes', 'no'),
    impact: fc.constantFrom('total', 'partial'),
    epss: fc.constantFrom(0.1, 0.5),
    evaluatedAfter: fc.integer({ min: 0, max: 30 }),
  } as const)
  .map(({ kev, automatable, impact, epss, evaluatedAfter, ...given }) => ({
    ...given,
    evaluatedAt: `${addDays(given.detectedOn, evaluatedAfter)}T15:30:00Z`,
    cves: [{ cve: 'CVE-2026-1', kev, automatable, impact, epss }],
  }));

describe('when a weakness is due, whatever the policies', () => {
  it('when a weakness is due is never later than what any policy that applies says', () => {
    fc.assert(
      fc.property(known, anyRules, (inputs, each) => {
        const due = dueDateOf(inputs, each);
        const dates = answersOf(inputs, each).flatMap(({ on }) => on ?? []);
        expect(due?.on).toBe(dates.toSorted()[0]);
      }),
    );
  });

  it('a date under something unknown is never later than that under anything that it may turn out to be', () => {
    const forgotten = fc.uniqueArray(
      fc.constantFrom(
        'exposed',
        'class',
        'reachable',
        'exploitable',
        'agencyImpact',
        'evaluatedAt',
        'kev',
        'automatable',
        'impact',
        'epss',
      ),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(known, anyRules, forgotten, (inputs, each, names) => {
        const forget = <T extends object>(of: T): T =>
          Object.fromEntries(Object.entries(of).filter(([name]) => !(names as string[]).includes(name))) as T; // less of the same
        const less = {
          ...forget(inputs),
          cves: inputs.cves.map((cve) => ({ ...forget(cve), kev: forget(cve).kev })),
        };
        const inFull = new Map(answersOf(inputs, each).map((answer) => [answer.policyId, answer.on]));
        const wrong = answersOf(less, each).filter(({ policyId, on, latest }) => {
          const full = inFull.get(policyId) ?? null;
          const isLater = full !== null && (on === null || on > full);
          return isLater || (full !== null && latest !== null && full > latest);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('an answer under nothing unknown has one date', () => {
    fc.assert(
      fc.property(known, anyRules, (inputs, each) => {
        for (const answer of answersOf(inputs, each))
          expect([answer.on, answer.unknown]).toEqual([answer.latest, []]);
      }),
    );
  });
});
