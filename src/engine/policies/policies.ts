import type { Kysely } from 'kysely';
import { TielineError } from '../../platform/errors/index.ts';
import {
  type ApprovalScope,
  boundariesNamed,
  type ConflictStrategy,
  type EntityPolicy,
  type PolicyFilter,
  type SyncDirection,
} from '../../canonical/policy/index.ts';
import {
  deletePolicy,
  listPolicies,
  type PolicyRow,
  savePolicy,
} from '../../ledger/external-systems/index.ts';
import { type Origin, recordSecurityEvent } from '../../ledger/security/index.ts';
import { type Database, fetchProductTime, type Store, type Tx } from '../../platform/postgres/index.ts';
import {
  fetchBoundariesOf,
  isLinked,
  linkedEntity,
  type LinkedEntity,
  listEntities,
  listLinkedEntities,
} from '../../record/entities/index.ts';
import { type Reconsidered, reconsiderUnsent } from '../outbox/index.ts';
import { loosenedBy } from './loosened.ts';
import { fromFile, policyFile } from './policy-file.ts';

const fromRow = (row: PolicyRow): EntityPolicy => ({
  entity: row.entity_type,
  ...(Object.keys(row.filters).length === 0 ? {} : { filter: row.filters }),
  fields: row.field_level_policies,
  ...(row.sync_direction === null ? {} : { direction: row.sync_direction }),
  ...(row.conflict_resolution_strategy === null ? {} : { strategy: row.conflict_resolution_strategy }),
  ...(row.requires_approval === null
    ? {}
    : { approval: row.requires_approval ? (row.approval_scope ?? {}) : null }),
});

export async function fetchPolicies(db: Kysely<Database>, systemId: number): Promise<EntityPolicy[]> {
  return (await listPolicies(db, systemId)).map(fromRow);
}

/** With when each was made and last changed; null: before that was kept. */
export type DatedPolicy = EntityPolicy & { readonly madeAt: Date | null; readonly changedAt: Date | null };

export async function listDatedPolicies(db: Kysely<Database>, systemId: number): Promise<DatedPolicy[]> {
  return (await listPolicies(db, systemId)).map((row) => ({
    ...fromRow(row),
    madeAt: row.created_at,
    changedAt: row.updated_at,
  }));
}

const fieldsOf = ({ fields, derived }: LinkedEntity): string[] => [...fields, ...derived];
/** Fields that are lists or texts that only grow; the others have one value, which cannot be joined. */
function growingFields(entity: string, how: 'union' | 'append'): string[] {
  const ofEntities = isLinked(entity) ? [linkedEntity(entity)] : listLinkedEntities();
  const fields = ofEntities.flatMap(({ growing }) =>
    Object.entries(growing).flatMap(([field, each]) => (each === how ? [field] : [])),
  );
  return [...new Set(fields)];
}

const isJoining = (strategy: ConflictStrategy | undefined): strategy is 'union' | 'append' =>
  strategy === 'union' || strategy === 'append';

/** What only goes out, and so has no fields to merge: entities that are sent, and scans, which are asked for. */
const onlySent = (): string[] => [
  ...listEntities().flatMap(({ name, kind }) => (kind === 'sent' ? [name] : [])),
  'remediation_scan',
];

/**
 * Refuses a policy that could not be carried out. @throws USAGE that names the entity or field, the rule and what there is.
 */
function checkPolicy(policy: EntityPolicy): void {
  const fault = (field: string, message: string): never => {
    throw new TielineError('USAGE', 'The policy was not saved.', { fields: [{ field, message }] });
  };
  const onlyGoesOut = onlySent().includes(policy.entity);
  if (policy.entity !== '*' && !onlyGoesOut && !isLinked(policy.entity))
    fault(
      policy.entity,
      `is not an entity with policies; there are ${listLinkedEntities()
        .map(({ name }) => name)
        .join(', ')}, ${onlySent().join(' and ')} (direction and approval only), and * for all`,
    );
  checkFilter(policy, fault);
  if (onlyGoesOut && policy.strategy !== undefined)
    fault(policy.entity, 'only goes out: it has no strategy; it can ask for approval, and inbound stops it');
  const known = isLinked(policy.entity)
    ? fieldsOf(linkedEntity(policy.entity))
    : onlyGoesOut
      ? []
      : listLinkedEntities().flatMap((shape) => fieldsOf(shape));
  for (const field of policy.approval?.fields ?? [])
    if (!known.includes(field) && field !== 'affected_assets')
      fault(
        `${policy.entity} approval`,
        `${field} is not a field of it; there are ${[...new Set(known)].join(', ')}`,
      );
  if (isJoining(policy.strategy))
    fault(
      policy.entity,
      `${policy.strategy} joins lists and texts that only grow; set it for a field, such as ${growingFields('*', policy.strategy).join(', ')}`,
    );
  for (const [field, { strategy }] of Object.entries(policy.fields)) {
    if (!known.includes(field))
      fault(`${policy.entity}.${field}`, `is not a field of it; there are ${[...new Set(known)].join(', ')}`);
    if (isJoining(strategy) && !growingFields(policy.entity, strategy).includes(field))
      fault(
        `${policy.entity}.${field}`,
        `has one value, which ${strategy} cannot join; it is for ${growingFields('*', strategy).join(', ')}`,
      );
  }
}

/** A filter asks what is known of a record: of the system as a whole, or of what has none, nothing is. */
function checkFilter(
  { entity, filter }: EntityPolicy,
  fault: (field: string, message: string) => never,
): void {
  if (filter === undefined) return;
  const linked = isLinked(entity) ? linkedEntity(entity) : undefined;
  const shown = linked?.row.shownAs;
  // Files are judged with what they belong to, all at once.
  if (shown === undefined || shown.system === 'null' || linked?.outbound.adds === 'every')
    fault(
      `${entity} filter`,
      entity === '*'
        ? 'the policy for all (*) is what holds where no other does; give the filter to the policy of an entity'
        : `a policy of ${entity} holds for all of it; a filter can be given to ${listLinkedEntities()
            .flatMap(({ name, row, outbound }) =>
              row.shownAs === undefined || row.shownAs.system === 'null' || outbound.adds === 'every'
                ? []
                : [name],
            )
            .join(', ')}`,
    );
  if (filter.severity !== undefined && shown?.severity === undefined)
    fault(
      `${entity} filter`,
      `${entity} has no severity; there is one of ${listLinkedEntities()
        .flatMap(({ name, row }) => (row.shownAs?.severity === undefined ? [] : [name]))
        .join(', ')}`,
    );
}

/** A boundary that is misspelt would be in no filter, and what is meant for it would go by other policies. @throws USAGE that names it. */
async function checkBoundaries(tx: Tx, policies: readonly EntityPolicy[]): Promise<void> {
  for (const { entity, filter } of policies) {
    const named = filter === undefined ? [] : boundariesNamed(filter);
    const known = named.length === 0 ? new Map() : await fetchBoundariesOf(tx.db, 'system', named);
    const unknown = named.filter((each) => !known.has(each));
    if (unknown.length > 0)
      throw new TielineError('USAGE', 'The policy was not saved.', {
        fields: unknown.map((each) => ({
          field: `${entity} filter`,
          message: `${each} is not a boundary here; list them with \`tieline systems list\``,
        })),
      });
  }
}

const toRow = (policy: EntityPolicy): PolicyRow => ({
  entity_type: policy.entity,
  filters: policy.filter ?? {},
  sync_direction: policy.direction ?? (policy.entity === '*' ? 'bidirectional' : null),
  conflict_resolution_strategy: policy.strategy ?? null,
  field_level_policies: policy.fields,
  requires_approval: policy.approval === undefined ? null : policy.approval !== null,
  approval_scope: policy.approval && Object.keys(policy.approval).length > 0 ? policy.approval : null,
});

export interface PolicyChange {
  readonly entity: string;
  /** Only this field; else the entity as a whole. */
  readonly field?: string;
  /** For which records it is; null or empty: for all again. */
  readonly filter?: PolicyFilter | null;
  readonly direction?: SyncDirection;
  readonly strategy?: ConflictStrategy;
  /** What approval is asked for; null: for nothing any more. */
  readonly approval?: ApprovalScope | null;
}

/** @returns the policies of a system with what is named of one of them changed; the rest of it stays. */
function withChange(policies: readonly EntityPolicy[], change: PolicyChange): EntityPolicy {
  const before: EntityPolicy = policies.find((policy) => policy.entity === change.entity) ?? {
    entity: change.entity,
    fields: {},
  };
  const said = {
    ...(change.direction === undefined ? {} : { direction: change.direction }),
    ...(change.strategy === undefined ? {} : { strategy: change.strategy }),
  };
  if (change.field !== undefined)
    return {
      ...before,
      fields: { ...before.fields, [change.field]: { ...before.fields[change.field], ...said } },
    };
  const { filter: filterBefore, ...rest } = before;
  const filter = change.filter === undefined ? filterBefore : change.filter;
  return {
    ...rest,
    ...(filter && Object.keys(filter).length > 0 ? { filter } : {}),
    ...said,
    ...(change.approval === undefined ? {} : { approval: change.approval }),
  };
}

/** What is done to the policies of one system. */
export type PolicyEdit =
  | { readonly do: 'change'; readonly change: PolicyChange }
  | { readonly do: 'forget'; readonly entity: string }
  /** They become exactly those of a file, parsed from YAML or JSON. */
  | { readonly do: 'replace'; readonly file: unknown };

export interface PolicyOutcome {
  readonly policies: readonly EntityPolicy[];
  /** What the edit does to changes that were queued before it and have not gone out. */
  readonly waiting: Reconsidered;
}

/**
 * What an edit would do, without doing it. @throws USAGE as `editPolicies` does.
 */
export function tryPolicies(store: Store, system: NamedSystem, edit: PolicyEdit): Promise<PolicyOutcome> {
  return store.transaction(async (tx) => {
    const policies = policiesAfter(await fetchPolicies(tx.db, system.id), edit);
    await checkBoundaries(tx, edited(policies, edit));
    return { policies, waiting: await reconsiderUnsent(tx.db, system, policies, 'count') };
  });
}

/**
 * Changes the policies of a system. They hold at once, also for what was queued under the ones before: what now needs
 * consent waits for it, what no longer does is released, what may not go out any more is withdrawn (decision 0011).
 * @param origin who changes them, for the security log.
 * @throws USAGE naming the entity or field, the rule and what there is; nothing is changed then.
 */
export const editPolicies = (
  store: Store,
  system: NamedSystem,
  edit: PolicyEdit,
  origin: Origin,
): Promise<PolicyOutcome> => store.transaction((tx) => editPoliciesWithin(tx, system, edit, origin));

/** The same as a part of something larger. */
export async function editPoliciesWithin(
  tx: Tx,
  system: NamedSystem,
  edit: PolicyEdit,
  origin: Origin,
): Promise<PolicyOutcome> {
  const before = await fetchPolicies(tx.db, system.id);
  const policies = policiesAfter(before, edit);
  await checkBoundaries(tx, edited(policies, edit));
  await savePolicies(tx, system.id, before, policies);
  const sent = listEntities().filter(({ kind }) => kind !== 'fact');
  const loosened = loosenedBy(
    before,
    policies,
    sent.map(({ name }) => name),
  );
  if (loosened.length > 0)
    await recordSecurityEvent(tx.db, {
      kind: 'policy_loosened',
      at: await fetchProductTime(tx.db),
      origin,
      object: { type: 'policies', id: system.name },
      details: { changes: loosened },
    });
  return { policies, waiting: await reconsiderUnsent(tx.db, system, policies, 'apply') };
}

export interface NamedSystem {
  readonly id: number;
  readonly name: string;
}

/** The policies that an edit says something of: the others are as they were checked when they were saved. */
const edited = (policies: readonly EntityPolicy[], edit: PolicyEdit): readonly EntityPolicy[] =>
  edit.do === 'replace'
    ? policies
    : policies.filter(({ entity }) => edit.do === 'change' && entity === edit.change.entity);

function policiesAfter(before: readonly EntityPolicy[], edit: PolicyEdit): EntityPolicy[] {
  if (edit.do === 'forget') return before.filter((policy) => policy.entity !== edit.entity);
  if (edit.do === 'replace') {
    const policies = parseFile(edit.file);
    for (const policy of policies) checkPolicy(policy);
    return policies;
  }
  const after = withChange(before, edit.change);
  checkPolicy(after);
  return [...before.filter((policy) => policy.entity !== after.entity), after];
}

function parseFile(file: unknown): EntityPolicy[] {
  const parsed = policyFile.safeParse(file);
  if (parsed.success) return fromFile(parsed.data);
  throw new TielineError('USAGE', 'The file of policies cannot be used; nothing was changed.', {
    fields: parsed.error.issues.map((issue) => ({
      field: issue.path.join('.') || 'file',
      message: issue.message,
    })),
  });
}

async function savePolicies(
  tx: Tx,
  systemId: number,
  before: readonly EntityPolicy[],
  after: readonly EntityPolicy[],
): Promise<void> {
  for (const { entity } of before)
    if (!after.some((policy) => policy.entity === entity)) await deletePolicy(tx.db, systemId, entity);
  for (const policy of after) await savePolicy(tx.db, systemId, toRow(policy));
}
