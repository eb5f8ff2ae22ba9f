import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { JsonObject } from '../../../platform/values/index.ts';
import { asKey, type Database } from '../../../platform/postgres/index.ts';
import { linkedEntity } from '../define-entity.ts';
import { fetchRows, type LinkedEntityName } from './rows.sql.ts';

/** A row that was added here to a record which the remote has, and that the remote has not. */
export interface AddedRow {
  readonly entityId: string;
  readonly parentExternalId: string;
  /** sync_links.id of the parent. */
  readonly parentLinkId: number;
  readonly row: JsonObject;
}

/** Additions are made one by one. What is beyond goes with the next run. */
const mostAdded = 10_000;

/** SQL of the ids (`entity_id`) of what may be an addition, by what the definition says of them. */
const candidates = (entity: LinkedEntityName): RawBuilder<unknown> => {
  const { outbound, row, remoteId } = linkedEntity(entity);
  if (outbound.adds === 'every')
    return sql`select t.${sql.ref(row.key)}::text as entity_id from ${sql.table(row.table)} t
                where ${remoteId === null ? sql`true` : sql`t.${sql.ref(remoteId)} is null`} and ${sql.raw(row.only ?? 'true')}`;
  return sql`select distinct c.entity_id from sync_changes c
              where c.entity_type = ${entity} and c.field_name is null and c.direction = 'internal' and c.decided_by_kind = 'person'`;
};

/**
 * What was added here to records of the system, and is not there. What may be on its way already, was linked once, or was given up by a
 * person, is left out.
 */
export async function listAddedRows(
  db: Kysely<Database>,
  systemId: number,
  entity: LinkedEntityName,
): Promise<AddedRow[]> {
  const { row: place, parent, remoteId } = linkedEntity(entity);
  if (!parent) return [];
  const key = asKey('c.entity_id', place.keyKind);
  const { rows } = await sql<Omit<AddedRow, 'row'>>`
    select t.${sql.ref(place.key)}::text as "entityId", l.external_id as "parentExternalId", l.id::int as "parentLinkId"
      from (${candidates(entity)}) c
      join ${sql.table(place.table)} t on t.${sql.ref(place.key)} = ${key}
      join sync_links l on l.external_system_id = ${systemId} and l.entity_type = ${parent.entity} and l.entity_id = t.${sql.ref(parent.column)}::text
                       and l.retired_at is null and l.missing_since is null
     where ${remoteId === null ? sql`true` : sql`t.${sql.ref(remoteId)} is null`}
       and not exists (select from sync_links own where own.external_system_id = ${systemId} and own.entity_type = ${entity} and own.entity_id = c.entity_id)
       and not exists (select from sync_outbox o
                        where o.external_system_id = ${systemId} and o.entity_type = ${entity} and o.entity_id = c.entity_id and o.change_kind = 'create'
                          and (o.state in ('sent', 'dropped') or o.state = 'failed' and o.failure ->> 'outcome' = 'unclear'))
     order by t.${sql.ref(place.key)} limit ${mostAdded}`.execute(db);
  const stored = await fetchRows(
    db,
    entity,
    rows.map((row) => row.entityId),
  );
  return rows.flatMap((row) => {
    const found = stored.get(row.entityId);
    return found ? [{ ...row, row: found.row }] : [];
  });
}
