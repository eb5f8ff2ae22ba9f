import { describe, expect, it } from 'vitest';
import type { CandidateDecision } from '../../canonical/identity/correlation.ts';
import { settleComponents, type Competition } from './shared-components.ts';

const fits = (componentId: number, score: number, isMatched = false): CandidateDecision => ({
  componentId,
  score,
  isMatched,
  isHeld: false,
  decision: 'linked',
  evidence: [],
  reason: { code: 'only_component', params: { score } },
});
const nothing: Competition = {
  byPerson: [],
  standing: [],
  unreported: new Set(),
  isSameMachine: () => false,
};
/** Settles assets that each fit component 1. */
function settled(assets: Record<string, CandidateDecision>, competition: Partial<Competition> = {}) {
  const { decisions, questions } = settleComponents(
    new Map(Object.entries(assets).map(([asset, decision]) => [asset, [decision]])),
    { ...nothing, ...competition },
  );
  return {
    decisions: Object.fromEntries(decisions.map((each) => [each.assetUuid, each.decision])),
    asked: questions.map((each) => (each.kind === 'component' ? each.assetUuid : each.kind)),
  };
}
const same = { isSameMachine: () => true };

describe('several assets that fit one component', () => {
  it('assets that compete for one component go to review if they fit about equally well and are different machines', () => {
    expect(settled({ a: fits(1, 70), b: fits(1, 65) })).toEqual({
      decisions: { a: 'review', b: 'review' },
      asked: ['a', 'b'],
    });
  });

  it('assets that compete for one component share it if they are one machine that the scanner knows twice, and are shown as duplicates', () => {
    expect(settled({ a: fits(1, 90), b: fits(1, 90) }, same)).toEqual({
      decisions: { a: 'linked', b: 'linked' },
      asked: ['duplicate'],
    });
    // Also at every later run, until a person has decided.
    expect(settled({ a: fits(1, 90, true), b: fits(1, 90, true) }, same).asked).toEqual(['duplicate']);
  });

  it('assets that compete for one component leave it to the one that fits far better, and a person is asked about the other', () => {
    expect(settled({ a: fits(1, 165), b: fits(1, 70) })).toEqual({
      decisions: { a: 'linked', b: 'review' },
      asked: ['b'],
    });
  });

  it('assets that compete for one component never displace the matched one, however much better they fit', () => {
    expect(settled({ old: fits(1, 65, true), stranger: fits(1, 250) })).toEqual({
      decisions: { old: 'linked', stranger: 'review' },
      asked: ['stranger'],
    });
  });

  it('assets that compete for one component take the place of one that no source reports any more, which keeps its match', () => {
    expect(
      settled({ gone: fits(1, 90, true), successor: fits(1, 90) }, { unreported: new Set(['gone']) }),
    ).toEqual({ decisions: { gone: 'linked', successor: 'linked' }, asked: [] });
  });
});

describe('what a person decided', () => {
  it("a person's decision holds against all that compete for the component", () => {
    expect(settled({ stranger: fits(1, 250) }, { byPerson: [{ assetUuid: 'a', componentId: 1 }] })).toEqual({
      decisions: { stranger: 'review' },
      asked: ['stranger'],
    });
  });

  it("a person's decision keeps the asset from every other component", () => {
    expect(settled({ a: fits(1, 250, true) }, { byPerson: [{ assetUuid: 'a', componentId: 2 }] })).toEqual({
      decisions: { a: 'rejected' },
      asked: [],
    });
  });

  it("a person's standing decision matches a new record beside the old one, and both are shown as duplicates", () => {
    const { decisions, asked } = settled(
      { old: fits(1, 90, true), other: fits(2, 90) },
      { standing: [{ assetUuid: 'new', componentId: 1, standingId: 4 }] },
    );
    expect(decisions).toEqual({ old: 'linked', other: 'linked', new: 'linked' });
    expect(asked).toEqual(['duplicate']);
  });
});
