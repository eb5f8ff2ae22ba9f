/** How statuses and ratings of the record are written in each format, and read from it. */
import {
  canonicalStatus,
  poamStatuses,
  type Severity,
  severityNamed,
} from '../../canonical/vocabulary/index.ts';
import type { FedrampRating, FedrampSheet } from './fedramp-workbook.ts';
import type { categories, FiveLevel, RmfStatus } from './rmf-workbooks.ts';

export type PoamStatus = (typeof poamStatuses)[number];

/** The sheet of a POA&M. Approved false positives are closed; approved operational requirements stay open. Null: in none. */
export const fedrampSheetOf: Readonly<Record<PoamStatus, Extract<FedrampSheet, 'open' | 'closed'> | null>> = {
  Draft: null,
  Open: 'open',
  'In Progress': 'open',
  'Pending Verification': 'open',
  Completed: 'closed',
  'Risk Accepted': 'open',
  'False Positive': 'closed',
  'Operational Requirement': 'open',
  'Not Applicable': 'closed',
  Cancelled: null,
};

/** Null: such a POA&M is not written at all, and is listed as left out. */
export const rmfStatusOf: Readonly<Record<PoamStatus, RmfStatus | null>> = {
  Draft: null,
  Open: 'Ongoing',
  'In Progress': 'Ongoing',
  'Pending Verification': 'Ongoing',
  Completed: 'Completed',
  'Risk Accepted': 'Risk Accepted',
  'False Positive': 'Not Applicable',
  'Operational Requirement': 'Ongoing',
  'Not Applicable': 'Not Applicable',
  Cancelled: null,
};

/** The word of an eMASS workbook in ours. `Ongoing` says no more than that work is open. */
export const statusOfRmf: Readonly<Record<RmfStatus, PoamStatus>> = {
  Ongoing: 'In Progress',
  Completed: 'Completed',
  'Risk Accepted': 'Risk Accepted',
  'Not Applicable': 'Not Applicable',
  Archived: 'Cancelled',
};

/** FedRAMP knows no critical: it counts as high. */
export const fedrampRatingOf: Readonly<Record<Severity, FedrampRating>> = {
  Critical: 'High',
  High: 'High',
  Medium: 'Moderate',
  Low: 'Low',
  Info: 'Low',
};
export const fiveLevelOf: Readonly<Record<Severity, FiveLevel>> = {
  Critical: 'Very High',
  High: 'High',
  Medium: 'Moderate',
  Low: 'Low',
  Info: 'Very Low',
};
export const categoryOf: Readonly<Record<Severity, (typeof categories)[number]>> = {
  Critical: 'I',
  High: 'I',
  Medium: 'II',
  Low: 'III',
  Info: 'III',
};
const severityOfCategory: Readonly<Record<string, Severity>> = { I: 'High', II: 'Medium', III: 'Low' };

/** A rating as any of these formats writes it: a severity, one of five levels, or a category. @returns undefined where it is none. */
export const severityWritten = (word: string): Severity | undefined =>
  severityOfCategory[
    word
      .trim()
      .toUpperCase()
      .replace(/^CAT\s*/, '')
  ] ?? severityNamed(word);

/** A status of the record in canonical words; one that is not known counts as open work. */
export function poamStatusOf(stored: string | null): PoamStatus {
  const word = canonicalStatus('status', stored ?? 'Open');
  return poamStatuses.find((known) => known === word) ?? 'Open';
}
