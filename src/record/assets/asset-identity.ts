/**
 * Whether a machine that a source reports is an asset that is known already. Weighted identifiers like those of correlation, but
 * each counts less the longer ago the other side showed it, and the more assets carry it: an address that DHCP gave out a month
 * ago says little, an agent's uuid says the same for ever. Pure: candidates in, the decision with its evidence out.
 *
 * Rejected: the order of Tenable alone (first attribute that matches wins), which lets one stale MAC outvote everything else;
 * and matching on an address alone, which makes strangers one machine.
 */
import { clearLead, type IdentifierKind, identifierWeights, linkAt } from '../../canonical/identity/index.ts';
import { type Reason, reasonOf } from '../../canonical/vocabulary/index.ts';

/** After so many days an identifier counts half. Absent: it does not age. */
const halfLifeDays: Readonly<Partial<Record<IdentifierKind, number>>> = {
  ip: 14,
  hostname: 365,
  netbios: 365,
  fqdn: 365,
  mac: 730,
};
/** Identifiers that a machine has one of: two different values speak against the match, as much as one value speaks for it. */
const singular: readonly IdentifierKind[] = ['scanner_uuid', 'agent_uuid', 'bios_uuid'];
/**
 * What names and addresses that differ take from a match that rests on what several machines may carry: an adapter of a virtual network, a
 * short name, a board maker's or a copied BIOS uuid. All names are one fact, as a machine that is renamed gets another of each. A machine
 * moves, so an address speaks only beside a name that differs, or against a short name alone. What Tenable or an agent says, and a full
 * name that is the same, counts.
 */
const opposing = { name: 30, ip: 21, mac: 10 };
const nameKinds: readonly IdentifierKind[] = ['fqdn', 'hostname', 'netbios'];
const standsAlone: readonly IdentifierKind[] = ['scanner_uuid', 'agent_uuid', 'fqdn'];
/** Kinds whose values on both sides are compared, to see whether they contradict each other. */
export const comparedKinds: readonly IdentifierKind[] = [...singular, ...nameKinds, 'ip', 'mac'];
/** From here on a person should look, where it is not enough to link. */
const reviewAt = 20;

export interface SharedIdentifier {
  readonly kind: IdentifierKind;
  readonly value: string;
  /** Between the two sightings of it; undefined where one is not known. */
  readonly ageDays: number | undefined;
  /** How many assets carry it. */
  readonly assets: number;
}

export interface IdentityCandidate {
  readonly assetUuid: string;
  readonly shared: readonly SharedIdentifier[];
  /** Kinds with values on both sides, none of them in common. */
  readonly contradicted: readonly IdentifierKind[];
}

export interface WeighedCandidate {
  readonly assetUuid: string;
  readonly score: number;
  readonly evidence: readonly {
    readonly kind: IdentifierKind;
    readonly value: string;
    readonly weight: number;
    readonly note?: string;
  }[];
}

export interface IdentityDecision {
  /** `review`: it becomes an asset of its own, and a person is asked whether it is one of the candidates. */
  readonly decision: 'linked' | 'new' | 'review';
  readonly assetUuid?: string;
  readonly reason: Reason;
  /** The best first. */
  readonly candidates: readonly WeighedCandidate[];
}

const rounded = (weight: number): number => Math.round(weight * 10) / 10;

function weightOf({ kind, ageDays, assets }: SharedIdentifier): number {
  const halfLife = halfLifeDays[kind];
  const decay = halfLife === undefined || ageDays === undefined ? 1 : 0.5 ** (ageDays / halfLife);
  return (identifierWeights[kind] * decay) / Math.max(1, assets);
}

function noteOf({ kind, ageDays, assets }: SharedIdentifier): string | undefined {
  const notes = [
    ...(ageDays !== undefined && halfLifeDays[kind] !== undefined && ageDays >= 1
      ? [`${Math.round(ageDays)} days apart`]
      : []),
    ...(assets > 1 ? [`${assets} assets bear it`] : []),
  ];
  return notes.length > 0 ? notes.join(', ') : undefined;
}

function weigh(candidate: IdentityCandidate): WeighedCandidate {
  // Only the strongest of a kind counts: a machine with ten addresses is not ten times as much the same.
  const best = new Map<IdentifierKind, { shared: SharedIdentifier; weight: number }>();
  for (const shared of candidate.shared) {
    const weight = weightOf(shared);
    const known = best.get(shared.kind);
    // Of two values that weigh the same the first by its letters, so that their order in a report says nothing.
    const isBetter =
      known === undefined ||
      weight > known.weight ||
      (weight === known.weight && shared.value < known.shared.value);
    if (isBetter) best.set(shared.kind, { shared, weight });
  }
  const kindsShared = new Set(best.keys());
  // The host name is the first label of the FQDN: together they are one fact.
  if (best.has('fqdn')) best.delete('hostname');
  // So is it mostly the NetBIOS name.
  else if (best.get('netbios')?.shared.value === best.get('hostname')?.shared.value) best.delete('hostname');
  const evidence = [...best.values()].map(({ shared, weight }) => {
    const note = noteOf(shared);
    return {
      kind: shared.kind,
      value: shared.value,
      weight: rounded(weight),
      ...(note === undefined ? {} : { note }),
    };
  });
  const against = singular
    .filter((kind) => candidate.contradicted.includes(kind))
    .map((kind) => ({
      kind,
      value: '',
      weight: -identifierWeights[kind],
      note: 'both sides have one and they differ',
    }));
  const all = [
    ...evidence.toSorted((a, b) => b.weight - a.weight),
    ...against,
    ...oppositionTo(candidate, kindsShared),
  ];
  return {
    assetUuid: candidate.assetUuid,
    score: rounded(all.reduce((sum, each) => sum + each.weight, 0)),
    evidence: all,
  };
}

function oppositionTo(
  { contradicted }: IdentityCandidate,
  shared: ReadonlySet<IdentifierKind>,
): WeighedCandidate['evidence'] {
  if (standsAlone.some((kind) => shared.has(kind))) return [];
  const differs = (kind: IdentifierKind): boolean => contradicted.includes(kind) && !shared.has(kind);
  const name = nameKinds.find((kind) => differs(kind));
  const restsOnName = shared.has('netbios') && !shared.has('mac') && !shared.has('bios_uuid');
  const against: (readonly [IdentifierKind, number])[] = [];
  if (name !== undefined) against.push([name, opposing.name]);
  if (differs('ip') && (name !== undefined || restsOnName)) against.push(['ip', opposing.ip]);
  if (differs('ip') && differs('mac') && restsOnName) against.push(['mac', opposing.mac]);
  return against.map(([kind, weight]) => ({
    kind,
    value: '',
    weight: -weight,
    note: 'both sides have one and they differ',
  }));
}

/** Decides what a reported machine is. */
export function decideIdentity(candidates: readonly IdentityCandidate[]): IdentityDecision {
  const weighed = candidates
    .map((candidate) => weigh(candidate))
    .toSorted((a, b) => b.score - a.score || (a.assetUuid < b.assetUuid ? -1 : 1));
  const [best, ...others] = weighed;
  if (!best || best.score < reviewAt)
    return {
      decision: 'new',
      reason: best ? reasonOf('too_little', { score: best.score }) : reasonOf('no_identifier'),
      candidates: weighed,
    };
  if (best.score < linkAt)
    return {
      decision: 'review',
      reason: reasonOf('not_sure', { score: best.score, limit: linkAt }),
      candidates: weighed,
    };
  const rivals = others.filter((each) => each.score >= linkAt && best.score - each.score < clearLead);
  if (rivals.length > 0)
    return {
      decision: 'review',
      reason: reasonOf('several_assets', { count: rivals.length + 1 }),
      candidates: weighed,
    };
  return {
    decision: 'linked',
    assetUuid: best.assetUuid,
    reason: reasonOf('only_asset', { score: best.score }),
    candidates: weighed,
  };
}
