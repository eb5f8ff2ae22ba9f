import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { openWithSystem, withSystem } from './with-system.sql.ts';

export async function countPendingConflicts(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sync_conflicts where resolution_status = 'pending'`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Open conflicts by type. @param operationIds only those that these operations found; absent: all. */
export async function countConflictsByType(
  db: Kysely<Database>,
  operationIds?: readonly string[],
): Promise<Record<string, number>> {
  const { rows } = await sql<{ type: string; n: number }>`
    select conflict_type as type, count(*)::int as n from sync_conflicts
     where resolution_status = 'pending'
       and ${operationIds ? sql`operation_id = any(${[...operationIds]}::uuid[])` : sql`true`}
     group by conflict_type order by conflict_type`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.type, row.n]));
}

/** Fields that are in an open conflict, by record. */
export async function listHeldFields(
  db: Kysely<Database>,
  entity: string,
  entityIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await sql<{ id: string; fields: string[] }>`
    select entity_id as id, array_agg(field_name::text) as fields from sync_conflicts
     where entity_type = ${entity} and entity_id = any(${[...entityIds]}::text[])
       and resolution_status = 'pending' and field_name is not null
     group by entity_id`.execute(db);
  return new Map(rows.map((row) => [row.id, row.fields]));
}

/**
 * Records that could not be read, and whose conflict a person has settled: with what was wrong then, and whether the decision was to
 * leave the record as it was last read.
 */
export async function listSettledFaults(
  db: Kysely<Database>,
  { systemId, entity }: { readonly systemId: number; readonly entity: string },
  entityIds: readonly string[],
): Promise<{ readonly entityId: string; readonly fault: string; readonly isLeft: boolean }[]> {
  if (entityIds.length === 0) return [];
  const { rows } = await sql<{ entityId: string; fault: string; isLeft: boolean }>`
    select entity_id as "entityId", external_value #>> '{}' as fault,
           bool_and(coalesce(resolution ->> 'effect', '') = 'leave_unread') as "isLeft"
      from sync_conflicts known
     where ${withSystem(systemId)} and entity_type = ${entity} and entity_id = any(${[...entityIds]}::text[]) and conflict_type = 'unmappable_value'
       and resolution_status <> 'pending' and resolved_by_kind = 'person' and external_value is not null
     group by 1, 2`.execute(db);
  return rows;
}

/** Open conflicts with an external system. */
export async function countConflictsOfSystem(db: Kysely<Database>, systemId: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sync_conflicts known where ${openWithSystem(systemId)}`.execute(db);
  return rows[0]?.n ?? 0;
}
