/** How a field of an entity is kept in agreement: which way values may go, and who yields when both sides edited. */
import { z } from 'zod';
import { severities } from '../vocabulary/index.ts';
import type { PolicyFilter } from './policy-filter.ts';

export const syncDirections = ['inbound', 'outbound', 'bidirectional'] as const;
export type SyncDirection = (typeof syncDirections)[number];

export const conflictStrategies = [
  'external_wins',
  'internal_wins',
  'newest_wins',
  'manual',
  'union',
  'append',
] as const;
export type ConflictStrategy = (typeof conflictStrategies)[number];

export const fieldLevelPolicies = z.record(
  z.string(),
  z.strictObject({
    direction: z.enum(syncDirections).optional(),
    strategy: z.enum(conflictStrategies).optional(),
  }),
);
export type FieldLevelPolicies = z.infer<typeof fieldLevelPolicies>;

/** For which outbound changes approval is asked; what is absent does not narrow it. */
export const approvalScope = z.strictObject({
  fields: z.array(z.string()).min(1).exactOptional(),
  severities: z.array(z.enum(severities)).min(1).exactOptional(),
});
export type ApprovalScope = z.infer<typeof approvalScope>;

/** A row of sync_policies. What is absent is as above it: the system's (`*`), then the default. */
export interface EntityPolicy {
  /** `*`: every entity of the system, as far as its own policy does not say otherwise. */
  readonly entity: string;
  /** For these records only; what it says holds for no other, for which it is as if this policy were not there. Absent: for all. */
  readonly filter?: PolicyFilter;
  readonly direction?: SyncDirection;
  readonly strategy?: ConflictStrategy;
  readonly fields: FieldLevelPolicies;
  /** `null`: nobody is asked. */
  readonly approval?: ApprovalScope | null;
}

/** What holds for one field, and which level said so. */
export interface FieldPolicy {
  readonly direction: SyncDirection;
  readonly strategy: ConflictStrategy;
  /** The level that set the strategy: `field`, `entity`, `system` or `default`. */
  readonly decidedBy: 'field' | 'entity' | 'system' | 'default';
}
