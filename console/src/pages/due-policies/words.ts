import type { DuePolicy, PolicyPreview, PolicyUse, PolicyVersion } from '../../api/decisions/due-policies.ts';

export const basisWords: Readonly<Record<PolicyVersion['basis'], string>> = {
  first_found: 'the day it was first found',
  original_detection: 'the day it was first found, or the vendor released the fix',
  evaluation_completed: 'the day it was evaluated',
  kev_or_detection: 'the day its CVE was listed as exploited or it was found, whichever is earlier',
  kev_due: 'nothing: the catalogue of exploited vulnerabilities gives the day',
  comply_by: 'nothing: a notice gives the day, and a person enters it',
};

export const countsWords: Readonly<Record<PolicyVersion['counts'], string>> = {
  days: 'every day',
  working_days: 'working days only',
  days_then_before: 'every day; an end on a free day moves to the working day before',
  days_then_after: 'every day; an end on a free day moves to the working day after',
};

/** What becomes of a promised date when a policy gives an earlier one. */
export const earlierWords: Readonly<Record<PolicyVersion['whenEarlier'], string>> = {
  ask: 'waits for a person to decide',
  approve: 'moves the promised date once those who decide agree',
  follow: 'moves the promised date by itself',
};

export const conditionWords: Readonly<Record<string, string>> = {
  severity: 'Severity',
  kev: 'Known exploited',
  epss: 'EPSS at least the given score',
  exposed: 'Publicly exposed',
  automatable: 'Can be automated',
  impact: 'Technical impact',
  class: 'Class',
  reachable: 'Reachable from the internet',
  exploitable: 'Likely exploitable',
  agency_impact: 'Agency impact',
  national_security: 'National security system',
};

/** Days as a table shows them: `12 hours`, `14 days`; null where the policy gives no date. */
export const spanWords = (days: number): string =>
  days > 0 && days < 1 ? `${days * 24} hours` : `${days} ${days === 1 ? 'day' : 'days'}`;

/** @param today YYYY-MM-DD. */
export function forceWords({ effectiveFrom, effectiveUntil, inForce }: PolicyVersion, today: string): string {
  if (inForce) return effectiveUntil === null ? 'in force' : `in force until ${effectiveUntil}`;
  return effectiveFrom !== null && effectiveFrom > today
    ? `begins on ${effectiveFrom}`
    : `ended on ${effectiveUntil ?? 'an unknown day'}`;
}

/** The version that counts now, else the newest. */
export const shownVersion = ({ versions }: DuePolicy): PolicyVersion | undefined =>
  versions.find(({ inForce }) => inForce) ?? versions[0];

export const byDefault = ({ uses }: DuePolicy): PolicyUse | undefined =>
  uses.find(({ systemId }) => systemId === null);

/** What holds of a policy in a boundary, and whether it says so itself. */
export function heldIn(
  policy: DuePolicy,
  systemId: string,
): { readonly applies: boolean; readonly coversOpen: boolean; readonly own: PolicyUse | undefined } {
  const own = policy.uses.find((use) => use.systemId === systemId);
  const use = own ?? byDefault(policy);
  return { applies: use?.applies ?? false, coversOpen: use?.coversOpen ?? false, own };
}

const poams = (n: number): string => `${n.toLocaleString('en')} ${n === 1 ? 'weakness' : 'weaknesses'}`;

export function previewWords({ looked, earlier, late }: PolicyPreview): string {
  if (looked === 0) return 'No open POA&M is concerned: nothing moves.';
  if (earlier === 0) return `${poams(looked)} of open POA&Ms were looked at: none would be due earlier.`;
  return `${poams(looked)} of open POA&Ms were looked at: ${earlier.toLocaleString('en')} would be due earlier, ${late.toLocaleString('en')} of them earlier than their POA&M promises.`;
}
