/**
 * What one report says about the times of a finding, in a form that can be combined in any number and order: the first
 * time is the least, every other one the greatest, and the state follows from them. So late, repeated and reordered reports end
 * in the same state as those in order.
 */
import type { FindingRecord } from '../../canonical/record-fields/index.ts';

export interface FindingEvidence {
  readonly first_found: string | null;
  readonly last_found: string | null;
  readonly last_fixed: string | null;
  readonly resurfaced_at: string | null;
  /** The time of the report: a later report decides output and service. */
  readonly evidence_at: string | null;
}

const latest = (...instants: (string | null | undefined)[]): string | null =>
  instants.reduce<string | null>(
    (last, each) => (each && (last === null || Date.parse(each) > Date.parse(last)) ? each : last),
    null,
  );

/**
 * The times of a report. A fixed finding was fixed at the earliest when it was last found; one that is open was fixed before,
 * if ever: what contradicts that is left out here (the raw record keeps it).
 */
export function evidenceOf(finding: FindingRecord): FindingEvidence {
  const lastFound = finding.last_found ?? finding.first_found ?? null;
  const fixed = finding.last_fixed ?? null;
  const isBefore = fixed !== null && lastFound !== null && Date.parse(fixed) < Date.parse(lastFound);
  const lastFixed = finding.lifecycle_state === 'fixed' ? latest(fixed, lastFound) : isBefore ? fixed : null;
  return {
    first_found: finding.first_found ?? null,
    last_found: lastFound,
    last_fixed: lastFixed,
    resurfaced_at: finding.resurfaced_at ?? null,
    evidence_at: finding.observed_at ?? latest(lastFound, lastFixed),
  };
}
