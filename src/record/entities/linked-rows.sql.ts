import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { linkedEntity } from './define-entity.ts';
import { fetchRows, type NegotiatedEntity } from './negotiated.sql.ts';
import type { Database } from '../../platform/postgres/index.ts';

export interface LinkedRow {
  readonly linkId: number;
  readonly entityId: string;
  readonly externalId: string;
  readonly parentExternalId: string | null;
  readonly version: string | null;
  readonly base: JsonObject;
  /** When the base was last confirmed, exactly: a later edit of the same values is another edit. */
  readonly confirmedAt: string;
  readonly row: JsonObject;
  /** Fields in an open conflict: held on both sides until a person decides. */
  readonly heldFields: readonly string[];
}

/**
 * Rows that are linked to a record of the system and were not retired, with their base, in pages by link id.
 * @param page.entityId of this record only.
 */
export async function listLinkedRows(
  db: Kysely<Database>,
  systemId: number,
  entity: NegotiatedEntity,
  page: { readonly afterId: number; readonly limit: number; readonly entityId?: string },
): Promise<LinkedRow[]> {
  const { row: place, parent } = linkedEntity(entity);
  // Inside of nothing: no link is of the empty type.
  const inside = { entity: parent?.entity ?? '', column: parent?.column ?? place.key };
  const { rows } = await sql<Omit<LinkedRow, 'row'>>`
    select l.id::int as "linkId", l.entity_id as "entityId", l.external_id as "externalId", parent.external_id as "parentExternalId",
           l.remote_version as version, l.base, l.confirmed_at::text as "confirmedAt",
           array(select c.field_name::text from sync_conflicts c
                  where coalesce(c.external_system_id, l.external_system_id) = l.external_system_id
                    and c.entity_type = l.entity_type and c.entity_id = l.entity_id
                    and c.resolution_status = 'pending' and c.field_name is not null) as "heldFields"
      from sync_links l
      join ${sql.table(place.table)} t on t.${sql.ref(place.key)}::text = l.entity_id
      left join sync_links parent on parent.external_system_id = l.external_system_id and parent.entity_type = ${inside.entity}
                                 and parent.entity_id = t.${sql.ref(inside.column)}::text and parent.retired_at is null
     where l.external_system_id = ${systemId} and l.entity_type = ${entity} and l.retired_at is null and l.missing_since is null and l.id > ${page.afterId}
       and (${page.entityId ?? null}::text is null or l.entity_id = ${page.entityId ?? null})
     order by l.id limit ${page.limit}`.execute(db);
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
