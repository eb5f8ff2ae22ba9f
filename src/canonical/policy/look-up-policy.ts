import type { EntityPolicy, FieldPolicy } from './policy.ts';

/** Where nobody said otherwise: both ways, and a person decides what both sides edited differently. */
export const defaultPolicy: FieldPolicy = {
  direction: 'bidirectional',
  strategy: 'manual',
  decidedBy: 'default',
};

/**
 * The policy of a field: field, then entity, then system (`*`), then default (SPEC.md, section 3). Direction and strategy are
 * looked up apart: what a level does not say is as above it.
 * @param policies those of one external system.
 */
export function lookUpPolicy(policies: readonly EntityPolicy[], entity: string, field: string): FieldPolicy {
  const ofEntity = policies.find((policy) => policy.entity === entity);
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
