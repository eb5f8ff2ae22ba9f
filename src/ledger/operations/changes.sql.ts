import { sql, type Kysely } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import type { Decider, Reason, ReasonCode } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { deciderColumns, reasonColumns } from './decisions.sql.ts';

/** One change, as the journal keeps it. `field` is absent where the record as a whole was created or linked. */
export interface JournalEntry {
  readonly entity: string;
  readonly entityId: string;
  readonly field?: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly decidedBy: Decider;
  /** A text is what a person or a remote wrote. */
  readonly reason?: Reason | string;
}

/** Writes journal rows, in the transaction that makes the changes. */
export async function recordChanges(
  db: Kysely<Database>,
  source: { systemId: number | null; operationId: string },
  entries: readonly JournalEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await sql`
    insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction,
                              decided_by_kind, decided_by, rule_code, reason, reason_code, reason_params)
    select ${source.operationId}::uuid, ${source.systemId}, c.entity, c."entityId", c.field, c.before, c.after, c.direction,
           c.kind, c.by, c.rule, c.reason, c."reasonCode", c."reasonParams"
      from jsonb_to_recordset(${storableJson(entries.map(rowOf))}::jsonb)
        as c(entity text, "entityId" text, field text, before jsonb, after jsonb, direction text,
             kind text, by text, rule text, reason text, "reasonCode" text, "reasonParams" jsonb)`.execute(
    db,
  );
}

const rowOf = ({ decidedBy, reason, ...entry }: JournalEntry) => ({
  ...entry,
  ...deciderColumns(decidedBy),
  ...reasonColumns(reason),
});

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
     where operation_id = any(${[...operationIds]}::uuid[]) and reason_code = ${'linked' satisfies ReasonCode}
     group by entity_type order by 1`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.entity, row.n]));
}
