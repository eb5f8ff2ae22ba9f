import { describe, expect, it } from 'vitest';
import { decideBoundaries } from './decide.ts';
import type { Fit } from './fits.sql.ts';
import type { Standing } from './standings.sql.ts';

const fit = (systemId: string, ruleId: number, more: Partial<Fit> = {}): Fit => ({
  assetUuid: 'a',
  ruleId,
  systemId,
  priority: 100,
  role: 'responsible',
  evidence: [],
  ...more,
});
const nothing: Standing = { holders: [], words: [], asked: [] };
const component = (systemId: string, isOwn = true) =>
  ({ systemId, how: 'component', role: 'responsible', isOwn }) as const;
/** By boundary what was decided and why. */
const outcome = (fits: readonly Fit[], standing: Partial<Standing> = {}) =>
  Object.fromEntries(
    decideBoundaries(fits, { ...nothing, ...standing }).map((each) => [
      each.systemId,
      `${each.decision} ${each.role} ${each.reason.code}`,
    ]),
  );

describe('rules that fit an asset', () => {
  it('the only boundary whose rule fits an asset has it', () => {
    expect(outcome([fit('S1', 1)])).toEqual({ S1: 'linked responsible boundary_rule_fits' });
  });

  it('of two boundaries the one whose rule comes first by priority has the asset, and the other is told which rule that is', () => {
    expect(outcome([fit('S1', 1, { priority: 20 }), fit('S2', 2, { priority: 10 })])).toEqual({
      S2: 'linked responsible boundary_rule_fits',
      S1: 'rejected responsible boundary_earlier_rule',
    });
  });

  it('rules of two boundaries with the same priority leave the asset to a person; a later rule does not profit', () => {
    expect(outcome([fit('S1', 1), fit('S2', 2), fit('S3', 3, { priority: 200 })])).toEqual({
      S1: 'review responsible boundary_rules_contest',
      S2: 'review responsible boundary_rules_contest',
      S3: 'rejected responsible boundary_earlier_rule',
    });
  });

  it('two rules of one boundary with the same priority contest nothing', () => {
    expect(outcome([fit('S1', 1), fit('S1', 2)])).toEqual({ S1: 'linked responsible boundary_rule_fits' });
  });
});

describe('what comes before a rule', () => {
  it('the component that an asset is keeps it from the boundary of a rule, and agrees with its own', () => {
    expect(outcome([fit('S1', 1), fit('S2', 2)], { holders: [component('S1')] })).toEqual({
      S1: 'linked responsible boundary_rule_agrees',
      S2: 'rejected responsible boundary_component_first',
    });
  });

  it('a component in another GRC system does not stand against a rule', () => {
    expect(outcome([fit('S1', 1)], { holders: [component('T9', false)] })).toEqual({
      S1: 'linked responsible boundary_rule_fits',
    });
  });

  it('what the owner of the record assigned comes before a rule', () => {
    const holders = [{ systemId: 'S2', how: 'owner', role: 'responsible', isOwn: true }] as const;
    expect(outcome([fit('S1', 1)], { holders })).toEqual({ S1: 'rejected responsible boundary_owner_first' });
  });

  it("a person's word is not decided again, and holds against rules of other boundaries", () => {
    const words = [{ systemId: 'S1', decision: 'linked', role: 'responsible' }] as const;
    expect(outcome([fit('S1', 1), fit('S2', 2)], { words })).toEqual({
      S2: 'rejected responsible boundary_person_first',
    });
  });

  it('a boundary that a person ruled out no longer contests the asset', () => {
    const words = [{ systemId: 'S1', decision: 'rejected', role: 'responsible' }] as const;
    expect(outcome([fit('S1', 1), fit('S2', 2)], { words })).toEqual({
      S2: 'linked responsible boundary_rule_fits',
    });
  });

  it('while a person is asked whether it is a component of another boundary, the rule waits', () => {
    expect(outcome([fit('S1', 1)], { asked: ['S2'] })).toEqual({
      S1: 'review responsible boundary_component_asked',
    });
    expect(outcome([fit('S1', 1)], { asked: ['S1'] })).toEqual({
      S1: 'linked responsible boundary_rule_fits',
    });
  });
});

describe('an asset that a boundary inherits', () => {
  const inherits = fit('S2', 2, { role: 'inherited' });

  it('a boundary inherits an asset that another one answers for, by a component or by a rule', () => {
    expect(outcome([inherits], { holders: [component('S1')] })).toEqual({
      S2: 'linked inherited boundary_inherits',
    });
    expect(outcome([fit('S1', 1), inherits])).toEqual({
      S1: 'linked responsible boundary_rule_fits',
      S2: 'linked inherited boundary_inherits',
    });
  });

  it('an asset that nobody would answer for is asked about: its findings would be weaknesses of no boundary', () => {
    expect(outcome([inherits])).toEqual({ S2: 'review inherited boundary_nobody_responsible' });
    expect(outcome([inherits], { holders: [component('S2')] })).toEqual({
      S2: 'review inherited boundary_nobody_responsible',
    });
  });

  it('a component that two GRC systems share is inherited by the one whose rule says so', () => {
    expect(outcome([inherits], { holders: [component('S2'), component('T9', false)] })).toEqual({
      S2: 'linked inherited boundary_inherits',
    });
  });
});
