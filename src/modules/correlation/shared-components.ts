/**
 * Several assets and one component: who has it, who shares it, and what a person is asked. Pure. A component is one machine, and who is
 * matched to it stays so: a newcomer that carries its name or address never throws the matched one out. A newcomer that is rather the same
 * machine (a scanner knows it twice) shares the component, and the two are shown as probable duplicates; any other is left to a person.
 * What a person decided about a pair is not decided again, and holds against all that compete with it.
 *
 * Rejected: leaving a component unmatched while several fit (a machine in service then leaves its system, and its new findings get no
 * POA&M); leaving it to who fits better (an address that moves takes the system with it).
 */
import { type CandidateDecision, clearLead, linkAt } from '../../canonical/identity/index.ts';
import { reasonOf } from '../../canonical/vocabulary/index.ts';
import type { PairDecision, Question } from '../../record/matches/index.ts';

export interface PersonLink {
  readonly assetUuid: string;
  readonly componentId: number;
}

/** What is known besides the identifiers that an asset and a component share. */
export interface Competition {
  /** Pairs that a person matched. */
  readonly byPerson: readonly PersonLink[];
  /** Pairs that a standing decision of a person names, and which. */
  readonly standing: readonly (PersonLink & { readonly standingId: number })[];
  /** Assets that no source reports any more: they keep their match and are not rivals. */
  readonly unreported: ReadonlySet<string>;
  isSameMachine(one: string, other: string): boolean;
}

export interface Settlement {
  readonly decisions: readonly PairDecision[];
  readonly questions: readonly Question[];
}

const pairKey = (pair: PersonLink): string => `${pair.assetUuid} ${pair.componentId}`;

/** Settles all decisions about pairs of one GRC system. @param decided by asset, as `decideCorrelation` gives them. */
export function settleComponents(
  decided: ReadonlyMap<string, readonly CandidateDecision[]>,
  competition: Competition,
): Settlement {
  const own = [...decided].flatMap(([assetUuid, list]) =>
    list.map((each): PairDecision => ({ ...each, assetUuid, rule: 'weighted_identifiers' })),
  );
  const bound = holdPersonsWord(own, competition);
  const decisions = [...Map.groupBy(bound, (each) => each.componentId)].flatMap(([componentId, pairs]) =>
    shareComponent(componentId, pairs, competition),
  );
  return { decisions, questions: questionsOf(decisions, competition) };
}

/** An asset that a person matched, or for which a standing decision speaks, is not another component. */
function holdPersonsWord(pairs: readonly PairDecision[], competition: Competition): PairDecision[] {
  const person = new Set(competition.byPerson.map((each) => each.assetUuid));
  const standing = new Map(competition.standing.map((each) => [each.assetUuid, each]));
  const kept = pairs.map((each): PairDecision => {
    if (person.has(each.assetUuid))
      return { ...each, decision: 'rejected', reason: reasonOf('person_matched_other') };
    const word = standing.get(each.assetUuid);
    if (!word) return each;
    return each.componentId === word.componentId
      ? linkedByStanding(each, word.standingId)
      : { ...each, decision: 'rejected', reason: reasonOf('standing_says_other') };
  });
  const there = new Set(kept.map(pairKey));
  const added = competition.standing
    .filter((each) => !there.has(pairKey(each)) && !person.has(each.assetUuid))
    .map(({ assetUuid, componentId, standingId }): PairDecision =>
      linkedByStanding(
        { assetUuid, componentId, score: 0, evidence: [], isMatched: false, isHeld: false },
        standingId,
      ),
    );
  return [...kept, ...added];
}

const linkedByStanding = (
  pair: Omit<PairDecision, 'decision' | 'reason' | 'rule'>,
  id: number,
): PairDecision => ({
  ...pair,
  decision: 'linked',
  rule: 'standing_decision',
  reason: reasonOf('standing_says', { decision: id }),
});

const isStanding = (pair: PairDecision): boolean => pair.rule === 'standing_decision';

function shareComponent(
  componentId: number,
  pairs: readonly PairDecision[],
  competition: Competition,
): PairDecision[] {
  const isReported = (uuid: string): boolean => !competition.unreported.has(uuid);
  const linked = pairs.filter((each) => each.decision === 'linked');
  const holders = [
    ...competition.byPerson.filter((each) => each.componentId === componentId),
    ...linked.filter((each) => each.isMatched || isStanding(each)),
  ]
    .map((each) => each.assetUuid)
    .filter(isReported);
  const newcomers = linked
    .filter((each) => !each.isMatched && !isStanding(each))
    .toSorted((a, b) => b.score - a.score || (a.assetUuid < b.assetUuid ? -1 : 1));
  const [best] = newcomers;
  if (!best) return [...pairs];
  const settled = new Map(
    (holders.length > 0
      ? besideHolders(newcomers, holders, competition)
      : amongThemselves(best, newcomers, competition)
    ).map((each) => [each.assetUuid, each]),
  );
  return pairs.map((each) => settled.get(each.assetUuid) ?? each);
}

const shares = (pair: PairDecision, other: string): PairDecision => ({
  ...pair,
  reason: reasonOf('component_shared', { asset: other, score: pair.score }),
});

function besideHolders(
  newcomers: readonly PairDecision[],
  holders: readonly string[],
  competition: Competition,
): PairDecision[] {
  return newcomers.map((each) => {
    const twin = holders.find((holder) => competition.isSameMachine(each.assetUuid, holder));
    return twin === undefined
      ? {
          ...each,
          decision: 'review',
          reason: reasonOf('component_taken', { asset: holders[0] ?? '' }),
        }
      : shares(each, twin);
  });
}

function amongThemselves(
  best: PairDecision,
  newcomers: readonly PairDecision[],
  competition: Competition,
): PairDecision[] {
  const isTwin = (each: PairDecision): boolean =>
    each === best || competition.isSameMachine(each.assetUuid, best.assetUuid);
  const strangers = newcomers.filter((each) => !isTwin(each));
  const isClear = strangers.every((each) => best.score - each.score >= clearLead);
  return newcomers.map((each) => {
    if (!isClear)
      return {
        ...each,
        decision: 'review',
        reason: reasonOf('several_assets_component', { count: newcomers.length }),
      };
    if (each === best) return each;
    return isTwin(each)
      ? shares(each, best.assetUuid)
      : {
          ...each,
          decision: 'review',
          reason: reasonOf('other_asset_better', {
            asset: best.assetUuid,
            lead: best.score - each.score,
          }),
        };
  });
}

function questionsOf(decisions: readonly PairDecision[], competition: Competition): Question[] {
  const components = [...Map.groupBy(decisions, (each) => each.assetUuid)].flatMap(
    ([assetUuid, list]): Question[] => {
      const open = list.find((each) => each.decision === 'review');
      const faded = list.find(
        (each) => each.decision === 'linked' && each.score < linkAt && !isStanding(each),
      );
      const reason = open?.reason ?? faded?.reason;
      return reason === undefined ? [] : [{ kind: 'component', assetUuid, reason }];
    },
  );
  const person = Map.groupBy(competition.byPerson, (each) => each.componentId);
  const isReported = (each: PersonLink): boolean => !competition.unreported.has(each.assetUuid);
  const duplicates = [
    ...Map.groupBy(
      decisions.filter((each) => each.decision === 'linked' && isReported(each)),
      (each) => each.componentId,
    ),
  ].flatMap(([componentId, list]): Question[] => {
    const assets = list.length + (person.get(componentId) ?? []).filter(isReported).length;
    return assets > 1 && !list.every(isStanding)
      ? [{ kind: 'duplicate', componentId, reason: reasonOf('assets_share', { count: assets }) }]
      : [];
  });
  return [...components, ...duplicates];
}
