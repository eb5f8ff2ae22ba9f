/** What records are called, for a person who reads of them, as the definition of each entity says. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import { listLinkedEntities } from '../define-entity.ts';

export interface RecordTitle {
  /** `TL-SYS-ENT-001-11356: OpenSSL < 3.0.7`, or as much of it as is known. */
  readonly title: string;
  /** The authorization boundary that it belongs to: its id and name. */
  readonly boundary: string | null;
}

/** Titles of the records that changes are about, by `entity entityId`; an entity that has none is left out. */
export async function fetchRecordTitles(
  db: Kysely<Database>,
  records: readonly { readonly entity: string; readonly entityId: string }[],
): Promise<ReadonlyMap<string, RecordTitle>> {
  const titles = new Map<string, RecordTitle>();
  for (const { name, row } of listLinkedEntities()) {
    const ids = records.flatMap(({ entity, entityId }) => (entity === name ? [entityId] : []));
    if (ids.length === 0 || !row.shownAs) continue;
    const { title, system, table } = row.shownAs;
    const { rows } = await sql<RecordTitle & { readonly entityId: string }>`
      select "entityId", title, (select s.system_id || coalesce(' (' || s.name || ')', '') from ingestion_systems s
                                  where s.system_id = named.system order by s.id limit 1) as boundary
        from (select t.${sql.ref(row.key)}::text as "entityId", ${sql.raw(title)} as title, (${sql.raw(system)})::text as system
                from ${sql.table(table ?? row.table)} t where t.${sql.ref(row.key)}::text = any(${ids}::text[])) named
       where title is not null`.execute(db);
    for (const { entityId, ...shown } of rows) titles.set(`${name} ${entityId}`, shown);
  }
  return titles;
}
