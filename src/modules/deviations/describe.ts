/** Deviations in words: what is asked, as its deciders read it, and what the GRC system and the scanner are told. Pure. */
import type { DeviationKind } from '../../canonical/vocabulary/index.ts';
import type { DeviationRow } from './deviations.sql.ts';
import type { DeviationDetails } from './requirements.ts';

/** As FedRAMP's workbook writes them before the colon of a deviation rationale (column X). */
export const deviationNames: Readonly<Record<DeviationKind, string>> = {
  false_positive: 'False Positive',
  risk_adjustment: 'Risk Adjustment',
  risk_acceptance: 'Risk Acceptance',
  operational_requirement: 'Operational Requirement',
  vendor_dependency: 'Vendor Dependency',
};

const verbs: Readonly<Record<DeviationKind, (what: string, rating: string) => string>> = {
  false_positive: (what) => `take ${what} for a false positive`,
  risk_adjustment: (what, rating) => `rate ${what} ${rating}`,
  risk_acceptance: (what) => `accept the risk of ${what}`,
  operational_requirement: (what) => `leave ${what} for a requirement of operations`,
  vendor_dependency: (what) => `let ${what} wait for its vendor`,
};

type Described = Pick<
  DeviationRow,
  | 'kind'
  | 'poamId'
  | 'isWholePoam'
  | 'adjustedSeverity'
  | 'expiresOn'
  | 'reviewOn'
  | 'compensatingControls'
  | 'details'
>;

/** At most so many machines are named; of more the number is said. */
export const namedAtMost = 5;

/** `web-2`, `web-1 and web-2`, `7 assets`, `all its assets (3)`. @param count of the assets, where only the first of them are named. */
export function whereText(isWhole: boolean, names: readonly string[], count = names.length): string {
  if (isWhole) return `all its assets (${count})`;
  if (count > namedAtMost) return `${count} assets`;
  return names.length < 2
    ? (names[0] ?? 'no asset')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** In a sentence: `accept the risk of POAM-7 on web-2 until 2026-12-31`. @param names of its assets, or of the first of `count`. */
export function actionOf(
  deviation: Described,
  names: readonly string[],
  count: number = names.length,
): string {
  const what = `${deviation.poamId} on ${whereText(deviation.isWholePoam, names, count)}`;
  const until = deviation.expiresOn === null ? '' : ` until ${deviation.expiresOn}`;
  return `${verbs[deviation.kind](what, deviation.adjustedSeverity ?? '')}${until}`;
}

const detailTitles: Readonly<Record<Exclude<keyof DeviationDetails, 'explanations'>, string>> = {
  proof: 'what proves it',
  impact: 'impact on operations',
  acceptedBecause: 'accepted because',
  conditions: 'conditions',
  vectorBefore: 'CVSS of the weakness',
  vectorAfter: 'CVSS in this environment',
  mitigation: 'what makes it smaller',
  product: 'product',
  vendor: 'vendor',
  checkedIn: 'vendor last asked',
  contact: 'what the vendor said',
  expectedFix: 'fix expected',
};

/** Line by line what a decider reads. */
export function linesOf(
  deviation: Described,
  about: {
    readonly severity: string | null;
    readonly names: readonly string[];
    readonly evidence: readonly string[];
  },
) {
  const { details, compensatingControls, reviewOn, expiresOn, adjustedSeverity } = deviation;
  const given = (Object.entries(detailTitles) as [keyof typeof detailTitles, string][]).flatMap(
    ([field, title]) => (details[field] === undefined ? [] : [{ field: title, after: details[field] }]),
  );
  const lines: { field: string; before?: string; after: string }[] = [
    { field: 'on', after: about.names.join(', ') },
    ...(adjustedSeverity === null
      ? []
      : [{ field: 'rating', before: about.severity ?? 'none', after: adjustedSeverity }]),
    { field: 'until', after: expiresOn ?? 'no end' },
    ...(reviewOn === null ? [] : [{ field: 'looked at again', after: reviewOn }]),
    ...(compensatingControls === null
      ? []
      : [{ field: 'compensating controls', after: compensatingControls }]),
    ...given,
    ...Object.entries(details.explanations ?? {}).map(([metric, why]) => ({ field: metric, after: why })),
    ...about.evidence.map((name) => ({ field: 'evidence', after: name })),
  ];
  return lines;
}

type Granted = Pick<
  DeviationRow,
  'id' | 'kind' | 'rationale' | 'expiresOn' | 'adjustedSeverity' | 'decidedBy' | 'isWholePoam' | 'requestedBy'
>;

const dayText = (at: Date): string => at.toISOString().slice(0, 10);
const numbered = ({ id }: Pick<DeviationRow, 'id'>): string => `deviation ${id}`;

/** What the POA&M says of it from its approval on: `Risk Acceptance: why (on web-2; …)`. */
export function grantedText(
  deviation: Granted,
  { at, by, names }: { readonly at: Date; readonly by: string; readonly names: readonly string[] },
): string {
  const parts = [
    `on ${whereText(deviation.isWholePoam, names)}`,
    deviation.adjustedSeverity === null ? undefined : `rated ${deviation.adjustedSeverity}`,
    deviation.kind === 'vendor_dependency'
      ? `recorded by ${by} ${dayText(at)}`
      : `approved by ${by} ${dayText(at)}`,
    deviation.expiresOn === null ? undefined : `until ${deviation.expiresOn}`,
    numbered(deviation),
  ];
  return `${deviationNames[deviation.kind]}: ${deviation.rationale} (${parts.filter((part) => part !== undefined).join('; ')})`;
}

const endWords = {
  expire: 'has expired',
  lapse: 'is over',
  withdraw: 'was withdrawn',
} as const;
export type EndEvent = keyof typeof endWords;

/** What the POA&M says of it after its end. */
export function endedText(
  deviation: Pick<DeviationRow, 'id' | 'kind' | 'expiresOn'>,
  end: {
    readonly event: EndEvent;
    readonly at: Date;
    readonly by: string | undefined;
    readonly reason: string | undefined;
  },
): string {
  const by = end.by === undefined ? '' : ` by ${end.by}`;
  const why =
    end.reason === undefined
      ? ''
      : `: ${end.reason === 'fixed' ? 'what it was about has been fixed' : end.reason}`;
  const on = end.event === 'expire' && deviation.expiresOn !== null ? deviation.expiresOn : dayText(end.at);
  return `${deviationNames[deviation.kind]} ${endWords[end.event]}${by} ${on}${why} (${numbered(deviation)})`;
}

/** What the rule at a scanner's server says of itself. */
export const ruleComment = (deviation: Granted & Pick<DeviationRow, 'poamId'>): string =>
  `${deviationNames[deviation.kind]} of ${deviation.poamId}, approved by ${deviation.decidedBy ?? deviation.requestedBy} (${numbered(deviation)}): ${deviation.rationale}`;
