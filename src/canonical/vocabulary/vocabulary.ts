/** The words that Tieline's record uses, as the existing application spells them (decision 0006). */

export const severities = ['Info', 'Low', 'Medium', 'High', 'Critical'] as const;
export type Severity = (typeof severities)[number];

/** How a severity is written besides our own words, plain. */
export const otherSeverities: Readonly<Record<string, Severity>> = {
  informational: 'Info',
  none: 'Info',
  'very low': 'Low',
  moderate: 'Medium',
  'very high': 'Critical',
};

/**
 * The state of a finding, as a scanner reports it. The owner's column `state` knows no `reopened`
 * (its readers would miss an open weakness), so it says `Open` for both and `lifecycle_state` keeps this word.
 */
export const lifecycleStates = ['open', 'reopened', 'fixed'] as const;
/**
 * The state of a finding as the record has it. `missing`: a full read of its scanner no longer showed it, and nobody said that it was fixed.
 * `gone`: its machine is gone. Neither is open, and neither is fixed: absence is not deletion (decision 0013), and proves nothing.
 */
export const findingLifecycles = [...lifecycleStates, 'missing', 'gone'] as const;

/** What a check of an audit file came to. */
export const complianceStatuses = ['passed', 'failed', 'warning', 'skipped', 'error', 'unknown'] as const;

export const severityModifications = ['none', 'recast', 'accepted'] as const;

/** What a rule of the scanner's server does to findings: hides them as accepted or as no weakness at all, or gives them another severity. */
export const acceptanceKinds = ['accepted', 'false_positive', 'recast'] as const;
export const acceptanceStatuses = ['active', 'withdrawn'] as const;

/** POA&M status: the owner's four words and the further ones that a GRC system keeps apart (decision 0015). */
export const poamStatuses = [
  'Draft',
  'Open',
  'In Progress',
  'Pending Verification',
  'Completed',
  'Risk Accepted',
  'False Positive',
  'Operational Requirement',
  'Not Applicable',
  'Cancelled',
] as const;

/**
 * What a status comes to. `live` asks for work: such a POA&M is open. A `deviation` asks for none, and answers its findings until it expires;
 * one that is completed or cancelled answers nothing that is found from then on.
 */
export type PoamStanding = 'live' | 'deviation' | 'completed' | 'cancelled';

/**
 * The one place that says which POA&Ms are open and which are over; SQL takes it from here (`record/poam-status`). An operational requirement
 * stands beside the work on a weakness and ends nothing. A word that is not known, or none, is live.
 */
export const poamStandings: Readonly<Record<(typeof poamStatuses)[number], PoamStanding>> = {
  Draft: 'live',
  Open: 'live',
  'In Progress': 'live',
  'Pending Verification': 'live',
  Completed: 'completed',
  'Risk Accepted': 'deviation',
  'False Positive': 'deviation',
  'Operational Requirement': 'live',
  'Not Applicable': 'deviation',
  Cancelled: 'cancelled',
};

export const milestoneStatuses = ['Pending', 'In Progress', 'Completed', 'Cancelled'] as const;

export const implementationStatuses = [
  'Implemented',
  'Partially Implemented',
  'Not Implemented',
  'Not Applicable',
] as const;

const plainWord = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
/** A severity in any spelling that is known. */
export const severityNamed = (word: string | null): Severity | undefined => {
  const plain = plainWord(word ?? '');
  return severities.find((each) => each.toLowerCase() === plain) ?? otherSeverities[plain];
};

/** Words that installations of the existing application use besides its four (decision 0006). */
const otherPoamWords: Readonly<Record<string, (typeof poamStatuses)[number]>> = {
  ongoing: 'In Progress',
  overdue: 'Open',
  critical: 'Open',
  canceled: 'Cancelled',
  closed: 'Completed',
};

/** Every known spelling of a status, plain (lower case, single spaces), with the word that it means: `canonicalStatus`, for SQL. */
export const statusSpellings: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...milestoneStatuses, ...poamStatuses].map((word) => [plainWord(word), word])),
  ...otherPoamWords,
};

/**
 * A status as this record's own words have it: `partially_implemented` and `ongoing` are spellings, no other value. A
 * word that is not known stays as it is.
 */
export function canonicalStatus(field: string, value: string): string {
  const word = plainWord(value);
  if (field === 'implementation_status')
    return implementationStatuses.find((known) => plainWord(known) === word) ?? value;
  if (field === 'status')
    return (
      otherPoamWords[word] ??
      [...poamStatuses, ...milestoneStatuses].find((known) => plainWord(known) === word) ??
      value
    );
  return value;
}

/** What a POA&M comes to by its status, in whatever spelling. */
export function poamStandingOf(status: string | null): PoamStanding {
  const word = canonicalStatus('status', status ?? '');
  return poamStatuses.some((known) => known === word)
    ? poamStandings[word as (typeof poamStatuses)[number]] // just found among them
    : 'live';
}
