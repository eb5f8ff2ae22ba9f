/**
 * Due dates by policy, as data with effective dates (decision 0016). One policy ships in force: the organization's
 * matrix. Further ones (FedRAMP, BOD 26-04, IAVM) become entries here; the earliest date that applies wins and its
 * reason is kept.
 */
import type { Severity } from '../../canonical/vocabulary/index.ts';

export interface DueDatePolicy {
  readonly name: string;
  readonly version: string;
  /** First and last day on which a weakness must be detected for the policy to apply; YYYY-MM-DD. */
  readonly effectiveFrom: string;
  readonly effectiveUntil?: string;
  /** Calendar days from first detection; a severity without an entry has no due date by this policy. */
  readonly days: Partial<Readonly<Record<Severity, number>>>;
}

export const dueDatePolicies: readonly DueDatePolicy[] = [
  {
    name: 'organization matrix',
    version: '1',
    effectiveFrom: '1970-01-01',
    days: { Critical: 7, High: 30, Medium: 90, Low: 180 },
  },
];

export interface DueDate {
  /** YYYY-MM-DD */
  readonly on: string;
  readonly reason: string;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The earliest due date that a policy gives for a weakness detected on that day (UTC), or undefined if none does. */
export function dueDateFor(
  severity: Severity,
  detectedOn: string,
  policies: readonly DueDatePolicy[] = dueDatePolicies,
): DueDate | undefined {
  const applicable = policies.flatMap((policy) => {
    const days = policy.days[severity];
    const inForce =
      policy.effectiveFrom <= detectedOn &&
      (policy.effectiveUntil === undefined || detectedOn <= policy.effectiveUntil);
    if (days === undefined || !inForce) return [];
    const reason = `${policy.name} (version ${policy.version}): ${severity.toLowerCase()} within ${days} days of first detection on ${detectedOn}`;
    return [{ on: addDays(detectedOn, days), reason }];
  });
  return applicable.toSorted((a, b) => (a.on < b.on ? -1 : 1))[0];
}
