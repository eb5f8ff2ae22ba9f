import { sql, type Kysely } from 'kysely';
import type { Json } from '../model/json.ts';
import { storableJson } from './copy-rows.ts';
import type { Database } from './schema.ts';

export interface ConflictToRecord {
  readonly entity: string;
  readonly entityId: string;
  readonly type: 'field_mismatch' | 'validation_rejected' | 'missing_record' | 'stale_version';
  readonly field?: string;
  readonly base?: Json | undefined;
  readonly internal?: Json | undefined;
  readonly external?: Json | undefined;
}

/** Records conflicts for a person to settle; one that is open already for the same record and field is renewed. */
export async function recordConflicts(
  db: Kysely<Database>,
  operationId: string,
  conflicts: readonly ConflictToRecord[],
): Promise<void> {
  if (conflicts.length === 0) return;
  const given = sql`jsonb_to_recordset(${storableJson(conflicts)}::jsonb)
        as c(entity text, "entityId" text, type text, field text, base jsonb, internal jsonb, external jsonb)`;
  const same = sql`known.entity_type = c.entity and known.entity_id = c."entityId" and known.conflict_type = c.type
       and known.field_name is not distinct from c.field and known.resolution_status = 'pending'`;
  await sql`
    update sync_conflicts known
       set internal_value = c.internal, external_value = c.external, base_value = c.base
      from ${given} where ${same}`.execute(db);
  await sql`
    insert into sync_conflicts (operation_id, entity_type, entity_id, conflict_type, field_name, base_value, internal_value, external_value)
    select ${operationId}::uuid, c.entity, c."entityId", c.type, c.field, c.base, c.internal, c.external
      from ${given}
     where not exists (select from sync_conflicts known where ${same})`.execute(db);
}

/** Closes conflicts that settled themselves: both sides agree again, or the remote took the value after all. */
export async function closeSettledConflicts(
  db: Kysely<Database>,
  entity: string,
  settled: readonly { readonly entityId: string; readonly field?: string }[],
): Promise<void> {
  if (settled.length === 0) return;
  await sql`
    update sync_conflicts known
       set resolution_status = 'resolved', resolved_at = now(), resolved_by = 'rule:settled itself',
           resolution = '{"kept": "both sides agree"}'
      from jsonb_to_recordset(${storableJson(settled)}::jsonb) as c("entityId" text, field text)
     where known.entity_type = ${entity} and known.entity_id = c."entityId"
       and known.field_name is not distinct from c.field and known.resolution_status = 'pending'`.execute(db);
}

export async function countPendingConflicts(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sync_conflicts where resolution_status = 'pending'`.execute(db);
  return rows[0]?.n ?? 0;
}
