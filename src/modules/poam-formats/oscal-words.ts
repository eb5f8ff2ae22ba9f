/** How OSCAL says what the record says: its six statuses, FedRAMP's three ratings, ids of controls. For both directions. */
import type { Severity } from '../../canonical/vocabulary/index.ts';
import { fedrampRatingOf, type PoamStatus } from './status-words.ts';

/** A deviation that is requested or approved. */
export interface LivingDeviation {
  readonly kind: string;
  readonly state: string;
  readonly rationale: string;
  readonly adjusted: string | null;
}

export type OscalStatus = 'open' | 'investigating' | 'deviation-requested' | 'deviation-approved' | 'closed';

/** @param deviations of whatever state: those that are neither requested nor approved say nothing. */
export function oscalStatusOf(
  status: PoamStatus,
  deviations: readonly Pick<LivingDeviation, 'kind' | 'state'>[],
): OscalStatus {
  if (['Completed', 'False Positive', 'Not Applicable'].includes(status)) return 'closed';
  if (deviations.some(({ state }) => state === 'requested')) return 'deviation-requested';
  if (
    deviations.some(({ state, kind }) => state === 'approved' && kind !== 'vendor_dependency') ||
    status === 'Risk Accepted'
  )
    return 'deviation-approved';
  return status === 'Draft' ? 'investigating' : 'open';
}

/** The schema wants a rating: what has none is low, and is listed. */
export const oscalRatingOf = (severity: Severity | undefined | null): string =>
  severity ? fedrampRatingOf[severity].toLowerCase() : 'low';

/** `AC-2 (1)` and `AC-02(01)` as OSCAL spells them: `ac-2.1`. */
export function oscalControlId(control: string): string {
  const [, family, number, enhancement] =
    /^([a-z]{2})-0*(\d+)[a-z.]*(?:\s*\(0*(\d+)\))?/i.exec(control) ?? [];
  if (family === undefined || number === undefined) return control.toLowerCase().replaceAll(/\s+/g, '-');
  return `${family.toLowerCase()}-${number}${enhancement === undefined ? '' : `.${enhancement}`}`;
}

/** Ids in a text of controls. */
export const controlsWritten = (text: string | null): string[] =>
  (text ?? '')
    .split(/[,;\n]+/)
    .map((control) => control.trim())
    .filter((control) => control !== '');

/** The schema wants a description of the plan. */
export const noPlan = 'No plan is recorded.';
/** The schema wants a name of whoever or whatever reported a weakness, or answers for it. */
export const nobodyNamed = 'not recorded';

const oneLine = (value: string): string => value.replaceAll(/\s*\n\s*/g, ' ').trim();
const titles: Readonly<Record<string, string>> = {
  risk_adjustment: 'Risk Adjustment',
  false_positive: 'False Positive',
  operational_requirement: 'Operational Requirement',
};
/** What FedRAMP calls the kinds of deviation that it decides. */
export const deviationTitle = (kind: string): string | undefined => titles[kind];

/** FedRAMP's column of rationales: `Type : rationale`. @returns undefined where no such deviation lives. */
export function writeDeviationRationale(
  living: readonly Pick<LivingDeviation, 'kind' | 'rationale'>[],
): string | undefined {
  const reasons = living.flatMap(({ kind, rationale }) => {
    const title = titles[kind];
    return title === undefined ? [] : [`${title} : ${oneLine(rationale)}`];
  });
  return reasons.length === 0 ? undefined : reasons.join('\n\n');
}
