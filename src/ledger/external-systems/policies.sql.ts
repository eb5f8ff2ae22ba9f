import { sql, type Kysely } from 'kysely';
import type {
  ApprovalScope,
  ConflictStrategy,
  FieldLevelPolicies,
  PolicyFilter,
  SyncDirection,
} from '../../canonical/policy/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** A row of sync_policies; the words are held to by its checks, the JSON by who writes it. Null: as above it. */
export interface PolicyRow {
  readonly entity_type: string;
  /** Which records it is for; empty: all. */
  readonly filters: PolicyFilter;
  readonly sync_direction: SyncDirection | null;
  readonly conflict_resolution_strategy: ConflictStrategy | null;
  readonly field_level_policies: FieldLevelPolicies;
  readonly requires_approval: boolean | null;
  readonly approval_scope: ApprovalScope | null;
}

export interface KeptPolicy extends PolicyRow {
  /** Null of one from before it was kept. */
  readonly created_at: Date | null;
  readonly updated_at: Date | null;
}

export async function listPolicies(db: Kysely<Database>, systemId: number): Promise<KeptPolicy[]> {
  const { rows } = await sql<KeptPolicy>`
    select entity_type, filters, sync_direction, conflict_resolution_strategy, field_level_policies, requires_approval, approval_scope, created_at, updated_at
      from sync_policies where external_system_id = ${systemId} order by entity_type`.execute(db);
  return rows;
}

/** Makes a policy exactly this. */
export async function savePolicy(db: Kysely<Database>, systemId: number, policy: PolicyRow): Promise<void> {
  await sql`
    insert into sync_policies (external_system_id, entity_type, filters, sync_direction, conflict_resolution_strategy, field_level_policies,
                               requires_approval, approval_scope, created_at, updated_at)
    values (${systemId}, ${policy.entity_type}, ${storableJson(policy.filters)}::jsonb, ${policy.sync_direction}, ${policy.conflict_resolution_strategy},
            ${storableJson(policy.field_level_policies)}::jsonb, ${policy.requires_approval}, ${policy.approval_scope === null ? null : storableJson(policy.approval_scope)}::jsonb,
            tieline_now(), tieline_now())
    on conflict (external_system_id, entity_type) do update
      set filters = excluded.filters, sync_direction = excluded.sync_direction, conflict_resolution_strategy = excluded.conflict_resolution_strategy,
          field_level_policies = excluded.field_level_policies,
          requires_approval = excluded.requires_approval, approval_scope = excluded.approval_scope, updated_at = tieline_now()`.execute(
    db,
  );
}

/** @returns whether there was one. */
export async function deletePolicy(db: Kysely<Database>, systemId: number, entity: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from sync_policies where external_system_id = ${systemId} and entity_type = ${entity}`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}
