import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideCorrelation, type Candidate } from './correlation.ts';
import { identifierKinds, type IdentifierKind } from './identifiers.ts';

const candidate = (
  componentId: number,
  kinds: readonly IdentifierKind[],
  contradicted: readonly IdentifierKind[] = [],
): Candidate => ({
  componentId,
  shared: kinds.map((kind) => ({ kind, value: `${kind}-value` })),
  contradicted,
  assetsSharing: {},
});

const outcome = (...candidates: Candidate[]) =>
  Object.fromEntries(decideCorrelation(candidates).map((each) => [each.componentId, each.decision]));

describe('matching an asset to a component', () => {
  it('matching an asset to a component links them where one unique identifier is shared and nothing contradicts it', () => {
    for (const kind of ['scanner_uuid', 'agent_uuid', 'bios_uuid', 'mac', 'fqdn', 'netbios'] as const)
      expect(outcome(candidate(1, [kind]))).toEqual({ 1: 'linked' });
  });

  it('matching an asset to a component never links by an address alone, or by a short name alone', () => {
    expect(outcome(candidate(1, ['ip']))).toEqual({ 1: 'rejected' });
    expect(outcome(candidate(1, ['hostname']))).toEqual({ 1: 'rejected' });
    expect(outcome(candidate(1, ['hostname', 'ip']))).toEqual({ 1: 'linked' });
  });

  it('matching an asset to a component counts an FQDN and the host name in it as one fact', () => {
    const [both] = decideCorrelation([candidate(1, ['fqdn', 'hostname'])]);
    const [one] = decideCorrelation([candidate(1, ['fqdn'])]);
    expect(both?.score).toBe(one?.score);
  });

  it('matching an asset to a component sends two components that fit about equally well to review, both with their evidence', () => {
    const decisions = decideCorrelation([candidate(1, ['netbios']), candidate(2, ['netbios'])]);
    expect(decisions.map((each) => each.decision)).toEqual(['review', 'review']);
    expect(decisions[0]?.evidence).toEqual([{ kind: 'netbios', value: 'netbios-value', weight: 50 }]);
  });

  it('matching an asset to a component links the one that fits far better than the other', () => {
    expect(outcome(candidate(1, ['mac', 'fqdn']), candidate(2, ['netbios']))).toEqual({
      1: 'linked',
      2: 'rejected',
    });
  });

  it('matching an asset to a component is not misled by an address that another machine had before', () => {
    expect(outcome(candidate(1, ['fqdn']), candidate(2, ['ip']))).toEqual({ 1: 'linked', 2: 'rejected' });
  });

  it('matching an asset to a component holds a different BIOS UUID against a shared name', () => {
    expect(outcome(candidate(1, ['fqdn', 'ip'], ['bios_uuid']))).toEqual({ 1: 'rejected' });
  });

  it('matching an asset to a component does not depend on the order of the candidates', () => {
    const kinds = fc.uniqueArray(fc.constantFrom(...identifierKinds), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(kinds, { minLength: 1, maxLength: 4 }), (sets) => {
        const candidates = sets.map((set, index) => candidate(index, set));
        expect(decideCorrelation(candidates.toReversed())).toEqual(decideCorrelation(candidates));
      }),
    );
  });

  it('matching an asset to a component links at most one component to an asset', () => {
    const kinds = fc.uniqueArray(fc.constantFrom(...identifierKinds), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(kinds, { minLength: 1, maxLength: 5 }), (sets) => {
        const decisions = decideCorrelation(sets.map((set, index) => candidate(index, set)));
        expect(decisions.filter((each) => each.decision === 'linked').length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a clone with the BIOS uuid of its original', () => {
  it('a clone with the BIOS uuid of its original matches the free component that fits it, and is not ambiguous between two', () => {
    expect(outcome({ ...candidate(1, ['bios_uuid']), isHeld: true }, candidate(2, ['fqdn', 'ip']))).toEqual({
      1: 'rejected',
      2: 'linked',
    });
  });
});

describe('an asset that is matched', () => {
  const matched = (...args: Parameters<typeof candidate>): Candidate => ({
    ...candidate(...args),
    isMatched: true,
  });

  it('a matched asset stays with its component when another fits as well or better, and a person is asked about the other', () => {
    expect(outcome(matched(1, ['fqdn']), candidate(2, ['fqdn']))).toEqual({ 1: 'linked', 2: 'review' });
    expect(outcome(matched(1, ['fqdn']), candidate(2, ['bios_uuid', 'mac', 'fqdn']))).toEqual({
      1: 'linked',
      2: 'review',
    });
  });

  it('a matched asset stays with its component when it was renamed and nothing fits any more', () => {
    expect(outcome(matched(1, []))).toEqual({ 1: 'linked' });
    expect(outcome(matched(1, ['ip']), candidate(2, ['fqdn', 'ip']))).toEqual({ 1: 'linked', 2: 'review' });
  });

  it('a matched asset is decided as if it were new where its component is clearly the best', () => {
    const [fresh] = decideCorrelation([candidate(1, ['fqdn', 'ip'])]);
    const [again] = decideCorrelation([matched(1, ['fqdn', 'ip'])]);
    expect(again).toEqual({ ...fresh, isMatched: true });
  });
});
