import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanItem } from '../../canonical/vocabulary/plan.ts';
import { comparePlans, inPlanOrder, planText } from './compare-plans.ts';

const item = (over: Partial<PlanItem> = {}): PlanItem => ({
  system: 'xacta',
  entity: 'poam',
  record: 'P-1',
  kind: 'update',
  direction: 'outbound',
  field: 'comments',
  before: 'a',
  after: 'b',
  reason: 'edited here',
  decidedBy: 'rule',
  needsApproval: false,
  key: 'k',
  ...over,
});

describe('L1 comparing plans', () => {
  it('L1: comparing plans finds no difference in the same items, in any order, also of the same thing twice', () => {
    const items = [item(), item(), item({ record: 'P-2' })];
    expect(comparePlans(items, items.toReversed())).toEqual([]);
  });

  it('L1: comparing plans counts the same item as often as it occurs', () => {
    expect(comparePlans([item(), item()], [item()])).toEqual([
      { how: 'gone', planned: item(), now: undefined },
    ]);
    expect(comparePlans([item()], [item(), item()])).toEqual([
      { how: 'new', planned: undefined, now: item() },
    ]);
  });

  it('L1: comparing plans names what would turn out differently, with both values', () => {
    const now = item({ after: 'c' });
    expect(comparePlans([item()], [now])).toEqual([{ how: 'changed', planned: item(), now }]);
  });

  it('L1: comparing plans names what is gone and what is new separately, where they are about different things', () => {
    const other = item({ field: 'poc' });
    expect(comparePlans([item()], [other])).toEqual([
      { how: 'gone', planned: item(), now: undefined },
      { how: 'new', planned: undefined, now: other },
    ]);
  });

  it.each([
    { system: 'other' },
    { entity: 'milestone' },
    { record: 'P-2' },
    { kind: 'create' },
    { direction: 'inbound' },
    { field: 'poc' },
    { before: 'z' },
    { after: 'z' },
    { needsApproval: true },
  ] satisfies Partial<PlanItem>[])('sees a difference in %o', (over) => {
    expect(comparePlans([item()], [item(over)])).not.toEqual([]);
    expect(planText([item()])).not.toBe(planText([item(over)]));
  });

  it.each([
    { reason: 'now there are two findings' },
    { decidedBy: 'another rule' },
    { key: 'another' },
    { after: ' b ' },
  ] satisfies Partial<PlanItem>[])('sees none in %o', (over) => {
    expect(comparePlans([item()], [item(over)])).toEqual([]);
    expect(planText([item()])).toBe(planText([item(over)]));
  });

  it('L1: comparing plans gives one text and one order to the same items, however they come', () => {
    const items = fc.array(
      fc.record({ record: fc.constantFrom('P-1', 'P-2', 'P-3'), after: fc.constantFrom('a', 'b', null) }),
    );
    fc.assert(
      fc.property(items, (drawn) => {
        const made = drawn.map((over) => item(over));
        expect(planText(made.toReversed())).toBe(planText(made));
        expect(inPlanOrder(made.toReversed())).toEqual(inPlanOrder(made));
        expect(inPlanOrder(made)).toHaveLength(made.length);
      }),
    );
    expect(
      inPlanOrder([item({ record: 'P-2' }), item(), item({ record: 'P-3' })]).map((each) => each.record),
    ).toEqual(['P-1', 'P-2', 'P-3']);
    expect(planText([item(), item({ record: 'P-2' })]).split('\n')).toHaveLength(2);
  });
});
