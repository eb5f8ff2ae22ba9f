import { sql, type Kysely } from 'kysely';
import type { ControlRule } from './weakness.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isFinished } from '../../record/poam-status/index.ts';
import { nameInPoams } from '../../record/poams/index.ts';

export async function listControlRules(db: Kysely<Database>): Promise<ControlRule[]> {
  const rows = await db
    .selectFrom('control_rules')
    .select(['priority', 'match_field', 'pattern', 'controls', 'source'])
    .orderBy('priority')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    priority: row.priority,
    matchField: row.match_field as ControlRule['matchField'], // held to these words by a check
    pattern: row.pattern,
    controls: row.controls,
    source: row.source,
  }));
}

export interface SystemControl {
  readonly systemId: string;
  /** Upper case. */
  readonly controlId: string;
  readonly origination: string | null;
  /** As the GRC system has it. */
  readonly raw: JsonObject | null;
}

/** Those of the systems' controls that some rule names. */
export async function listSystemControls(
  db: Kysely<Database>,
  systemIds: readonly string[],
): Promise<SystemControl[]> {
  if (systemIds.length === 0) return [];
  const { rows } = await sql<SystemControl>`
    select system_id as "systemId", upper(control_id) as "controlId", control_origination as origination, raw_json as raw
      from ingestion_controls
     where system_id = any(${[...systemIds]}::text[])
       and upper(control_id) in (select upper(named) from control_rules cross join unnest(controls) named)
     order by id`.execute(db);
  return rows;
}

export interface PoamLackingAssets {
  readonly poamId: string;
  readonly externalId: string;
  readonly version: string | null;
  readonly severity: string | null;
  /** What the remote lists. */
  readonly listed: Json;
  /** What it is to list. */
  readonly assets: string[];
}

/**
 * POA&Ms that answer a weakness on assets that the remote does not list for them yet, with the joined list: what the
 * remote lists stays, also what is not an asset known here; but for machines that moved to another system. The last one is not taken out:
 * a person decides about a POA&M without machines.
 */
export async function listPoamsLackingAssets(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<PoamLackingAssets[]> {
  const { rows } = await sql<PoamLackingAssets>`
    select p.poam_id as "poamId", l.external_id as "externalId", l.remote_version as version,
           min(coalesce(to_jsonb(p) ->> 'weakness_risk_level', to_jsonb(p) ->> 'weakness_severity', to_jsonb(p) ->> 'risk_rating')) as severity, coalesce(p.raw_json -> 'affected_assets', '[]') as listed,
           array(select listed from jsonb_array_elements_text(case when jsonb_typeof(p.raw_json -> 'affected_assets') = 'array'
                                                                  then p.raw_json -> 'affected_assets' else '[]' end) listed
                 except select unnest(gone.names)
                 union select unnest(array_agg(coalesce(asset.tenable_asset_uuid, asset.asset_uuid::text))) order by 1) as assets
      from weaknesses w
      join ingestion_poams p on p.id = w.poam_id
      join sync_links l on l.external_system_id = ${externalSystemId} and l.entity_type = 'poam' and l.entity_id = p.poam_id
                       and l.retired_at is null and l.missing_since is null
     cross join lateral (select coalesce(array_agg(${nameInPoams}), '{}') as names
                           from poam_asset_departures d join ingestion_assets a on a.asset_uuid = d.asset_uuid
                          where d.poam_id = p.poam_id) gone
      join ingestion_poam_assets a on a.poam_id = p.poam_id
      join ingestion_assets asset on asset.asset_uuid = a.asset_uuid
     where not ${isFinished('p')}
       and not exists (select from ingestion_systems s where s.system_id = p.system_id and s.sync_enabled is false)
     group by p.poam_id, l.external_id, l.remote_version, p.raw_json, gone.names
    having coalesce(p.raw_json -> 'affected_assets' ?| gone.names, false) or bool_or(not coalesce(p.raw_json -> 'affected_assets' @> to_jsonb(coalesce(asset.tenable_asset_uuid, asset.asset_uuid::text)), false))`.execute(
    db,
  );
  return rows;
}
