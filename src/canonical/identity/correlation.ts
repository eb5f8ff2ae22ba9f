/**
 * Which component an asset is (decision 0014): weighted identifiers, the evidence kept, one clear match links,
 * several go to review. Pure: the candidates come in, the decision and its reason go out.
 *
 * Rejected: matching on a name's substring (`web1` hits `web10`), and on an IP address alone, which DHCP gives to
 * another machine tomorrow (decision 0014).
 */
import type { Identifier, IdentifierKind } from './identifiers.ts';
import { type Reason, reasonOf } from '../vocabulary/index.ts';

/**
 * What each shared identifier counts. At or above `linkAt` one identifier is enough: MAC and NetBIOS are, if nothing
 * contradicts them. A short host name or an IP address only supports another.
 */
export const identifierWeights: Readonly<Record<IdentifierKind, number>> = {
  scanner_uuid: 100,
  agent_uuid: 95,
  bios_uuid: 90,
  mac: 70,
  fqdn: 65,
  netbios: 50,
  hostname: 35,
  ip: 25,
};
export const linkAt = 50;
/** A candidate this far behind the best one is not a rival. */
export const clearLead = 30;
/** Identifiers that a machine has one of: different values speak against the match. */
const singular = ['scanner_uuid', 'agent_uuid', 'bios_uuid'] as const satisfies readonly IdentifierKind[];

export interface Evidence {
  readonly kind: IdentifierKind;
  readonly value: string;
  readonly weight: number;
  readonly note?: string;
}

export interface Candidate {
  readonly componentId: number;
  readonly shared: readonly Identifier[];
  /** Kinds with values on both sides, none of them shared. */
  readonly contradicted: readonly IdentifierKind[];
  /** How many assets share each of these identifiers with some component: an identifier of several machines proves less. */
  readonly assetsSharing: Readonly<Record<string, number>>;
  /** Whether the asset is matched to it already, by a rule. */
  readonly isMatched?: boolean;
  /** Whether another asset is matched to it, which a source still reports. */
  readonly isHeld?: boolean;
}

export interface CandidateDecision {
  readonly componentId: number;
  readonly decision: 'linked' | 'review' | 'rejected';
  readonly score: number;
  readonly evidence: readonly Evidence[];
  readonly reason: Reason;
  readonly isMatched: boolean;
  readonly isHeld: boolean;
}

function weigh(candidate: Candidate): { score: number; evidence: Evidence[] } {
  const evidence: Evidence[] = [];
  let score = 0;
  const counted = new Set<IdentifierKind>();
  // The host name is the first label of the FQDN: together they are one fact.
  const isNamed = candidate.shared.some((each) => each.kind === 'fqdn');
  for (const { kind, value } of [...candidate.shared].toSorted(
    (a, b) => identifierWeights[b.kind] - identifierWeights[a.kind],
  )) {
    const isRepeated = kind === 'hostname' && isNamed;
    const weight = counted.has(kind) || isRepeated ? 0 : identifierWeights[kind];
    counted.add(kind);
    score += weight;
    const sharing = candidate.assetsSharing[`${kind} ${value}`] ?? 1;
    const notes = [
      ...(isRepeated ? ['counted with the FQDN'] : []),
      ...(sharing > 1 ? [`${sharing} assets bear it`] : []),
    ];
    evidence.push({ kind, value, weight, ...(notes.length > 0 ? { note: notes.join(', ') } : {}) });
  }
  for (const kind of singular)
    if (candidate.contradicted.includes(kind)) {
      score -= identifierWeights[kind];
      evidence.push({
        kind,
        value: '',
        weight: -identifierWeights[kind],
        note: 'both sides have one and they differ',
      });
    }
  return { score, evidence };
}

type Weighed = Omit<CandidateDecision, 'decision' | 'reason'>;

/**
 * Decides about all candidates of one asset. The best comes first. An existing match stays: another component that fits about as
 * well or better is left to a person, and so is a match whose identifiers no longer say anything.
 */
export function decideCorrelation(candidates: readonly Candidate[]): CandidateDecision[] {
  const weighed = candidates
    .map((candidate): Weighed => ({
      componentId: candidate.componentId,
      isMatched: candidate.isMatched ?? false,
      isHeld: candidate.isHeld ?? false,
      ...weigh(candidate),
    }))
    .toSorted((a, b) => b.score - a.score || a.componentId - b.componentId);
  const fresh = decideFresh(weighed);
  const present = fresh.find((each) => each.isMatched);
  return !present || present.decision === 'linked' ? fresh : decideBeside(present, weighed);
}

/** Decides about the candidates of an asset whose match would not be made today. */
function decideBeside(present: Weighed, weighed: readonly Weighed[]): CandidateDecision[] {
  return weighed.map((each) => {
    if (each.componentId === present.componentId)
      return {
        ...each,
        decision: 'linked',
        reason:
          each.score >= linkAt
            ? reasonOf('still_fits', { score: each.score })
            : reasonOf('no_longer_fits', { score: each.score }),
      };
    if (each.score < linkAt) return { ...each, decision: 'rejected', reason: belowLimit(each) };
    const behind = present.score - each.score;
    return behind >= clearLead
      ? { ...each, decision: 'rejected', reason: reasonOf('present_better', { lead: behind }) }
      : {
          ...each,
          decision: 'review',
          reason: behind < 0 ? reasonOf('better_than_present', { lead: -behind }) : reasonOf('like_present'),
        };
  });
}

const belowLimit = ({ score }: Weighed): Reason => reasonOf('below_limit', { score, limit: linkAt });

/** A component that another machine has is not a rival of a free one that fits as well: a clone carries the BIOS uuid of its original. */
function bestOf(weighed: readonly Weighed[]): { best: Weighed | undefined; rivals: readonly Weighed[] } {
  const fitting = weighed.filter((each) => each.score >= linkAt);
  const top = fitting[0]?.score ?? 0;
  const near = fitting.filter((each) => top - each.score < clearLead);
  const free = near.filter((each) => !each.isHeld);
  const [best, ...rivals] = free.length > 0 ? free : near;
  return { best, rivals };
}

function decideFresh(weighed: readonly Weighed[]): CandidateDecision[] {
  const { best, rivals } = bestOf(weighed);
  return weighed.map((each) => {
    if (each.score < linkAt) return { ...each, decision: 'rejected', reason: belowLimit(each) };
    if (rivals.length > 0 && (each === best || rivals.includes(each)))
      return {
        ...each,
        decision: 'review',
        reason: reasonOf('several_components', { count: rivals.length + 1 }),
      };
    if (each === best)
      return { ...each, decision: 'linked', reason: reasonOf('only_component', { score: each.score }) };
    const behind = (best?.score ?? 0) - each.score;
    return {
      ...each,
      decision: 'rejected',
      reason:
        behind >= clearLead || !each.isHeld
          ? reasonOf('other_component_better', { lead: behind })
          : reasonOf('other_component_free'),
    };
  });
}
