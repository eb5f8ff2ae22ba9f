import type { EntityPolicy } from './policy.ts';
import { recordSchemaOf } from '../record-fields/index.ts';
import { lookUpPolicy, policyOfEntity } from './look-up-policy.ts';
import type { RecordFacts } from './policy-filter.ts';

export interface ProposedChange {
  readonly entity: string;
  readonly kind: 'create' | 'update';
  /** The fields that it writes. */
  readonly fields: readonly string[];
  /** The severity of the weakness that the record is about, where it is about one. */
  readonly severity: string | undefined;
}

/**
 * Whether a person must agree to an outbound change before it goes out. The policy of the entity says so; where it
 * says nothing of approval, that of the system (`*`). Where it names fields, a change of any of them asks, and so does a record made new; where it names
 * severities, a record of unknown severity asks too, since it may be one of them.
 */
export function needsApproval(
  policies: readonly EntityPolicy[],
  change: ProposedChange,
  record: RecordFacts,
): boolean {
  const named = (entity: string): EntityPolicy['approval'] =>
    policyOfEntity(policies, entity, record)?.approval;
  const own = named(change.entity);
  const approval = own === undefined ? named('*') : own;
  if (!approval) return false;
  const { fields, severities } = approval;
  const concernsField =
    fields === undefined || change.kind === 'create' || change.fields.some((field) => fields.includes(field));
  const concernsSeverity =
    severities === undefined ||
    change.severity === undefined ||
    severities.some((severity) => severity.toLowerCase() === change.severity?.toLowerCase());
  return concernsField && concernsSeverity;
}

/** What has no record with fields of its own (a tag, a scan): the direction of its policy is that of the whole. */
const isWhole = (entity: string): boolean => recordSchemaOf(entity) === undefined;

/**
 * Whether the direction of the policies lets a change go out (SPEC.md, M8): a new record by the direction of its entity,
 * an update only if none of its fields is inbound.
 */
export function mayGoOut(
  policies: readonly EntityPolicy[],
  change: Pick<ProposedChange, 'entity' | 'kind' | 'fields'>,
  record: RecordFacts,
): boolean {
  const fields = change.kind === 'create' || isWhole(change.entity) ? [''] : change.fields;
  return fields.every(
    (field) => lookUpPolicy(policies, change.entity, field, record).direction !== 'inbound',
  );
}

export type Consent = 'granted' | 'ask' | 'forbidden';

/**
 * What the policies in force say about a change that is about to be queued or sent (SPEC.md, A2).
 * @param change.approved whether a person agreed to exactly this content.
 */
export function consentTo(
  policies: readonly EntityPolicy[],
  change: ProposedChange & { readonly approved: boolean },
  record: RecordFacts,
): Consent {
  if (!mayGoOut(policies, change, record)) return 'forbidden';
  return change.approved || !needsApproval(policies, change, record) ? 'granted' : 'ask';
}
