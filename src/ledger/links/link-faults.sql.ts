/**
 * Links and conflicts that do not say clearly what is what: left by versions that took a remote's id for its own whatever system it came
 * from, or made so by a person. Reads only; what to do about each is left to a person.
 */
import type pg from 'pg';
import { severalRecords } from './links.sql.ts';

export interface LinkFault {
  /**
   * `two systems`: a row is linked to records of several external systems, which can be meant. `double link`: it is linked twice within one.
   * `no system`: an open conflict whose system is unknown.
   */
  readonly kind: 'two systems' | 'double link' | 'no system';
  readonly entity: string;
  readonly entityId: string;
  /** The records or the conflict, for a person. */
  readonly detail: string;
}

/**
 * The faults, worst first, at most `limit`. @param client whose search path finds Tieline's tables; where they are not there yet, there is
 * none.
 */
export async function listLinkFaults(client: pg.ClientBase, limit: number): Promise<LinkFault[]> {
  const { rows: columns } = await client.query<{ name: string }>(
    `select attname::text as name from pg_attribute
      where attrelid = to_regclass('sync_conflicts') and attnum > 0 and not attisdropped
        and to_regclass('sync_links') is not null`,
  );
  if (columns.length === 0) return [];
  const knowsSystem = columns.some(({ name }) => name === 'external_system_id');
  const { rows } = await client.query<LinkFault>(
    `with living as (
       select l.*, s.system_name from sync_links l join external_systems s on s.id = l.external_system_id
        where l.retired_at is null and l.entity_type not in (${severalRecords})
     )
     select kind, entity, "entityId", detail from (
       select 1 as place, 'double link' as kind, entity_type as entity, entity_id as "entityId",
              system_name || ': ' || string_agg(external_id, ', ' order by id) as detail
         from living group by external_system_id, system_name, entity_type, entity_id having count(*) > 1
       union all
       select 2, 'no system', entity_type, entity_id, 'conflict ' || id || ', ' || concat_ws(' of ', conflict_type, field_name)
         from sync_conflicts where resolution_status = 'pending' and ${knowsSystem ? 'external_system_id is null' : 'true'}
       union all
       select 3, 'two systems', entity_type, entity_id, string_agg(system_name || ' ' || external_id, ', ' order by id)
         from living group by entity_type, entity_id having count(distinct external_system_id) > 1
     ) faults order by place, entity, "entityId" limit $1`,
    [limit],
  );
  return rows;
}
