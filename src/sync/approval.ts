import type { EntityPolicy } from '../model/policy.ts';

export interface ProposedChange {
  readonly entity: string;
  readonly kind: 'create' | 'update';
  /** The fields that it writes. */
  readonly fields: readonly string[];
  /** Of the weakness that the record is about, where it is about one. */
  readonly severity: string | undefined;
}

/**
 * Whether a person must agree to an outbound change before it goes out. The policy of the entity says so, else that of
 * the system (`*`). Where it names fields, a change of any of them asks, and so does a record made new; where it names
 * severities, a record of unknown severity asks too, since nobody can say that it is none of them.
 */
export function needsApproval(policies: readonly EntityPolicy[], change: ProposedChange): boolean {
  const policy =
    policies.find(({ entity }) => entity === change.entity) ?? policies.find(({ entity }) => entity === '*');
  if (!policy?.approval) return false;
  const { fields, severities } = policy.approval;
  const concernsField =
    fields === undefined || change.kind === 'create' || change.fields.some((field) => fields.includes(field));
  const concernsSeverity =
    severities === undefined ||
    change.severity === undefined ||
    severities.some((severity) => severity.toLowerCase() === change.severity?.toLowerCase());
  return concernsField && concernsSeverity;
}
