import type { Kysely } from 'kysely';
import { z } from 'zod';
import { TielineError } from '../../errors/tieline-error.ts';
import {
  approvalScope,
  conflictStrategies,
  fieldLevelPolicies,
  syncDirections,
  type ApprovalScope,
  type ConflictStrategy,
  type EntityPolicy,
  type SyncDirection,
} from '../../model/policy.ts';
import { deletePolicy, listPolicies, savePolicy, type PolicyRow } from '../../store/policies.ts';
import type { Database } from '../../store/schema.ts';
import { negotiatedShapes, type NegotiatedShape } from '../imports/negotiated-shapes.ts';
import type { NegotiatedEntity } from '../../store/negotiated.ts';

const fromRow = (row: PolicyRow): EntityPolicy => ({
  entity: row.entity_type,
  direction: row.sync_direction,
  strategy: row.conflict_resolution_strategy,
  fields: row.field_level_policies,
  ...(row.requires_approval ? { approval: row.approval_scope ?? {} } : {}),
});

export async function fetchPolicies(db: Kysely<Database>, systemId: number): Promise<EntityPolicy[]> {
  return (await listPolicies(db, systemId)).map(fromRow);
}

const fieldsOf = ({ fields, derived = [] }: NegotiatedShape): string[] => [...fields, ...derived];
const isNegotiated = (entity: string): entity is NegotiatedEntity => entity in negotiatedShapes;
/** Fields that are sets or lists that only grow; the others have one value, which cannot be joined. */
const growing: Readonly<Record<Extract<ConflictStrategy, 'union' | 'append'>, ReadonlySet<string>>> = {
  union: new Set(['evidence_required', 'compliance_scope']),
  append: new Set(['comments', 'deviation_rationale', 'implementation_guidance', 'assessment_procedures']),
};

/** The file that `policies export` writes and `policies import` reads: entity to policy. */
export const policyFile = z.record(
  z.string(),
  z.strictObject({
    direction: z.enum(syncDirections).default('bidirectional'),
    strategy: z.enum(conflictStrategies).default('manual'),
    fields: fieldLevelPolicies.default({}),
    approval: approvalScope.exactOptional(),
  }),
);

/**
 * Refuses a policy that could not be carried out. @throws USAGE that names the entity or field, the rule and what there is.
 */
function checkPolicy(policy: EntityPolicy): void {
  const fault = (field: string, message: string): never => {
    throw new TielineError('USAGE', 'The policy was not saved.', { fields: [{ field, message }] });
  };
  const onlyGoesOut = policy.entity === 'asset_tag' || policy.entity === 'remediation_scan';
  if (policy.entity !== '*' && !onlyGoesOut && !isNegotiated(policy.entity))
    fault(
      policy.entity,
      `is no entity with policies; there are ${Object.keys(negotiatedShapes).join(', ')}, asset_tag and remediation_scan (approval only), and * for all`,
    );
  if (onlyGoesOut && (policy.strategy !== 'manual' || policy.direction !== 'bidirectional'))
    fault(policy.entity, 'only goes out: it can ask for approval, and has no direction or strategy');
  const known = isNegotiated(policy.entity)
    ? fieldsOf(negotiatedShapes[policy.entity])
    : onlyGoesOut
      ? []
      : Object.values(negotiatedShapes).flatMap((shape) => fieldsOf(shape));
  for (const field of policy.approval?.fields ?? [])
    if (!known.includes(field) && field !== 'affected_assets')
      fault(
        `${policy.entity} approval`,
        `${field} is no field of it; there are ${[...new Set(known)].join(', ')}`,
      );
  if (policy.strategy === 'union' || policy.strategy === 'append')
    fault(
      policy.entity,
      `${policy.strategy} joins lists and texts that only grow; set it for a field, such as ${[...growing[policy.strategy]].join(', ')}`,
    );
  for (const [field, { strategy }] of Object.entries(policy.fields)) {
    if (!known.includes(field))
      fault(`${policy.entity}.${field}`, `is no field of it; there are ${[...new Set(known)].join(', ')}`);
    if ((strategy === 'union' || strategy === 'append') && !growing[strategy].has(field))
      fault(
        `${policy.entity}.${field}`,
        `has one value, which ${strategy} cannot join; it is for ${[...growing[strategy]].join(', ')}`,
      );
  }
}

const toRow = (policy: EntityPolicy): PolicyRow => ({
  entity_type: policy.entity,
  sync_direction: policy.direction,
  conflict_resolution_strategy: policy.strategy,
  field_level_policies: policy.fields,
  requires_approval: policy.approval !== undefined,
  approval_scope: policy.approval && Object.keys(policy.approval).length > 0 ? policy.approval : null,
});

export interface PolicyChange {
  readonly entity: string;
  /** Only this field; else the entity as a whole. */
  readonly field?: string;
  readonly direction?: SyncDirection;
  readonly strategy?: ConflictStrategy;
  /** What approval is asked for; null: for nothing any more. */
  readonly approval?: ApprovalScope | null;
}

/** Changes what is named of one policy; the rest of it stays. @throws USAGE as `checkPolicy` does. */
export async function changePolicy(
  db: Kysely<Database>,
  systemId: number,
  change: PolicyChange,
): Promise<EntityPolicy> {
  const before = (await fetchPolicies(db, systemId)).find((policy) => policy.entity === change.entity) ?? {
    entity: change.entity,
    direction: 'bidirectional',
    strategy: 'manual',
    fields: {},
  };
  const said = {
    ...(change.direction === undefined ? {} : { direction: change.direction }),
    ...(change.strategy === undefined ? {} : { strategy: change.strategy }),
  };
  const { approval: asked, ...unasked } = before;
  const approval = change.approval === undefined ? asked : (change.approval ?? undefined);
  const after: EntityPolicy =
    change.field === undefined
      ? { ...unasked, ...said, ...(approval ? { approval } : {}) }
      : {
          ...before,
          fields: { ...before.fields, [change.field]: { ...before.fields[change.field], ...said } },
        };
  checkPolicy(after);
  await savePolicy(db, systemId, toRow(after));
  return after;
}

/** Makes the policies of a system exactly those of a file, or none of them. @throws USAGE naming the place. */
export async function importPolicies(
  db: Kysely<Database>,
  systemId: number,
  file: unknown,
): Promise<EntityPolicy[]> {
  const parsed = policyFile.safeParse(file);
  if (!parsed.success)
    throw new TielineError('USAGE', 'The file of policies cannot be used; nothing was changed.', {
      fields: parsed.error.issues.map((issue) => ({
        field: issue.path.join('.') || 'file',
        message: issue.message,
      })),
    });
  const policies = Object.entries(parsed.data).map(([entity, policy]): EntityPolicy => ({
    entity,
    ...policy,
  }));
  for (const policy of policies) checkPolicy(policy);
  await db.transaction().execute(async (tx) => {
    for (const { entity } of await fetchPolicies(tx, systemId)) await deletePolicy(tx, systemId, entity);
    for (const policy of policies) await savePolicy(tx, systemId, toRow(policy));
  });
  return policies;
}

/** Takes a policy away; what is above it then holds. @returns whether there was one. */
export function forgetPolicy(db: Kysely<Database>, systemId: number, entity: string): Promise<boolean> {
  return deletePolicy(db, systemId, entity);
}
