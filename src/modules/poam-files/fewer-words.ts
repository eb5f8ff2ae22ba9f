/**
 * Layouts with fewer words than the record: FedRAMP knows no critical, eMASS one word for all open work, and none of them every field. A file that
 * says of a POA&M just what it would say of ours does not contradict it; so what goes out and comes in again is no change, and a file that truly
 * says something else is heard. What a layout writes for a value is said here once more for the way back; the round trip of every format holds
 * both against each other. Pure.
 */
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { severityNamed } from '../../canonical/vocabulary/index.ts';
import {
  categoryOf,
  controlsWritten,
  fedrampRatingOf,
  fedrampSheetOf,
  fiveLevelOf,
  fiveLevels,
  type LivingDeviation,
  longestEmassText,
  noPlan,
  oscalControlId,
  oscalRatingOf,
  oscalStatusOf,
  poamStatusOf,
  rmfStatusOf,
  writeDeviationRationale,
} from '../poam-formats/index.ts';
import type { PoamLayout } from './poam-file.ts';

/** What writers of layouts look at beside the fields of a POA&M. */
export interface Surroundings {
  /** Requested or approved. */
  readonly deviations: readonly LivingDeviation[];
  /** Of the boundary: eMASS is told it where nobody is named. */
  readonly organization: string | null;
  /** Days of milestones that are not cancelled. */
  readonly milestoneDays: readonly string[];
  readonly madeOn: string | null;
}

export const nothingAround: Surroundings = {
  deviations: [],
  organization: null,
  milestoneDays: [],
  madeOn: null,
};

type Words = readonly (string | null)[];
type Writer = (record: JsonObject, around: Surroundings) => Words;
type Writers = Readonly<Record<string, Writer>>;

const textIn = (record: JsonObject, field: string): string | null => {
  const value = record[field];
  return typeof value === 'string' && value.trim() !== '' ? value : null;
};
const severityIn = (record: JsonObject) =>
  severityNamed(textIn(record, 'weakness_risk_level')) ?? severityNamed(textIn(record, 'risk_rating'));
const adjustedIn = (deviations: readonly LivingDeviation[], isApproved: boolean) =>
  severityNamed(
    deviations.find(({ kind, state }) => kind === 'risk_adjustment' && (!isApproved || state === 'approved'))
      ?.adjusted ?? null,
  );

const fedramp: Writers = {
  status: (record) => [fedrampSheetOf[poamStatusOf(textIn(record, 'status'))]],
  weakness_risk_level(record) {
    const severity = severityIn(record);
    return [severity === undefined ? null : fedrampRatingOf[severity]];
  },
  residual_risk_level(_record, { deviations }) {
    const adjusted = adjustedIn(deviations, false);
    return [adjusted === undefined ? null : fedrampRatingOf[adjusted]];
  },
  deviation_rationale: (record, { deviations }) => [
    writeDeviationRationale(deviations) ?? textIn(record, 'deviation_rationale'),
  ],
};

/** One of five words, or none where the record says something else. */
const level =
  (field: string): Writer =>
  (record) => {
    const value = textIn(record, field);
    const same = fiveLevels.find((word) => word.toLowerCase() === value?.trim().toLowerCase());
    const severity = severityNamed(value);
    return [same ?? (severity === undefined ? null : fiveLevelOf[severity])];
  };

const emass: Writers = {
  status: (record) => [rmfStatusOf[poamStatusOf(textIn(record, 'status'))]],
  weakness_risk_level(record) {
    const severity = severityIn(record);
    if (severity === undefined) return [null];
    return [fiveLevelOf[severity], categoryOf[severity], `CAT ${categoryOf[severity]}`];
  },
  ...Object.fromEntries(
    ['risk_rating', 'residual_risk_level', 'likelihood', 'impact', 'threat_relevance'].map((field) => [
      field,
      level(field),
    ]),
  ),
  poc: (record, { organization }) => [textIn(record, 'poc') ?? organization],
  actual_completion: (record) => [
    poamStatusOf(textIn(record, 'status')) === 'Completed' ? textIn(record, 'actual_completion') : null,
  ],
};

const oscalRating =
  (field: string): Writer =>
  (record) => [oscalRatingOf(severityNamed(textIn(record, field)) ?? severityIn(record))];

const oscal: Writers = {
  status: (record, { deviations }) => [
    oscalStatusOf(poamStatusOf(textIn(record, 'status')), deviations),
    textIn(record, 'status'),
  ],
  weakness_risk_level: (record) => [oscalRatingOf(severityIn(record))],
  likelihood: oscalRating('likelihood'),
  impact: oscalRating('impact'),
  residual_risk_level(_record, { deviations }) {
    const adjusted = adjustedIn(deviations, true);
    return [adjusted === undefined ? null : adjusted.toLowerCase()];
  },
  scheduled_completion: (record, { milestoneDays }) => [
    [...milestoneDays, textIn(record, 'scheduled_completion')?.slice(0, 10) ?? ''].toSorted().at(-1) || null,
  ],
  original_detection_date: (record, { madeOn }) => [
    textIn(record, 'original_detection_date')?.slice(0, 10) ?? madeOn,
  ],
  remediation_plan: (record) => [textIn(record, 'remediation_plan') ?? noPlan],
  security_control: (record) => [
    controlsWritten(textIn(record, 'security_control')).map(oscalControlId).join(', ') || null,
  ],
};

const writersOf = (layout: PoamLayout): Writers =>
  layout === 'fedramp-2' ? fedramp : layout === 'oscal' ? oscal : emass;

/** Sheets hold the day of it. */
const isInstant = /^\d{4}-\d{2}-\d{2}T/;

/** Cells of Excel hold no more. */
const longestCell = 32_767;

function written(layout: PoamLayout, field: string, record: JsonObject, around: Surroundings): Words {
  const writer = writersOf(layout)[field];
  if (writer) return writer(record, around);
  const text = textIn(record, field);
  if (text === null || layout === 'oscal') return [text];
  if (layout === 'rmf-export' && text.trim() === '-') return [null];
  const cut = text.slice(0, layout === 'fedramp-2' ? longestCell : longestEmassText);
  return isInstant.test(text) ? [cut, text.slice(0, 10)] : [cut];
}

const plain = (word: string | null): string => (word ?? '').replaceAll(/\s+/g, ' ').trim().toLowerCase();

/**
 * @param word as the file has it; null: it says that there is nothing. @param given.base what both sides agreed on last. @param given.ours as our
 * row has it now.
 * @returns what the file says, in the record's words: the base where it says nothing else, else ours where it says that, else `read`.
 */
export function meant(
  layout: PoamLayout,
  field: string,
  given: {
    readonly word: string | null;
    readonly read: Json | undefined;
    readonly base: JsonObject | undefined;
    readonly ours: JsonObject | undefined;
    readonly around: Surroundings;
  },
): Json | undefined {
  for (const side of [given.base, given.ours])
    // What was never agreed on says nothing.
    if (
      side?.[field] !== undefined &&
      written(layout, field, side, given.around).some((word) => plain(word) === plain(given.word))
    )
      return side[field];
  return given.read;
}
