import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideIdentity, type IdentityCandidate, type SharedIdentifier } from './asset-identity.ts';
import { identifierKinds, type IdentifierKind } from '../../canonical/identity/identifiers.ts';

const shared = (kind: IdentifierKind, more: Partial<SharedIdentifier> = {}): SharedIdentifier => ({
  kind,
  value: `some ${kind}`,
  ageDays: 0,
  assets: 1,
  ...more,
});
const candidate = (
  assetUuid: string,
  identifiers: readonly SharedIdentifier[],
  contradicted: readonly IdentifierKind[] = [],
): IdentityCandidate => ({ assetUuid, shared: identifiers, contradicted });

describe('what a reported machine is', () => {
  it('a reported machine is new where nothing is in common', () => {
    expect(decideIdentity([])).toMatchObject({ decision: 'new', reason: { code: 'no_identifier' } });
  });

  it('a reported machine is the asset with the same agent, whatever else changed', () => {
    expect(decideIdentity([candidate('a', [shared('agent_uuid')])])).toMatchObject({
      decision: 'linked',
      assetUuid: 'a',
    });
  });

  it('a reported machine is never decided by an address alone: a person is asked while it is fresh, and it counts for nothing once it is old', () => {
    expect(decideIdentity([candidate('a', [shared('ip')])]).decision).toBe('review');
    expect(decideIdentity([candidate('a', [shared('ip', { ageDays: 30 })])]).decision).toBe('new');
  });

  it('a reported machine is the asset with the same short name and address, if they are of about the same time', () => {
    const both = [shared('hostname'), shared('ip')];
    expect(decideIdentity([candidate('a', both)])).toMatchObject({ decision: 'linked' });
    const old = both.map((each) => ({ ...each, ageDays: 90 }));
    expect(decideIdentity([candidate('a', old)]).decision).toBe('review');
  });

  it('a reported machine is not an asset with another agent or BIOS, however alike they are otherwise', () => {
    const alike = [shared('mac'), shared('fqdn'), shared('ip')];
    expect(decideIdentity([candidate('a', alike, ['agent_uuid', 'bios_uuid'])]).decision).toBe('new');
    expect(decideIdentity([candidate('a', [shared('mac')], ['bios_uuid'])]).decision).toBe('new');
  });

  it('a reported machine is another one where only an adapter, a short name or a BIOS is shared, and names and addresses differ', () => {
    const decided = (kinds: readonly IdentifierKind[], contradicted: readonly IdentifierKind[]): string =>
      decideIdentity([
        candidate(
          'a',
          kinds.map((kind) => shared(kind, { value: 'x' })),
          contradicted,
        ),
      ]).decision;
    expect(decided(['mac'], ['fqdn', 'hostname', 'netbios', 'ip'])).toBe('new');
    expect(decided(['netbios', 'hostname'], ['fqdn', 'ip'])).toBe('new');
    expect(decided(['netbios', 'hostname'], ['ip', 'mac'])).toBe('new');
    expect(decided(['bios_uuid'], ['fqdn', 'ip', 'mac'])).toBe('review');
    // Moved, renamed, or both and still the same adapter and board.
    expect(decided(['mac'], ['ip'])).toBe('linked');
    expect(decided(['mac', 'ip'], ['fqdn', 'netbios'])).toBe('linked');
    expect(decided(['mac', 'bios_uuid'], ['fqdn', 'netbios', 'ip'])).toBe('linked');
    expect(decided(['fqdn'], ['ip', 'mac'])).toBe('linked');
  });

  it('a reported machine is for a person to decide where two assets fit about equally well', () => {
    const decision = decideIdentity([candidate('a', [shared('mac')]), candidate('b', [shared('fqdn')])]);
    expect(decision).toMatchObject({
      decision: 'review',
      reason: { code: 'several_assets', params: { count: 2 } },
    });
    expect(decision.candidates.map((each) => each.assetUuid)).toEqual(['a', 'b']);
  });

  it("a reported machine's identifiers count little where many assets have them", () => {
    expect(decideIdentity([candidate('a', [shared('mac', { assets: 40 })])]).decision).toBe('new');
  });

  it('a reported machine does not count host name and FQDN as two facts', () => {
    const [only] = decideIdentity([candidate('a', [shared('fqdn'), shared('hostname')])]).candidates;
    expect(only?.score).toBe(65);
  });

  it("a reported machine's match lists what each identifier counted, and why it counted less", () => {
    const [only] = decideIdentity([candidate('a', [shared('ip', { ageDays: 14, assets: 2 })])]).candidates;
    expect(only?.evidence).toEqual([
      { kind: 'ip', value: 'some ip', weight: 6.3, note: '14 days apart, 2 assets bear it' },
    ]);
  });

  const anyShared = fc.record({
    kind: fc.constantFrom(...identifierKinds),
    value: fc.constantFrom('x', 'y'),
    ageDays: fc.option(fc.nat(2000), { nil: undefined }),
    assets: fc.integer({ min: 1, max: 5 }),
  });
  const anyCandidates = fc.uniqueArray(
    fc.record({
      assetUuid: fc.constantFrom('a', 'b', 'c'),
      shared: fc.array(anyShared, { maxLength: 6 }),
      contradicted: fc.subarray([...identifierKinds]),
    }),
    { selector: (each) => each.assetUuid },
  );

  it('a reported machine does not depend on the order of candidates or of what they share', () => {
    fc.assert(
      fc.property(anyCandidates, (candidates) => {
        const turned = candidates.map((each) => ({ ...each, shared: each.shared.toReversed() })).toReversed();
        const [one, other] = [decideIdentity(candidates), decideIdentity(turned)];
        expect({ ...other, candidates: [] }).toEqual({ ...one, candidates: [] });
      }),
    );
  });

  it("a reported machine's match never becomes surer by time, nor by more assets that have the same identifier", () => {
    fc.assert(
      fc.property(fc.array(anyShared, { minLength: 1, maxLength: 6 }), fc.nat(1000), (identifiers, days) => {
        const score = (list: readonly SharedIdentifier[]): number =>
          decideIdentity([candidate('a', list)]).candidates[0]?.score ?? 0;
        const older = identifiers.map((each) => ({ ...each, ageDays: (each.ageDays ?? 0) + days }));
        const commoner = identifiers.map((each) => ({ ...each, assets: each.assets + 1 }));
        expect(score(older)).toBeLessThanOrEqual(score(identifiers) + 0.1);
        expect(score(commoner)).toBeLessThanOrEqual(score(identifiers) + 0.1);
      }),
    );
  });
});
