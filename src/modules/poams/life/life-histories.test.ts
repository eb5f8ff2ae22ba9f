/** Random histories of one POA&M through the pure decisions of its life: findings that come and go, days that pass, people, settings. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays } from '../../due-dates/index.ts';
import { usualLife } from '../../../record/poam-life/index.ts';
import { decideLife, type FindingUnder, type LivingPoam, stateAfter } from './decide-life.ts';
import { afterEvent, type PoamEvent, poamEvents, type PoamState, stateOf, statusOf } from './poam-states.ts';

type Act =
  | {
      readonly kind: 'fixed' | 'found' | 'missing' | 'gone' | 'leaves' | 'enters';
      readonly finding: number;
      readonly proven: boolean;
    }
  | { readonly kind: 'false positive'; readonly finding: number; readonly holds: boolean }
  | { readonly kind: 'days'; readonly n: number }
  | { readonly kind: 'person'; readonly event: PoamEvent }
  | { readonly kind: 'settings'; readonly closeAfter: 'at once' | 'days' | 'word' };

const finding = fc.nat({ max: 2 });
const acts = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom(
        'fixed' as const,
        'fixed' as const,
        'found' as const,
        'missing' as const,
        'gone' as const,
        'leaves' as const,
        'enters' as const,
      ),
      finding,
      proven: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('false positive' as const), finding, holds: fc.boolean() }),
    fc.record({ kind: fc.constant('days' as const), n: fc.integer({ min: 1, max: 9 }) }),
    fc.record({
      kind: fc.constant('person' as const),
      event: fc.constantFrom(...(Object.keys(poamEvents) as PoamEvent[])),
    }),
    fc.record({
      kind: fc.constant('settings' as const),
      closeAfter: fc.constantFrom('at once' as const, 'days' as const, 'word' as const),
    }),
  ),
  { minLength: 3, maxLength: 40 },
);

interface History {
  readonly poam: LivingPoam;
  readonly today: string;
}

const noon = (day: string): string => `${day}T12:00:00.000Z`;
const found = (id: number, day: string): FindingUnder => ({
  id,
  pluginId: '20001',
  asset: `web-${id}`,
  lifecycle: 'open',
  isFalsePositive: false,
  isInside: true,
  fixedAt: null,
  lastFound: noon(day),
  fixReportedAt: null,
  assetSeenAt: noon(day),
  authenticatedAt: null,
  isRemoteCheck: false,
  covered: { scans: 0, ranPlugin: false },
  isReportedFixed: false,
});

function changed(of: FindingUnder, act: Act, today: string): FindingUnder {
  const at = `${today}T13:00:00.000Z`;
  switch (act.kind) {
    case 'fixed':
      return {
        ...of,
        lifecycle: 'fixed',
        fixedAt: at,
        assetSeenAt: at,
        isReportedFixed: true,
        authenticatedAt: act.proven ? at : null,
      };
    case 'found':
      return { ...of, lifecycle: of.fixedAt === null ? 'open' : 'reopened', lastFound: at };
    case 'missing':
    case 'gone':
      return { ...of, lifecycle: act.kind };
    case 'leaves':
    case 'enters':
      return { ...of, isInside: act.kind === 'enters' };
    case 'false positive':
      return { ...of, isFalsePositive: act.holds };
    case 'days':
    case 'person':
    case 'settings':
      return of;
  }
}

function after({ poam, today }: History, act: Act): History {
  const findings = poam.findings.map((each) =>
    'finding' in act && each.id === act.finding ? changed(each, act, today) : each,
  );
  switch (act.kind) {
    case 'days':
      return { poam, today: addDays(today, act.n) };
    case 'settings':
      return { poam: { ...poam, settings: { ...poam.settings, closeAfter: act.closeAfter } }, today };
    case 'person': {
      const state = stateOf(poam.status);
      const next = state && afterEvent(state, act.event);
      return { poam: next === undefined ? poam : { ...poam, status: statusOf[next] }, today };
    }
    case 'fixed':
    case 'found':
    case 'missing':
    case 'gone':
    case 'leaves':
    case 'enters':
    case 'false positive':
      return { poam: { ...poam, findings }, today };
  }
}

const isOver = (each: FindingUnder): boolean => each.lifecycle === 'fixed' || each.isFalsePositive;
const isOpen = ({ lifecycle }: FindingUnder): boolean => lifecycle === 'open' || lifecycle === 'reopened';
const living: readonly (PoamState | undefined)[] = ['open', 'in_progress', 'pending_verification'];

/** Plays a history; `look` sees each sync: the POA&M before it, the decision, and what it became. */
function play(
  given: readonly Act[],
  isMadeHere: boolean,
  look: (seen: {
    readonly before: LivingPoam;
    readonly decision: ReturnType<typeof decideLife>;
    readonly state: PoamState | undefined;
    readonly today: string;
  }) => void,
): void {
  let history: History = {
    today: '2027-01-04',
    poam: {
      poamId: 'P1',
      status: 'Open',
      isMadeHere,
      settings: { ...usualLife, closeDays: 5 },
      verifiedAt: null,
      mayMove: true,
      findings: [0, 1, 2].map((id) => found(id, '2027-01-02')),
    },
  };
  for (const act of given) {
    history = after(history, act);
    const { poam: before, today } = history;
    // Syncs are late in the day, so that each sees the scans of it.
    const now = `${today}T20:00:00.000Z`;
    const decision = decideLife(before, now);
    const state = stateAfter(before, decision) ?? stateOf(before.status);
    look({ before, decision, state, today });
    const verifiedAt = decision.isVerified ? keptSince(before, now) : null;
    history = {
      today,
      poam: { ...before, status: state ? statusOf[state] : before.status, verifiedAt },
    };
  }
}

/** As `keepEvidence` keeps it. */
function keptSince({ verifiedAt, findings }: LivingPoam, now: string): string {
  const fixed = findings.flatMap(({ lifecycle, fixedAt }) => (lifecycle === 'fixed' ? (fixedAt ?? []) : []));
  return verifiedAt !== null && fixed.every((at) => at <= verifiedAt) ? verifiedAt : now;
}

it('in any history evidence completes a POA&M only when all is fixed or an approved false positive, and something is fixed', () => {
  fc.assert(
    fc.property(acts, fc.boolean(), (given, isMadeHere) => {
      play(given, isMadeHere, ({ before, decision, state }) => {
        if (!decision.events.includes('completed')) return;
        expect(isMadeHere).toBe(true);
        expect(state).toBe('completed');
        expect(before.findings.every(isOver)).toBe(true);
        expect(before.findings.some(({ lifecycle }) => lifecycle === 'fixed')).toBe(true);
      });
    }),
    { numRuns: 500 },
  );
});

it('in any history a POA&M under which nothing is open waits for its day, or somebody is asked', () => {
  fc.assert(
    fc.property(acts, fc.boolean(), (given, isMadeHere) => {
      play(given, isMadeHere, ({ before, decision, state }) => {
        const isAtRest = !before.findings.some(
          (each) => each.isInside && isOpen(each) && !each.isFalsePositive,
        );
        if (!isAtRest || !living.includes(state)) return;
        const waitsForItsDay = state === 'pending_verification' && before.settings.closeAfter === 'days';
        expect(waitsForItsDay || decision.questions.length > 0).toBe(true);
      });
    }),
    { numRuns: 500 },
  );
});

it('in any history a POA&M that closes after days does so no sooner than so many days after the last fix', () => {
  fc.assert(
    fc.property(acts, (given) => {
      play(given, true, ({ before, decision, today }) => {
        if (!decision.events.includes('completed') || before.settings.closeAfter !== 'days') return;
        const tooSoon = before.findings.filter(
          ({ lifecycle, fixedAt }) =>
            lifecycle === 'fixed' && addDays((fixedAt ?? '').slice(0, 10), before.settings.closeDays) > today,
        );
        expect(tooSoon).toEqual([]);
      });
    }),
    { numRuns: 500 },
  );
});

it('in any history what evidence had brought to be verified goes back to work when a finding is open again', () => {
  fc.assert(
    fc.property(acts, (given) => {
      play(given, true, ({ before, state }) => {
        const isLost = before.findings.some(
          (each) => each.isInside && isOpen(each) && !each.isFalsePositive && each.isDismissed !== true,
        );
        if (stateOf(before.status) !== 'pending_verification' || before.verifiedAt === null || !isLost)
          return;
        expect(state).toBe('in_progress');
      });
    }),
    { numRuns: 500 },
  );
});
