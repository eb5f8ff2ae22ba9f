/** What lies in a POA&M: its assets, CVEs and milestones. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** What a POA&M lists, as the scanner names its assets; without machines that left it. */
export async function fetchPoamContents(
  db: Kysely<Database>,
  poamId: string,
): Promise<{ readonly assets: string[]; readonly cves: string[] }> {
  const { rows } = await sql<{ assets: string[]; cves: string[] }>`
    select array(select coalesce(a.tenable_asset_uuid, a.asset_uuid::text) from ingestion_poam_assets pa
                   join ingestion_assets a on a.asset_uuid = pa.asset_uuid where pa.poam_id = ${poamId}
                 union
                 select listed from ingestion_poams p, jsonb_array_elements_text(
                          case when jsonb_typeof(p.raw_json -> 'affected_assets') = 'array' then p.raw_json -> 'affected_assets' else '[]' end) listed
                  where p.poam_id = ${poamId}
                    and not exists (select from poam_asset_departures d join ingestion_assets gone using (asset_uuid)
                                     where d.poam_id = p.poam_id and lower(trim(listed)) in (gone.asset_uuid::text, gone.tenable_asset_uuid))
                  order by 1) as assets,
           array(select distinct cve_id::text from ingestion_poam_cves where poam_id = ${poamId} order by 1) as cves`.execute(
    db,
  );
  return rows[0] ?? { assets: [], cves: [] };
}

/** Makes the milestones, assets and CVEs of proposals those of their payload; nothing of these rows has left Tieline. */
export async function renewProposalDetails(
  db: Kysely<Database>,
  renewed: readonly { readonly poamId: string; readonly payload: JsonObject; readonly milestones: boolean }[],
): Promise<void> {
  if (renewed.length === 0) return;
  const given = sql`jsonb_to_recordset(${storableJson(renewed)}::jsonb) as r("poamId" text, payload jsonb, milestones boolean)`;
  await sql`
    delete from ingestion_poam_milestones m using ${given} where m.poam_id = r."poamId" and r.milestones`.execute(
    db,
  );
  await sql`
    insert into ingestion_poam_milestones (poam_id, milestone_description, scheduled_completion, status, created_at)
    select r."poamId", m ->> 'milestone_description', (m ->> 'scheduled_completion')::timestamp, coalesce(m ->> 'status', 'Pending'), tieline_now()
      from ${given} cross join lateral jsonb_array_elements(r.payload -> 'milestones') with ordinality every_one(m, place)
     where r.milestones
     order by r."poamId", place`.execute(db);
  await sql`
    delete from ingestion_poam_assets a using ${given}, ingestion_assets asset
     where a.poam_id = r."poamId" and asset.asset_uuid = a.asset_uuid
       and not coalesce(r.payload -> 'affected_assets' @> to_jsonb(coalesce(asset.tenable_asset_uuid, asset.asset_uuid::text)), false)`.execute(
    db,
  );
  await sql`
    delete from ingestion_poam_cves c using ${given}
     where c.poam_id = r."poamId" and not coalesce(r.payload -> 'cves' @> to_jsonb(c.cve_id::text), false)`.execute(
    db,
  );
}
