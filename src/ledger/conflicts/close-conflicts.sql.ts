/**
 * Every statement that closes conflicts: by themselves, once what they say is over, or because a person decided. When that is looked
 * at is up to the callers; what must be true of the conflict is here.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import type { ConflictType, ReasonCode } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { announce } from './announce.ts';
import { settledByPerson, settlesItself } from './resolution.sql.ts';
import { type FoundConflicts, isOfKind } from './open-conflicts.sql.ts';
import { openWithSystem, withSystem } from './with-system.sql.ts';

/** Closes conflicts that settled themselves: both sides agree again, or the remote took the value after all. */
export async function closeSettledConflicts(
  db: Kysely<Database>,
  { systemId, entity }: { readonly systemId: number; readonly entity: string },
  settled: readonly { readonly entityId: string; readonly field?: string }[],
): Promise<void> {
  if (settled.length === 0) return;
  const closed = await sql<{ id: number }>`
    update sync_conflicts known
       set ${settlesItself('sides_agree')}
      from jsonb_to_recordset(${storableJson(settled)}::jsonb) as c("entityId" text, field text)
     where ${withSystem(systemId)} and known.entity_type = ${entity} and known.entity_id = c."entityId"
       and known.field_name is not distinct from c.field and known.resolution_status = 'pending'
       -- Neither that the remote has a thing twice nor that it ended too early is over because a change of it went through.
       and known.conflict_type not in ('duplicate', 'contradiction')
    returning known.id`.execute(db);
  await announce(db, 'conflict.settled', closed);
}

/** Closes conflicts of one kind that are over, of these records. */
export async function closeConflictsOfType(
  db: Kysely<Database>,
  { systemId, entity }: { readonly systemId: number; readonly entity: string },
  type: ConflictType,
  entityIds: readonly string[],
): Promise<void> {
  if (entityIds.length === 0) return;
  const closed = await sql<{ id: number }>`
    update sync_conflicts known
       set ${settlesItself(type === 'missing_record' ? 'there_again' : 'over')}
     where ${withSystem(systemId)} and entity_type = ${entity} and conflict_type = ${type} and resolution_status = 'pending'
       and entity_id = any(${[...entityIds]}::text[])
       -- A change of ours that cannot be written in the remote's words is not over because the record could be read.
       and (conflict_type <> 'unmappable_value' or internal_value is null)
    returning known.id`.execute(db);
  await announce(db, 'conflict.settled', closed);
}

/** Closes conflicts about weaknesses that are over: open ones of a kind, of records of a system, that are not among these. */
export async function closeConflictsNotAmong(
  db: Kysely<Database>,
  about: { readonly systemId: number; readonly entity: string; readonly type: ConflictType },
  entityIds: readonly string[],
): Promise<void> {
  const closed = await sql<{ id: number }>`
    update sync_conflicts known
       set ${settlesItself('over')}
     where ${withSystem(about.systemId)} and known.entity_type = ${about.entity} and known.conflict_type = ${about.type}
       and known.resolution_status = 'pending'
       and known.internal_value ? 'weaknesses' and known.entity_id <> all(${[...entityIds]}::text[])
       -- One from before its system was kept is this system's if the record is linked to it.
       and (known.external_system_id is not null
            or exists (select from sync_links l where l.external_system_id = ${about.systemId} and l.entity_type = known.entity_type
                          and l.entity_id = known.entity_id))
    returning known.id`.execute(db);
  await announce(db, 'conflict.settled', closed);
}

/** Closes a conflict with what was decided. @returns false if it was settled already. */
export async function markResolved(
  db: Kysely<Database>,
  id: number,
  decided: { readonly by: string; readonly resolution: Json },
): Promise<boolean> {
  const closed = await sql<{ id: number }>`
    update sync_conflicts
       set ${settledByPerson(decided.by, decided.resolution)}
     where id = ${id} and resolution_status = 'pending'
    returning id`.execute(db);
  await announce(db, 'conflict.settled', closed, String(id));
  return closed.rows.length > 0;
}

/** Closes the conflicts about refusals of records that have no refused change left. */
export async function closeRefusals(
  db: Kysely<Database>,
  systemId: number,
  entity: string,
  entityIds: readonly string[],
): Promise<void> {
  if (entityIds.length === 0) return;
  const closed = await sql<{ id: number }>`
    update sync_conflicts known
       set ${settlesItself('refusal_overtaken')}
     where ${withSystem(systemId)} and known.entity_type = ${entity} and known.entity_id = any(${[...entityIds]}::text[])
       and known.resolution_status = 'pending'
       and (known.conflict_type in ('validation_rejected', 'stale_version')
            or known.conflict_type = 'unmappable_value' and known.internal_value is not null)
       and not exists (select from sync_outbox o where o.external_system_id = ${systemId} and o.entity_type = known.entity_type
                          and o.entity_id = known.entity_id and o.state = 'failed')
    returning known.id`.execute(db);
  await announce(db, 'conflict.settled', closed);
}

/** Closes the conflicts of a kind whose records the query no longer finds. */
export async function closeConflictsNotFound(
  db: Kysely<Database>,
  systemId: number,
  kind: FoundConflicts,
  why: ReasonCode,
): Promise<void> {
  const closed = await sql<{ id: number }>`
    update sync_conflicts known
       set ${settlesItself(why)}
     where known.external_system_id = ${systemId} and ${isOfKind(kind)} and known.resolution_status = 'pending'
       and not exists (select from (${kind.found}) f where f.entity_id = known.entity_id)
    returning known.id`.execute(db);
  await announce(db, 'conflict.settled', closed);
}

/**
 * A statement, for a `with`, that closes the conflicts about records that were missing and are shown again.
 * @param returned SQL of `entity_id`.
 */
export const closeReturnedRecords = (
  read: { readonly systemId: number; readonly entity: string },
  returned: RawBuilder<unknown>,
) => sql`
      update sync_conflicts known
         set ${settlesItself('there_again')}
        from (${returned}) c
       where ${withSystem(read.systemId)} and known.entity_type = ${read.entity} and known.entity_id = c.entity_id
         and known.conflict_type = 'missing_record' and known.resolution_status = 'pending'
      returning known.id`;

interface OfRecord {
  readonly entity: string;
  readonly entityId: string;
}

/** Closes the other open conflicts of records that are decided on as a whole: those with the same external system. */
export async function closeConflictsOf(
  db: Kysely<Database>,
  systemId: number,
  records: readonly OfRecord[],
  decided: { readonly by: string; readonly conflict: number },
): Promise<void> {
  const closed = await sql<{ id: number }>`
    update sync_conflicts known
       set ${settledByPerson(decided.by, { choice: `with conflict ${decided.conflict}` })}
      from jsonb_to_recordset(${storableJson(records)}::jsonb) as g(entity text, "entityId" text)
     where ${withSystem(systemId)} and known.entity_type = g.entity and known.entity_id = g."entityId"
       and known.resolution_status = 'pending' and known.id <> ${decided.conflict}
    returning known.id`.execute(db);
  await announce(db, 'conflict.settled', closed);
}

/** Closes the open conflicts of a record whose link a person broke. */
export async function closeConflictsOfLink(
  db: Kysely<Database>,
  link: OfRecord & { readonly systemId: number },
  by: string,
): Promise<void> {
  const closed = await sql<{ id: number }>`
    update sync_conflicts known
       set ${settledByPerson(by, { code: 'link_broken' satisfies ReasonCode })}
     where ${withSystem(link.systemId)} and known.entity_type = ${link.entity} and known.entity_id = ${link.entityId}
       and known.resolution_status = 'pending'
    returning known.id`.execute(db);
  await announce(db, 'conflict.settled', closed);
}

/** Closes the open conflicts with an external system whose connection a person removed. */
export async function closeConflictsOfSystem(
  db: Kysely<Database>,
  systemId: number,
  by: string,
): Promise<void> {
  const closed = await sql<{ id: number }>`
    update sync_conflicts known
       set ${settledByPerson(by, { code: 'connection_removed' satisfies ReasonCode })}
     where ${openWithSystem(systemId)}
    returning known.id`.execute(db);
  await announce(db, 'conflict.settled', closed);
}
