import { fitsPolicy, type RecordFacts } from './policy-filter.ts';
import type { EntityPolicy, FieldPolicy } from './policy.ts';

/** Where nobody said otherwise: both ways, and a person decides what both sides edited differently. */
export const defaultPolicy: FieldPolicy = {
  direction: 'bidirectional',
  strategy: 'manual',
  decidedBy: 'default',
};

/** The policy of an entity that holds for a record: one that is limited to others does not. */
export const policyOfEntity = (
  policies: readonly EntityPolicy[],
  entity: string,
  record: RecordFacts,
): EntityPolicy | undefined =>
  policies.find((policy) => policy.entity === entity && fitsPolicy(policy.filter, record));

/**
 * What may hold for some record of an entity: of a policy that is limited to some, both with and without it. For questions about
 * no record in particular (does any field go out at all?), which are asked of each.
 */
export function possiblePolicies(
  policies: readonly EntityPolicy[],
  entity: string,
): readonly (readonly EntityPolicy[])[] {
  const isLimited = (policy: EntityPolicy): boolean =>
    policy.entity === entity && policy.filter !== undefined;
  if (!policies.some(isLimited)) return [policies];
  const unlimited = policies.map((policy) => {
    const { filter: _filter, ...rest } = policy;
    return isLimited(policy) ? rest : policy;
  });
  return [unlimited, policies.filter((policy) => !isLimited(policy))];
}

/**
 * The policy of a field: field, then entity, then system (`*`), then default (SPEC.md, section 3). Direction and strategy are
 * looked up apart: what a level does not say is as above it.
 * @param policies those of one external system. @param record which a policy that is limited to some records is asked about.
 */
export function lookUpPolicy(
  policies: readonly EntityPolicy[],
  entity: string,
  field: string,
  record: RecordFacts,
): FieldPolicy {
  const ofEntity = policyOfEntity(policies, entity, record);
  const ofSystem = policies.find((policy) => policy.entity === '*');
  const ofField = ofEntity?.fields[field] ?? ofSystem?.fields[field];
  return {
    direction: ofField?.direction ?? ofEntity?.direction ?? ofSystem?.direction ?? defaultPolicy.direction,
    strategy: ofField?.strategy ?? ofEntity?.strategy ?? ofSystem?.strategy ?? defaultPolicy.strategy,
    decidedBy: ofField?.strategy
      ? 'field'
      : ofEntity?.strategy
        ? 'entity'
        : ofSystem?.strategy
          ? 'system'
          : 'default',
  };
}
