import { sql, type Kysely } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** SQL of the uuid that a name in a list of machines is, else null: compared in its own type, so that the index of the assets serves. */
export const asAssetUuid = (name: string) =>
  sql.raw(
    `case when lower(trim(${name})) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then trim(${name})::uuid end`,
  );

/** SQL of the assets (`asset_uuid`) that a name in the list of a POA&M means. */
export const assetsNamed = (name: string) => sql`
       select asset_uuid from ingestion_assets where asset_uuid = ${asAssetUuid(name)}
       union select asset_uuid from ingestion_assets where tenable_asset_uuid = lower(trim(${sql.raw(name)}))
       -- Another server knows the machine by another uuid.
       union select entity_id::uuid from sync_links
              where external_system_id = any(array(select id from external_systems)) and entity_type = 'asset'
                and external_id = lower(trim(${sql.raw(name)}))`;

interface PoamValue {
  readonly poamId: string;
  readonly value: string;
}

/**
 * Adds affected assets to POA&Ms. Texts that are not a UUID, or name an asset that is not known, stay in raw_json only.
 * @returns the POA&Ms that gained one.
 */
export async function addPoamAssets(
  db: Kysely<Database>,
  values: readonly PoamValue[],
): Promise<Set<string>> {
  if (values.length === 0) return new Set();
  const { rows } = await sql<{ poam_id: string }>`
    insert into ingestion_poam_assets (poam_id, asset_uuid)
    select distinct g."poamId", a.asset_uuid
      from jsonb_to_recordset(${storableJson(values)}::jsonb) as g("poamId" text, value text)
     cross join lateral (${assetsNamed('g.value')}) a
     where not exists (select from ingestion_poam_assets known
                        where known.poam_id = g."poamId" and known.asset_uuid = a.asset_uuid)
       -- The remote lists it still; it moved to another system.
       and not exists (select from poam_asset_departures gone
                        where gone.poam_id = g."poamId" and gone.asset_uuid = a.asset_uuid)
    returning poam_id`.execute(db);
  return new Set(rows.map((row) => row.poam_id));
}

/** Those of the machines that POA&Ms list that are not known here, by POA&M: they may become so before the list moves. */
export async function findUnknownAssets(
  db: Kysely<Database>,
  values: readonly PoamValue[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (values.length === 0) return new Map();
  const { rows } = await sql<{ id: string; names: string[] }>`
    select g."poamId" as id, array_agg(distinct g.value) as names
      from jsonb_to_recordset(${storableJson(values)}::jsonb) as g("poamId" text, value text)
     where not exists (${assetsNamed('g.value')})
     group by g."poamId"`.execute(db);
  return new Map(rows.map((row) => [row.id, row.names]));
}

/** Adds CVEs to POA&Ms. @returns the POA&Ms that gained one. */
export async function addPoamCves(db: Kysely<Database>, values: readonly PoamValue[]): Promise<Set<string>> {
  if (values.length === 0) return new Set();
  const { rows } = await sql<{ poam_id: string }>`
    insert into ingestion_poam_cves (poam_id, cve_id)
    select distinct g."poamId", upper(trim(g.value))
      from jsonb_to_recordset(${storableJson(values)}::jsonb) as g("poamId" text, value text)
     where length(trim(g.value)) between 1 and 20
       and not exists (select from ingestion_poam_cves known
                        where known.poam_id = g."poamId" and known.cve_id = upper(trim(g.value)))
    returning poam_id`.execute(db);
  return new Set(rows.map((row) => row.poam_id));
}
