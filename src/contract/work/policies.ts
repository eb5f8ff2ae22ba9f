import { z } from 'zod';
import {
  approvalScope,
  conflictStrategies,
  fieldLevelPolicies,
  policyFilterNames,
  syncDirections,
} from '../../canonical/policy/index.ts';
import { instant } from '../json/index.ts';

/** To which records a policy is limited: name of the filter to its text. */
const policyFilter = z.partialRecord(z.enum(policyFilterNames), z.string());

const policy = z.strictObject({
  entity: z.string(),
  filter: policyFilter.optional(),
  direction: z.enum(syncDirections).optional(),
  strategy: z.enum(conflictStrategies).optional(),
  fields: fieldLevelPolicies,
  approval: approvalScope.nullable().optional(),
});

/** `policies list`. */
export const policyList = z.array(
  policy.extend({ system: z.string(), madeAt: instant.nullable(), changedAt: instant.nullable() }),
);

const kinds = z.array(
  z.strictObject({ entity: z.string(), kind: z.enum(['create', 'update']), n: z.number() }),
);

/** `policies set|unset|import`: the policies now, and what became of changes that waited. */
export const policiesChanged = z.strictObject({
  policies: z.array(policy),
  waiting: z.strictObject({ released: kinds, held: kinds, withdrawn: kinds }),
});

/** `policies export`: as `policies import` reads it. */
export const policyFile = z.record(
  z.string(),
  z.strictObject({
    filter: z.string().optional(),
    direction: z.enum(syncDirections).optional(),
    strategy: z.enum(conflictStrategies).optional(),
    fields: fieldLevelPolicies.optional(),
    approval: z.union([z.enum(['always', 'never']), approvalScope]).optional(),
  }),
);
