import { sql, type Kysely } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** One change, as the journal keeps it. `field` is absent where the record as a whole was created or linked. */
export interface JournalEntry {
  readonly entity: string;
  readonly entityId: string;
  readonly field?: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly decidedBy: string;
  readonly reason?: string;
}

/** Why a row from before Tieline changed whole: it was recognised as the record that an external system shows. */
export const linkedReason = 'linked to a row that was there already';

/** Who decided a change that is only the remote's own spelling of what was sent to it. */
export const remoteReading = "rule:the remote's own reading";

/** Writes journal rows, in the transaction that makes the changes. */
export async function recordChanges(
  db: Kysely<Database>,
  source: { systemId: number | null; operationId: string },
  entries: readonly JournalEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await sql`
    insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by, reason)
    select ${source.operationId}::uuid, ${source.systemId}, c.entity, c."entityId", c.field, c.before, c.after, c.direction, c."decidedBy", c.reason
      from jsonb_to_recordset(${storableJson(entries)}::jsonb)
        as c(entity text, "entityId" text, field text, before jsonb, after jsonb, direction text, "decidedBy" text, reason text)`.execute(
    db,
  );
}

export function countChanges(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<{ direction: string; entity_type: string; changes: number }[]> {
  return db
    .selectFrom('sync_changes')
    .select(['direction', 'entity_type', sql<number>`count(*)::int`.as('changes')])
    .where('operation_id', 'in', [...operationIds])
    .groupBy(['direction', 'entity_type'])
    .orderBy('entity_type')
    .execute();
}

/** Rows from before Tieline that these operations recognised, by entity. */
export async function countRecognised(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<Record<string, number>> {
  const { rows } = await sql<{ entity: string; n: number }>`
    select entity_type as entity, count(*)::int as n from sync_changes
     where operation_id = any(${[...operationIds]}::uuid[]) and reason = ${linkedReason}
     group by entity_type order by 1`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.entity, row.n]));
}
