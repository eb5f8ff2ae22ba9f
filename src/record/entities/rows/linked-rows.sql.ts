import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../../platform/values/index.ts';
import { isLinked, linkedEntity } from '../define-entity.ts';
import { fetchRows, type LinkedEntityName } from './rows.sql.ts';
import { fetchSideDigests } from './side-digests.sql.ts';
import { asKey, type Database } from '../../../platform/postgres/index.ts';

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
  /** Hash of the row as it is here (`side-digests.sql.ts`). */
  readonly rowDigest: string | null;
  /** Fields in an open conflict: held on both sides until a person decides. */
  readonly heldFields: readonly string[];
}

/**
 * Rows that are linked to a record of the system and were not retired, with their base, in pages by link id: those that may differ from
 * their base. One that did not when it was last looked at, has not moved since, and has no open change, is left out.
 * @param page.entityId of this record only, whatever is known of it.
 */
export async function listLinkedRows(
  db: Kysely<Database>,
  systemId: number,
  entity: LinkedEntityName,
  page: { readonly afterId: number; readonly limit: number; readonly entityId?: string },
): Promise<LinkedRow[]> {
  const { row: place, parent: inside } = linkedEntity(entity);
  const digests = await fetchSideDigests(db, entity);
  // The parent of a record that is not linked is not named when it is written.
  const parent =
    inside && isLinked(inside.entity)
      ? sql`(select p.external_id from sync_links p
            where p.external_system_id = l.external_system_id and p.entity_type = ${inside.entity}
              and p.entity_id = t.${sql.ref(inside.column)}::text and p.retired_at is null limit 1)`
      : sql`null::text`;
  const wanted =
    page.entityId === undefined
      ? sql`(l.settled_digest is distinct from ${digests.row}
             or exists (select from sync_outbox o
                         where o.external_system_id = l.external_system_id and o.entity_type = l.entity_type and o.entity_id = l.entity_id
                           and o.state in ('waiting', 'pending', 'failed')))`
      : sql`l.entity_id = ${page.entityId}`;
  const { rows } = await sql<Omit<LinkedRow, 'row' | 'rowDigest'>>`
    select l.id::int as "linkId", l.entity_id as "entityId", l.external_id as "externalId", ${parent} as "parentExternalId",
           l.remote_version as version, l.base, l.confirmed_at::text as "confirmedAt",
           array(select c.field_name::text from sync_conflicts c
                  where coalesce(c.external_system_id, l.external_system_id) = l.external_system_id
                    and c.entity_type = l.entity_type and c.entity_id = l.entity_id
                    and c.resolution_status = 'pending' and c.field_name is not null) as "heldFields"
      from sync_links l
      join ${sql.table(place.table)} t on t.${sql.ref(place.key)} = ${asKey('l.entity_id', place.keyKind)}
     where l.external_system_id = ${systemId} and l.entity_type = ${entity} and l.retired_at is null and l.missing_since is null and l.id > ${page.afterId}
       and ${wanted}
     order by l.id limit ${page.limit}`.execute(db);
  const stored = await fetchRows(
    db,
    entity,
    rows.map((row) => row.entityId),
    digests.row,
  );
  return rows.flatMap((row) => {
    const found = stored.get(row.entityId);
    return found ? [{ ...row, row: found.row, rowDigest: found.digest ?? null }] : [];
  });
}
