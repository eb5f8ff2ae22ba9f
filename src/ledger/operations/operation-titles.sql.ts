/** What the records of a journal are called, also those that are no work of an officer: machines, components, connections. */
import { sql, type Kysely } from 'kysely';
import { fetchAssetTitles, fetchRecordTitles } from './record-titles.sql.ts';
import type { Database } from '../../platform/postgres/index.ts';

interface Named {
  readonly entity: string;
  readonly entityId: string;
}

/** Titles by `entity entityId`; a record that is not there any more, or has no name, is left out. */
export async function fetchJournalTitles(
  db: Kysely<Database>,
  records: readonly Named[],
): Promise<ReadonlyMap<string, string>> {
  const titles = new Map<string, string>();
  for (const [key, { title }] of await fetchRecordTitles(db, records)) titles.set(key, title);
  const of = (...entities: string[]): Named[] => records.filter(({ entity }) => entities.includes(entity));

  const machines = of('asset', 'asset_tag', 'asset_component');
  const assets = await fetchAssetTitles(
    db,
    machines.map(({ entityId }) => entityId),
  );
  for (const { entity, entityId } of machines) {
    const asset = assets.get(entityId.toLowerCase());
    if (asset) titles.set(`${entity} ${entityId}`, asset.name);
  }
  const others = of('system', 'component', 'acceptance', 'connection');
  if (others.length === 0) return titles;
  const { rows } = await sql<Named & { title: string }>`
    with wanted as (select entity, id from unnest(${others.map(({ entity }) => entity)}::text[], ${others.map(({ entityId }) => entityId)}::text[]) as w(entity, id))
    select w.entity, w.id as "entityId", t.system_id || ': ' || t.name as title
      from wanted w join ingestion_systems t on w.entity = 'system' and t.system_id = w.id
    union all
    select w.entity, w.id, t.component_id || ': ' || t.name
      from wanted w join system_components t on w.entity = 'component' and t.id::text = w.id
    union all
    select w.entity, w.id, replace(t.kind, '_', ' ') || coalesce(' of plugin ' || t.plugin_id, '') || coalesce(': ' || t.name, '')
      from wanted w join acceptances t on w.entity = 'acceptance' and t.id::text = w.id
    union all
    select w.entity, w.id, t.system_name
      from wanted w join external_systems t on w.entity = 'connection' and t.id::text = w.id`.execute(db);
  for (const { entity, entityId, title } of rows) titles.set(`${entity} ${entityId}`, title);
  return titles;
}
