/**
 * Work on a finding: how far it is, and what scans say of it. A person says all but `fixed`: only a scan shows that.
 */
export const remediationStatuses = ['open', 'in_progress', 'blocked', 'fix_reported', 'fixed'] as const;
export type RemediationStatus = (typeof remediationStatuses)[number];

/** What a person may say. */
export const saidStatuses = ['open', 'in_progress', 'blocked', 'fix_reported'] as const;

/**
 * `shown_fixed`: a scanner shows it fixed; whether that is evidence enough to end a POA&M, its life says. `refuted`: a scan saw it after the fix was reported, or it came
 * back.
 */
export const validationStatuses = ['waiting', 'shown_fixed', 'refuted'] as const;
export type ValidationStatus = (typeof validationStatuses)[number];

/** What a task can be about. */
export const taskSubjects = ['poam', 'finding', 'asset', 'system'] as const;
export type TaskSubject = (typeof taskSubjects)[number];

export interface RemediationState {
  readonly status: RemediationStatus;
  readonly validation: ValidationStatus | null;
  readonly fixReportedAt: Date | null;
}

/** A finding, as scans left it. */
export interface ScannedFinding {
  /** `missing` and `gone` say nothing of a fix. */
  readonly state: 'open' | 'reopened' | 'fixed' | 'missing' | 'gone';
  readonly lastFound: Date | null;
  readonly lastFixed: Date | null;
}

/**
 * What scans make of it, by the finding as it is now; undefined where they say nothing new. The store does the same in SQL for all of them
 * at once (record/remediation/settle-work.sql.ts), and a property test holds the two against each other.
 */
export function settledBy(
  work: RemediationState,
  { state, lastFound, lastFixed }: ScannedFinding,
): (RemediationState & { readonly at: Date | null }) | undefined {
  if (state === 'fixed')
    return work.status === 'fixed'
      ? undefined
      : { status: 'fixed', validation: 'shown_fixed', fixReportedAt: work.fixReportedAt, at: lastFixed };
  if (state !== 'open' && state !== 'reopened') return undefined;
  if (work.status === 'fixed')
    return { status: 'open', validation: 'refuted', fixReportedAt: null, at: lastFound };
  const isSeenAgain =
    work.status === 'fix_reported' &&
    work.fixReportedAt !== null &&
    lastFound !== null &&
    lastFound > work.fixReportedAt;
  return isSeenAgain
    ? { status: 'in_progress', validation: 'refuted', fixReportedAt: null, at: lastFound }
    : undefined;
}
