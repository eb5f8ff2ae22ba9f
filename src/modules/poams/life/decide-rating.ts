/**
 * Whether the rating of a POA&M follows its weakness, when the severity of that has changed. Pure. What a person has rated otherwise stays,
 * and is shown to them; so is a weakness that is due earlier now than its POA&M promises: the promised date is never rewritten.
 */
import { poamStandingOf, severities } from '../../../canonical/vocabulary/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { RatingChange } from '../../../record/weaknesses/index.ts';
import type { Question } from './decide-life.ts';

export interface RatingDecision {
  /** What the row is to say; empty: it stays. */
  readonly fields: JsonObject;
  /** The rating before, to be kept beside. */
  readonly before: string | null;
  readonly questions: readonly Question[];
}

/** Other words for the severities of scanners, as GRC systems rate. */
const otherWords: Readonly<Record<string, string>> = {
  moderate: 'medium',
  'very high': 'critical',
  informational: 'info',
  'very low': 'info',
};

function severityOf(rating: string | null): string | undefined {
  const word = (rating ?? '')
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
  const plain = otherWords[word] ?? word;
  return severities.find((each) => each.toLowerCase() === plain);
}

/** @param mayFollow whether the policies let the rating out. @param isAsked those who decide are asked about its date already. */
export function decideRating(
  poam: RatingChange,
  { mayFollow, isAsked }: { readonly mayFollow: boolean; readonly isAsked: boolean },
): RatingDecision {
  const [from, to] = [severities[poam.from] ?? 'Info', severities[poam.to] ?? 'Info'];
  const stands = poam.riskRating ?? poam.weaknessRiskLevel;
  const nothing = { fields: {}, before: stands, questions: [] };
  if (poamStandingOf(poam.status) !== 'live' || !poam.isLinked || from === to) return nothing;
  const due: Question[] =
    !isAsked && poam.to > poam.from && poam.promised !== null && poam.due < poam.promised
      ? [
          {
            code: 'due_earlier',
            params: { obliged: poam.due, promised: poam.promised, reason: poam.dueReason },
          },
        ]
      : [];
  const given = [
    ['risk_rating', poam.riskRating],
    ['weakness_risk_level', poam.weaknessRiskLevel],
  ] as const;
  const following = given.filter(([, rating]) => severityOf(rating) === from);
  const differs = (why: string): Question => ({
    code: 'rating_differs',
    params: { from, to, rating: stands, why },
  });
  if (severityOf(stands) === to) return { ...nothing, questions: due };
  if (following.length === 0) return { ...nothing, questions: [differs('adjusted'), ...due] };
  if (!mayFollow) return { ...nothing, questions: [differs('policy'), ...due] };
  return {
    fields: Object.fromEntries(following.map(([field]) => [field, to])),
    before: stands,
    questions: due,
  };
}
