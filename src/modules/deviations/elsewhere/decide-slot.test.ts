import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviationKinds } from '../../../canonical/vocabulary/index.ts';
import type { DeviationState } from '../deviation-states.ts';
import type { DeviationRow } from '../deviations.sql.ts';
import { decideSlot, type SlotFacts } from './decide-slot.ts';
import { emptySlot, sameDecision, sameSlot, shownOf, type Slot, slotOf, slotStatuses } from './slot.ts';

const facts: SlotFacts = { today: '2026-11-27', isPoamOpen: true, refusal: null, longestDays: 365 };
const there = (fields: Partial<Slot> = {}): Slot => ({
  ...emptySlot,
  kind: 'Risk Acceptance',
  status: 'approved',
  decided_by: 'R. Diaz',
  decided_on: '2026-11-20',
  expires_on: '2027-03-31',
  ...fields,
});
const row = (fields: Partial<DeviationRow> = {}): DeviationRow => ({
  id: 7,
  kind: 'risk_acceptance',
  poamId: 'P-1',
  boundary: 'SYS-1',
  severity: 'Medium',
  isWholePoam: false,
  state: 'requested',
  rationale: 'replaced soon',
  compensatingControls: null,
  details: {},
  adjustedSeverity: null,
  ratingBefore: null,
  expiresOn: '2027-03-31',
  reviewOn: null,
  requestedBy: 'Ann',
  requestedByPrincipal: 'ann',
  requestedAt: new Date('2026-11-10T00:00:00Z'),
  approvalId: null,
  decidedBy: null,
  decidedAt: null,
  decisionReason: null,
  endedBy: null,
  endedAt: null,
  endReason: null,
  decidedIn: null,
  movedFrom: null,
  foundRule: null,
  assets: [],
  ...fields,
});
const held = row({ state: 'approved', decidedBy: 'R. Diaz', decidedAt: new Date('2026-11-20T00:00:00Z') });

const states: readonly DeviationState[] = [
  'found',
  'requested',
  'approved',
  'rejected',
  'withdrawn',
  'expired',
  'lapsed',
];
const anyRow = fc
  .record({
    id: fc.integer({ min: 1, max: 99 }),
    state: fc.constantFrom(...states),
    kind: fc.constantFrom(...deviationKinds),
    requestedBy: fc.constantFrom('Ann', 'R. Diaz'),
  })
  .map(row);
const anySlot = fc.record({
  kind: fc.constantFrom('Risk Acceptance', 'false_positive', 'RISK-ADJUSTMENT', 'odd', null),
  status: fc.constantFrom(...slotStatuses, 'Odd', null),
  reference: fc.constant(null),
  summary: fc.constant(null),
  decided_by: fc.constantFrom('Ann', 'R. Diaz', null),
  decided_on: fc.constantFrom('2026-11-20', '2029-01-01', null),
  expires_on: fc.constantFrom('2026-11-01', '2026-12-31', '2029-12-31', null),
  rating: fc.constantFrom('Low', 'odd', null),
});
const anyFacts = fc.record({
  today: fc.constant('2026-11-27'),
  isPoamOpen: fc.boolean(),
  refusal: fc.constantFrom(null, 'never for High'),
  longestDays: fc.constantFrom(null, 365),
});

describe('what the GRC system decided', () => {
  it('grants, refuses and ends what waits or holds here', () => {
    expect(decideSlot(there(), row(), facts)).toEqual({
      do: 'grant',
      id: 7,
      expiresOn: '2027-03-31',
      rating: null,
    });
    expect(decideSlot(there({ status: 'Rejected' }), row(), facts)).toEqual({ do: 'refuse', id: 7 });
    expect(decideSlot(there({ status: 'WITHDRAWN' }), held, facts)).toMatchObject({ event: 'withdraw' });
    expect(decideSlot(there({ status: 'expired' }), held, facts)).toMatchObject({ event: 'expire' });
    expect(decideSlot(there({ expires_on: '2026-12-31' }), held, facts)).toEqual({
      do: 'change',
      id: 7,
      expiresOn: '2026-12-31',
    });
    expect(decideSlot(there(), undefined, facts)).toMatchObject({ do: 'adopt', like: undefined });
    expect(decideSlot(there(), row({ state: 'withdrawn' }), facts)).toMatchObject({ do: 'adopt', like: 7 });
  });

  it('is a question where the rules here do not allow it', () => {
    const why = (slot: Partial<Slot>, here?: DeviationRow, more: Partial<SlotFacts> = {}) => {
      const decision = decideSlot(there(slot), here, { ...facts, ...more });
      return decision.do === 'ask' ? decision.why : decision.do;
    };
    expect(why({ expires_on: null })).toBe('no_end');
    expect(why({ expires_on: '2026-11-26' })).toBe('past');
    expect(why({ expires_on: '2027-11-21' })).toBe('too_long');
    expect(why({ decided_by: ' ann ' }, row())).toBe('own');
    expect(why({}, row(), { refusal: 'never' })).toBe('refused');
    expect(why({ kind: 'Waiver' })).toBe('unknown_kind');
    expect(why({ status: 'Maybe' })).toBe('unknown_status');
    expect(why({ kind: 'Risk Adjustment' })).toBe('no_rating');
    expect(why({ status: null }, held)).toBe('cleared');
    expect(why({ status: 'pending' })).toBe('asked_there');
  });

  it('is never carried out against the rules, whatever it says', () => {
    fc.assert(
      fc.property(anySlot, fc.option(anyRow, { nil: undefined }), anyFacts, (slot, here, given) => {
        const decision = decideSlot(slot, here, given);
        if (decision.do !== 'grant' && decision.do !== 'adopt' && decision.do !== 'change') return;
        expect(given.refusal).toBeNull();
        expect(given.isPoamOpen).toBe(true);
        expect(decision.expiresOn === null || decision.expiresOn >= given.today).toBe(true);
        expect(decision.do === 'grant' && slot.decided_by === here?.requestedBy).toBe(false);
      }),
    );
  });
});

describe('what a POA&M shows of its deviations', () => {
  it('is the one that waits, else the one that holds, else the last that ended', () => {
    const ended = row({ id: 1, state: 'withdrawn', endedAt: new Date('2026-11-26T00:00:00Z') });
    const older = row({ id: 2, state: 'expired', endedAt: new Date('2026-10-26T00:00:00Z') });
    const found = row({ id: 3, state: 'found' });
    expect(shownOf([older, ended, found])?.id).toBe(1);
    expect(shownOf([older, ended, held])?.id).toBe(7);
    expect(shownOf([held, row({ id: 9 })])?.id).toBe(9);
    expect(shownOf([found])).toBeUndefined();
  });

  it('read back in any spelling is no decision', () => {
    fc.assert(
      fc.property(anyRow, (each) => {
        const slot = slotOf(each, { count: 1, names: ['web-1'] });
        const back = { ...slot, kind: slot.kind?.toLowerCase().replaceAll(' ', '_') ?? null };
        expect(sameSlot(back, slot)).toBe(true);
        expect(sameDecision(back, slot)).toBe(true);
      }),
    );
  });
});
