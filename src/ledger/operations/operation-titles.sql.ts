/** What the records of a journal are called that the definitions of entities do not say: machines and connections. */
import { sql, type Kysely } from 'kysely';
import { fetchAssetTitles } from './record-titles.sql.ts';
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
  const others = of('connection');
  if (others.length === 0) return titles;
  const { rows } = await sql<Named & { title: string }>`
    with wanted as (select entity, id from unnest(${others.map(({ entity }) => entity)}::text[], ${others.map(({ entityId }) => entityId)}::text[]) as w(entity, id))
    select w.entity, w.id as "entityId", t.system_name
      from wanted w join external_systems t on w.entity = 'connection' and t.id::text = w.id`.execute(db);
  for (const { entity, entityId, title } of rows) titles.set(`${entity} ${entityId}`, title);
  return titles;
}
