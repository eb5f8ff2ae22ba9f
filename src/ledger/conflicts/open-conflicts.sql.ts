/** Every statement that opens conflicts, or renews one that is open. */
import { announce } from './announce.ts';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import type { ConflictType } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { withSystem } from './with-system.sql.ts';

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
  const opened = await sql<{ id: number }>`
    insert into sync_conflicts (operation_id, external_system_id, entity_type, entity_id, conflict_type, field_name, base_value, internal_value, external_value,
                                internal_changed_at, external_changed_at, external_changed_by, created_at)
    select ${source.operationId}::uuid, ${source.systemId}, c.entity, c."entityId", c.type, c.field, c.base, c.internal, c.external,
           c."internalChangedAt" at time zone 'UTC', c."externalChangedAt", c."externalChangedBy", tieline_now()
      from ${given}
     where not exists (select from sync_conflicts known where ${same})
    returning id`.execute(db);
  await announce(db, 'conflict.opened', opened);
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

/** Conflicts of one type about records as a whole that a query finds. */
export interface FoundConflicts {
  readonly entity: string;
  readonly type: ConflictType;
  /** SQL of `entity_id`, `since` (a timestamp in UTC), `internal_value` and `external_value`. */
  readonly found: RawBuilder<unknown>;
  /** Only conflicts whose internal value has this key are of this kind. */
  readonly marked?: string;
}

/** SQL that is true of the conflicts `known` of this kind. */
export const isOfKind = ({ entity, type, marked }: Omit<FoundConflicts, 'found'>) =>
  sql`known.entity_type = ${entity} and known.conflict_type = ${type}${marked === undefined ? sql`` : sql` and known.internal_value ? ${marked}`}`;

/** Opens a conflict for each record that the query finds and none was opened for since then. @returns how many are new. */
export async function openFoundConflicts(
  db: Kysely<Database>,
  { systemId, operationId }: { readonly systemId: number; readonly operationId: string },
  kind: FoundConflicts,
): Promise<number> {
  const opened = await sql<{ id: number }>`
    insert into sync_conflicts (operation_id, external_system_id, entity_type, entity_id, conflict_type, internal_value, external_value, created_at)
    select ${operationId}::uuid, ${systemId}, ${kind.entity}, f.entity_id, ${kind.type}, f.internal_value, f.external_value, tieline_now()
      from (${kind.found}) f
     where not exists (select from sync_conflicts known
                        where known.external_system_id = ${systemId} and known.entity_id = f.entity_id and ${isOfKind(kind)}
                          and (known.resolution_status = 'pending' or known.created_at >= f.since at time zone 'UTC'))
    returning id`.execute(db);
  await announce(db, 'conflict.opened', opened);
  return opened.rows.length;
}

/**
 * A statement, for a `with`, that opens conflicts about records that a full read did not show.
 * @param missing SQL of `entity_id`, `external_id`, `missing_since` (a timestamp in UTC) and `hangs_on`.
 */
export const openMissingRecords = (
  read: { readonly systemId: number; readonly entity: string; readonly operationId: string },
  missing: RawBuilder<unknown>,
) => sql`
      insert into sync_conflicts (operation_id, external_system_id, entity_type, entity_id, conflict_type, internal_value, external_value, created_at)
      select ${read.operationId}::uuid, ${read.systemId}, ${read.entity}, m.entity_id, 'missing_record', m.hangs_on, to_jsonb(m.external_id), tieline_now()
        from (${missing}) m
       where not exists (select from sync_conflicts known
                          where ${withSystem(read.systemId)}
                            and known.entity_type = ${read.entity} and known.entity_id = m.entity_id and known.conflict_type = 'missing_record'
                            and (known.resolution_status = 'pending' or known.created_at >= m.missing_since at time zone 'UTC'))
      returning id`;
