import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import { underEach } from '../../../record/poams/index.ts';

/** The plugins of the findings under a POA&M. */
export async function listPluginsUnder(db: Kysely<Database>, poamId: string): Promise<string[]> {
  const { rows } = await sql<{ plugin: string }>`
    select distinct v.plugin_id::text as plugin
      from (${underEach(sql`select p.id, p.system_id, p.original_detection_date as detected_on from ingestion_poams p where p.poam_id = ${poamId}`)}) under
      join ingestion_vulnerabilities v on v.id = under.finding and v.plugin_id is not null order by 1`.execute(
    db,
  );
  return rows.map(({ plugin }) => plugin);
}

export async function moveTo(
  db: Kysely<Database>,
  id: number,
  {
    from,
    into,
    assets,
    plugins,
  }: {
    readonly from: string;
    readonly into: string;
    readonly assets: readonly string[];
    readonly plugins: readonly string[];
  },
): Promise<void> {
  await sql`
    update deviations set poam_id = ${into}, moved_from = ${from}, is_whole_poam = false, only_plugins = coalesce(only_plugins, ${[...plugins]}::text[])
     where id = ${id}`.execute(db);
  await sql`
    insert into deviation_assets (deviation_id, asset_uuid) select ${id}, a from unnest(${[...assets]}::uuid[]) a
    on conflict do nothing`.execute(db);
}
