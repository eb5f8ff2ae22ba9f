import { sql, type Kysely } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import { boundaryOfRecord, weaknessOfRecord, type ConflictWeakness } from './conflict-subjects.sql.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import {
  settlesItself,
  shownDecider,
  shownResolution,
  type StoredDecider,
} from '../../ledger/operations/index.ts';
import type { ConflictType } from '../../canonical/vocabulary/index.ts';

export interface ConflictToRecord {
  readonly entity: string;
  readonly entityId: string;
  readonly type: ConflictType;
  readonly field?: string;
  readonly base?: Json | undefined;
  readonly internal?: Json | undefined;
  readonly external?: Json | undefined;
  /** When the record was last edited here, and there, and by whom; where that is known. Instants, UTC. */
  readonly internalChangedAt?: string | null | undefined;
  readonly externalChangedAt?: string | null | undefined;
  readonly externalChangedBy?: string | null | undefined;
}

/**
 * SQL that is true of the conflicts `known` with this external system: what a record says to one system is nothing to another. A row
 * from before the system was kept may belong to any system.
 */
const withSystem = (systemId: number) => sql`coalesce(known.external_system_id, ${systemId}) = ${systemId}`;

/**
 * Records conflicts with an external system for a person to settle; one that is open already for the same system, record and field is
 * renewed.
 */
export async function recordConflicts(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  conflicts: readonly ConflictToRecord[],
): Promise<void> {
  if (conflicts.length === 0) return;
  const given = sql`jsonb_to_recordset(${storableJson(conflicts)}::jsonb)
        as c(entity text, "entityId" text, type text, field text, base jsonb, internal jsonb, external jsonb,
             "internalChangedAt" timestamp, "externalChangedAt" timestamptz, "externalChangedBy" text)`;
  const same = sql`${withSystem(source.systemId)} and known.entity_type = c.entity and known.entity_id = c."entityId" and known.conflict_type = c.type
       and known.field_name is not distinct from c.field and known.resolution_status = 'pending'`;
  await sql`
    update sync_conflicts known
       set external_system_id = ${source.systemId}, internal_value = c.internal, external_value = c.external, base_value = c.base,
           internal_changed_at = case when known.internal_value is distinct from c.internal
                                      then c."internalChangedAt" at time zone 'UTC' else known.internal_changed_at end,
           external_changed_at = case when known.external_value is distinct from c.external
                                      then c."externalChangedAt" else known.external_changed_at end,
           external_changed_by = case when known.external_value is distinct from c.external
                                      then c."externalChangedBy" else known.external_changed_by end
      from ${given} where ${same}`.execute(db);
  await sql`
    insert into sync_conflicts (operation_id, external_system_id, entity_type, entity_id, conflict_type, field_name, base_value, internal_value, external_value,
                                internal_changed_at, external_changed_at, external_changed_by)
    select ${source.operationId}::uuid, ${source.systemId}, c.entity, c."entityId", c.type, c.field, c.base, c.internal, c.external,
           c."internalChangedAt" at time zone 'UTC', c."externalChangedAt", c."externalChangedBy"
      from ${given}
     where not exists (select from sync_conflicts known where ${same})`.execute(db);
}

/**
 * As `recordConflicts`, for conflicts about a record as a whole; one that a person has settled as it is is not opened again, and of
 * one that is open for another reason (of the same kind, without `weaknesses`) the values stay.
 * @returns the entity ids of those that are new.
 */
export async function recordUnsettledConflicts(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  conflicts: readonly ConflictToRecord[],
): Promise<ReadonlySet<string>> {
  if (conflicts.length === 0) return new Set();
  const { rows } = await sql<{ entityId: string; isOpen: boolean }>`
    select c."entityId", bool_or(known.resolution_status = 'pending') as "isOpen"
      from jsonb_to_recordset(${storableJson(conflicts)}::jsonb) as c(entity text, "entityId" text, type text, internal jsonb, external jsonb)
      join sync_conflicts known on ${withSystem(source.systemId)} and known.entity_type = c.entity and known.entity_id = c."entityId"
                               and known.conflict_type = c.type
     where known.resolution_status = 'pending'
        or c.type <> 'contradiction' and known.resolved_by_kind = 'person' and known.external_value = c.external
     group by c."entityId"`.execute(db);
  const known = new Map(rows.map((row) => [row.entityId, row.isOpen]));
  const added = conflicts.filter((conflict) => !known.has(conflict.entityId));
  await recordConflicts(db, source, added);
  await sql`
    update sync_conflicts known set internal_value = c.internal, external_value = c.external
      from jsonb_to_recordset(${storableJson(conflicts)}::jsonb) as c(entity text, "entityId" text, type text, internal jsonb, external jsonb)
     where ${withSystem(source.systemId)} and known.entity_type = c.entity and known.entity_id = c."entityId" and known.conflict_type = c.type
       and known.resolution_status = 'pending' and known.internal_value ? 'weaknesses'
       and (known.internal_value, known.external_value) is distinct from (c.internal, c.external)`.execute(
    db,
  );
  return new Set(added.map((conflict) => conflict.entityId));
}

/** Closes conflicts about weaknesses that are over: open ones of a kind, of records of a system, that are not among these. */
export async function closeConflictsNotAmong(
  db: Kysely<Database>,
  about: { readonly systemId: number; readonly entity: string; readonly type: ConflictToRecord['type'] },
  entityIds: readonly string[],
): Promise<void> {
  await sql`
    update sync_conflicts known
       set ${sql.raw(settlesItself('over'))}
     where ${withSystem(about.systemId)} and known.entity_type = ${about.entity} and known.conflict_type = ${about.type}
       and known.resolution_status = 'pending'
       and known.internal_value ? 'weaknesses' and known.entity_id <> all(${[...entityIds]}::text[])
       -- One from before its system was kept is this system's if the record is linked to it.
       and (known.external_system_id is not null
            or exists (select from sync_links l where l.external_system_id = ${about.systemId} and l.entity_type = known.entity_type
                          and l.entity_id = known.entity_id))`.execute(db);
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

/** Closes conflicts that settled themselves: both sides agree again, or the remote took the value after all. */
export async function closeSettledConflicts(
  db: Kysely<Database>,
  { systemId, entity }: { readonly systemId: number; readonly entity: string },
  settled: readonly { readonly entityId: string; readonly field?: string }[],
): Promise<void> {
  if (settled.length === 0) return;
  await sql`
    update sync_conflicts known
       set ${sql.raw(settlesItself('sides_agree'))}
      from jsonb_to_recordset(${storableJson(settled)}::jsonb) as c("entityId" text, field text)
     where ${withSystem(systemId)} and known.entity_type = ${entity} and known.entity_id = c."entityId"
       and known.field_name is not distinct from c.field and known.resolution_status = 'pending'
       -- Neither that the remote has a thing twice nor that it ended too early is over because a change of it went through.
       and known.conflict_type not in ('duplicate', 'contradiction')`.execute(db);
}

/** Closes conflicts of one kind that are over, of these records. */
export async function closeConflictsOfType(
  db: Kysely<Database>,
  { systemId, entity }: { readonly systemId: number; readonly entity: string },
  type: ConflictToRecord['type'],
  entityIds: readonly string[],
): Promise<void> {
  if (entityIds.length === 0) return;
  await sql`
    update sync_conflicts known
       set ${sql.raw(settlesItself('over'))}
     where ${withSystem(systemId)} and entity_type = ${entity} and conflict_type = ${type} and resolution_status = 'pending'
       and entity_id = any(${[...entityIds]}::text[])
       -- A change of ours that cannot be written in the remote's words is not over because the record could be read.
       and (conflict_type <> 'unmappable_value' or internal_value is null)`.execute(db);
}

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

export interface ConflictRow {
  readonly id: number;
  readonly entity: string;
  readonly entityId: string;
  readonly type: ConflictType;
  readonly field: string | null;
  readonly base: Json;
  readonly internal: Json;
  readonly external: Json;
  readonly status: string;
  readonly createdAt: Date | null;
  /** When each record was last edited; null where it is unknown. */
  readonly internalChangedAt: Date | null;
  readonly externalChangedAt: Date | null;
  /** Who did it, as far as the journal or the remote knows. */
  readonly internalChangedBy: string | null;
  readonly externalChangedBy: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly resolution: Json;
  readonly operationId: string | null;
  /** The external system with which our record disagrees; none only on a conflict from before this was kept. */
  readonly systemId: number | null;
  readonly system: string | null;
  /** What the remote calls the record; null where it was never linked. */
  readonly externalId: string | null;
  /** The system of the GRC record (`ingestion_systems.system_id`) that it belongs to; null where it belongs to none. */
  readonly boundary: string | null;
  readonly boundaryName: string | null;
  readonly weakness: ConflictWeakness | null;
}

export interface ConflictFilter {
  readonly ids?: readonly number[];
  readonly system?: string;
  readonly entity?: string;
  readonly field?: string;
  readonly type?: ConflictType;
  /** `ingestion_systems.system_id`. */
  readonly boundary?: string;
  /** Those with a higher id only. */
  readonly afterId?: number;
  /** Also those that are settled. */
  readonly all?: boolean;
}

/** Conflicts `c` with the external system `s`, link `l` and boundary `b` of each. */
const everyConflict = () => sql`
      sync_conflicts c
      left join external_systems s on s.id = c.external_system_id
      left join lateral (select l.external_id from sync_links l
                          where l.external_system_id = c.external_system_id and l.entity_type = c.entity_type
                            and l.entity_id = c.entity_id and l.retired_at is null
                          order by l.id limit 1) l on true
      left join lateral (${boundaryOfRecord()}) b on true`;

const fits = (filter: ConflictFilter) => sql`
           (${filter.all ?? false} or c.resolution_status = 'pending')
       and (${filter.ids === undefined} or c.id = any(${[...(filter.ids ?? [])]}::int[]))
       and (${filter.system ?? null}::text is null or s.system_name = ${filter.system ?? null})
       and (${filter.entity ?? null}::text is null or c.entity_type = ${filter.entity ?? null})
       and (${filter.field ?? null}::text is null or c.field_name = ${filter.field ?? null})
       and (${filter.type ?? null}::text is null or c.conflict_type = ${filter.type ?? null})
       and (${filter.boundary ?? null}::text is null or b.id = ${filter.boundary ?? null})
       and c.id > ${filter.afterId ?? 0}`;

/** How many conflicts fit. */
export async function countConflicts(db: Kysely<Database>, filter: ConflictFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ${everyConflict()} where ${fits(filter)}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** As it is stored: who settled it, and who edited our record last, if the journal says so. */
type StoredConflict = Omit<ConflictRow, 'resolvedBy' | 'internalChangedBy'> & {
  readonly resolvedByKind: StoredDecider['decidedByKind'] | null;
  readonly resolvedBy: string | null;
  readonly resolvedByRule: StoredDecider['ruleCode'];
} & (StoredDecider | { readonly decidedByKind: null; readonly decidedBy: null; readonly ruleCode: null });

function shownConflict(row: StoredConflict): ConflictRow {
  const { resolvedByKind, resolvedByRule, decidedByKind, decidedBy, ruleCode, ...conflict } = row;
  return {
    ...conflict,
    internalChangedBy: decidedByKind === null ? null : shownDecider({ decidedByKind, decidedBy, ruleCode }),
    resolvedBy:
      resolvedByKind === null
        ? conflict.resolvedBy
        : shownDecider({
            decidedByKind: resolvedByKind,
            decidedBy: conflict.resolvedBy,
            ruleCode: resolvedByRule,
          }),
    resolution: shownResolution(conflict.resolution, resolvedByKind),
  };
}

/** Conflicts that fit, oldest first. */
export async function listConflicts(
  db: Kysely<Database>,
  filter: ConflictFilter,
  limit: number,
): Promise<ConflictRow[]> {
  const { rows } = await sql<StoredConflict>`
    select c.id, c.entity_type as entity, c.entity_id as "entityId", c.conflict_type as type, c.field_name as field,
           c.base_value as base, c.internal_value as internal, c.external_value as external, c.resolution_status as status,
           c.created_at as "createdAt", c.resolved_by_kind as "resolvedByKind", c.resolved_by as "resolvedBy", c.rule_code as "resolvedByRule", c.resolved_at as "resolvedAt", c.resolution,
           c.internal_changed_at as "internalChangedAt", c.external_changed_at as "externalChangedAt",
           edited.kind as "decidedByKind", edited.by as "decidedBy", edited.rule as "ruleCode", c.external_changed_by as "externalChangedBy",
           c.operation_id as "operationId", s.id as "systemId", s.system_name as system, l.external_id as "externalId",
           b.id as boundary, (select own.name from ingestion_systems own where own.system_id = b.id order by own.id limit 1) as "boundaryName",
           (${weaknessOfRecord}) as weakness
      from ${everyConflict()}
      left join lateral (select j.decided_by_kind as kind, j.decided_by as by, j.rule_code as rule from sync_changes j
                          where j.entity_type = c.entity_type and j.entity_id = c.entity_id and j.field_name = c.field_name
                            and j.direction = 'internal' and j.after_value = c.internal_value
                          order by j.changed_at desc limit 1) edited on true
     where ${fits(filter)}
     order by c.id limit ${limit}`.execute(db);
  return rows.map(shownConflict);
}

/** The open conflicts about one record. */
export async function listConflictsOf(
  db: Kysely<Database>,
  record: { readonly entity: string; readonly entityId: string },
): Promise<ConflictRow[]> {
  const { rows } = await sql<{ id: number }>`
    select id from sync_conflicts where entity_type = ${record.entity} and entity_id = ${record.entityId} and resolution_status = 'pending'`.execute(
    db,
  );
  return rows.length === 0 ? [] : listConflicts(db, { ids: rows.map(({ id }) => id) }, rows.length);
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

/** Closes a conflict with what was decided. @returns false if it was settled already. */
export async function markResolved(
  db: Kysely<Database>,
  id: number,
  decided: { readonly by: string; readonly resolution: Json },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update sync_conflicts
       set resolution_status = 'resolved', resolved_by_kind = 'person', resolved_by = ${decided.by}, resolved_at = now(), resolution = ${storableJson(decided.resolution)}::jsonb
     where id = ${id} and resolution_status = 'pending'`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}
