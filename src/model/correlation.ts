/**
 * Which component an asset is (design section 7): weighted identifiers, the evidence kept, one clear match links,
 * several go to review. Pure: the candidates come in, the decision and its reason go out.
 *
 * Rejected: matching on a name's substring (`web1` hits `web10`), and on an IP address alone, which DHCP gives to
 * another machine tomorrow (reference/grc-facts.md section 7).
 */
import type { Identifier, IdentifierKind } from './identifiers.ts';

/**
 * What each shared identifier counts. At or above `linkAt` one identifier is enough: MAC and NetBIOS are, if nothing
 * contradicts them. A short host name or an IP address only supports another.
 */
export const identifierWeights: Readonly<Record<IdentifierKind, number>> = {
  tenable_uuid: 100,
  agent_uuid: 95,
  bios_uuid: 90,
  mac: 70,
  fqdn: 65,
  netbios: 50,
  hostname: 35,
  ip: 25,
};
export const linkAt = 50;
/** A candidate this far behind the best one is no rival. */
export const clearLead = 30;
/** Identifiers of which a machine has one: different values speak against the match. */
const singular = ['tenable_uuid', 'agent_uuid', 'bios_uuid'] as const satisfies readonly IdentifierKind[];

export interface Evidence {
  readonly kind: IdentifierKind;
  readonly value: string;
  readonly weight: number;
  readonly note?: string;
}

export interface Candidate {
  readonly componentId: number;
  readonly shared: readonly Identifier[];
  /** Kinds of which both sides have a value and none is shared. */
  readonly contradicted: readonly IdentifierKind[];
  /** How many assets share each of these identifiers with some component: an identifier of several machines proves less. */
  readonly assetsSharing: Readonly<Record<string, number>>;
}

export interface CandidateDecision {
  readonly componentId: number;
  readonly decision: 'linked' | 'review' | 'rejected';
  readonly score: number;
  readonly evidence: readonly Evidence[];
  readonly reason: string;
}

function weigh(candidate: Candidate): { score: number; evidence: Evidence[] } {
  const evidence: Evidence[] = [];
  let score = 0;
  const counted = new Set<IdentifierKind>();
  for (const { kind, value } of [...candidate.shared].toSorted(
    (a, b) => identifierWeights[b.kind] - identifierWeights[a.kind],
  )) {
    const weight = counted.has(kind) ? 0 : identifierWeights[kind];
    counted.add(kind);
    score += weight;
    const sharing = candidate.assetsSharing[`${kind} ${value}`] ?? 1;
    evidence.push({ kind, value, weight, ...(sharing > 1 ? { note: `${sharing} assets bear it` } : {}) });
  }
  // The host name is the first label of the FQDN: together they are one fact.
  if (counted.has('fqdn') && counted.has('hostname')) score -= identifierWeights.hostname;
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

/** Decides about all candidates of one asset. The best comes first. */
export function decideCorrelation(candidates: readonly Candidate[]): CandidateDecision[] {
  const weighed = candidates
    .map((candidate) => ({ componentId: candidate.componentId, ...weigh(candidate) }))
    .toSorted((a, b) => b.score - a.score || a.componentId - b.componentId);
  const best = weighed[0];
  if (!best) return [];
  const rivals = weighed.filter(
    (each) => each !== best && each.score >= linkAt && best.score - each.score < clearLead,
  );
  return weighed.map((each) => {
    if (each.score < linkAt)
      return { ...each, decision: 'rejected', reason: `score ${each.score} is below ${linkAt}` };
    if (rivals.length > 0 && (each === best || rivals.includes(each)))
      return {
        ...each,
        decision: 'review',
        reason: `${rivals.length + 1} components fit about equally well`,
      };
    if (each !== best)
      return {
        ...each,
        decision: 'rejected',
        reason: `another component fits better by ${best.score - each.score}`,
      };
    return { ...each, decision: 'linked', reason: `the only component that fits (score ${each.score})` };
  });
}

export interface PairDecision extends CandidateDecision {
  readonly assetUuid: string;
}

/**
 * A component is one machine: where several assets would be linked to it, all but a clear best go to review.
 * `decisions` are those of all assets.
 */
export function settleSharedComponents(decisions: readonly PairDecision[]): PairDecision[] {
  const linkedTo = Map.groupBy(
    decisions.filter((each) => each.decision === 'linked'),
    (each) => each.componentId,
  );
  return decisions.map((each) => {
    const rivals = each.decision === 'linked' ? (linkedTo.get(each.componentId) ?? []) : [];
    if (rivals.length < 2) return each;
    const others = rivals.filter((rival) => rival !== each);
    const bestOther = Math.max(...others.map((rival) => rival.score));
    if (each.score - bestOther >= clearLead) return each;
    if (bestOther - each.score >= clearLead)
      return {
        ...each,
        decision: 'rejected',
        reason: `another asset fits this component better by ${bestOther - each.score}`,
      };
    return {
      ...each,
      decision: 'review',
      reason: `${rivals.length} assets fit this component about equally well`,
    };
  });
}
