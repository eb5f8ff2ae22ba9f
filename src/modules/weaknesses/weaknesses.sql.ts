import { sql, type Kysely } from 'kysely';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import type { ControlRule } from './weakness.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isFinished, nameInPoams } from '../../record/poams/index.ts';

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

export interface WeaknessToSave {
  readonly systemId: string;
  readonly pluginId: string;
  readonly severity: Severity;
  readonly detectedOn: string;
  readonly dueOn: string;
  readonly dueReason: string;
  readonly controls: readonly string[];
  readonly controlReason: string;
  readonly poamId: string;
}

/** Ties weaknesses to the POA&Ms that answer them. One that is tied already keeps its dates, unless its POA&M is a new one. */
export async function saveWeaknesses(
  db: Kysely<Database>,
  weaknesses: readonly WeaknessToSave[],
): Promise<void> {
  if (weaknesses.length === 0) return;
  await sql`
    insert into weaknesses as known (system_id, identifier, severity, detected_on, due_on, due_reason, controls, control_reason, poam_id)
    select w."systemId", w."pluginId", w.severity, w."detectedOn", w."dueOn", w."dueReason", w.controls, w."controlReason", p.id
      from jsonb_to_recordset(${storableJson(weaknesses)}::jsonb)
        as w("systemId" text, "pluginId" text, severity text, "detectedOn" date, "dueOn" date, "dueReason" text,
             controls text[], "controlReason" text, "poamId" text)
      join ingestion_poams p on p.poam_id = w."poamId"
    on conflict (system_id, grouping, identifier) do update
      set poam_id = excluded.poam_id, severity = excluded.severity, updated_at = now(),
          due_on = case when known.poam_id is distinct from excluded.poam_id then excluded.due_on else known.due_on end,
          due_reason = case when known.poam_id is distinct from excluded.poam_id then excluded.due_reason else known.due_reason end
      where (known.poam_id, known.severity) is distinct from (excluded.poam_id, excluded.severity)`.execute(
    db,
  );
}

/** Due dates of weaknesses whose POA&M has not gone out follow it: nothing was promised yet. */
export async function followDates(
  db: Kysely<Database>,
  weaknesses: readonly WeaknessToSave[],
): Promise<void> {
  if (weaknesses.length === 0) return;
  await sql`
    update weaknesses known set due_on = w."dueOn", due_reason = w."dueReason", updated_at = now()
      from jsonb_to_recordset(${storableJson(weaknesses)}::jsonb)
        as w("systemId" text, "pluginId" text, "dueOn" date, "dueReason" text, "poamId" text)
      join ingestion_poams p on p.poam_id = w."poamId"
     where known.system_id = w."systemId" and known.grouping = 'plugin' and known.identifier = w."pluginId" and known.poam_id = p.id
       and (known.due_on, known.due_reason) is distinct from (w."dueOn", w."dueReason")`.execute(db);
}

/** Points findings at POA&Ms, whatever they pointed at before. @param findings by ingestion_vulnerabilities.id. */
export async function pointFindings(
  db: Kysely<Database>,
  findings: readonly { readonly id: number; readonly poamId: string }[],
): Promise<void> {
  if (findings.length === 0) return;
  await sql`
    update ingestion_vulnerabilities f set poam_id = p.id
      from jsonb_to_recordset(${storableJson(findings)}::jsonb) as given(id integer, "poamId" text)
      join ingestion_poams p on p.poam_id = given."poamId"
     where f.id = given.id and f.poam_id is distinct from p.id`.execute(db);
}

/**
 * Points the open findings of tied weaknesses at their POA&M, unless it has ended, and, where the system has it, its first control; of a
 * machine in several systems, at those of its main one. A finding that points at a POA&M already keeps it, somebody may have chosen that one;
 * but for one that answered the same weakness in the system that the machine left.
 */
export async function tieFindings(db: Kysely<Database>): Promise<void> {
  await sql`
    with tied as (
      select f.id, w.poam_id, control.id as control_id,
             f.poam_id is null
               or exists (select from weaknesses old join ingestion_poams p on p.id = old.poam_id
                           where old.poam_id = f.poam_id and old.grouping = w.grouping and old.identifier = w.identifier
                             and old.system_id <> w.system_id and p.system_id = old.system_id) as is_to_point,
             exists (select from ingestion_controls c
                      where c.id = f.control_id and c.system_id <> w.system_id) as is_controlled_elsewhere
        from weaknesses w
        join ingestion_poams k on k.id = w.poam_id and not ${isFinished('k')}
        join ingestion_assets a on a.system_id = w.system_id
        join ingestion_vulnerabilities f on f.asset_ref = a.asset_uuid and f.plugin_id::text = w.identifier
        left join lateral (
          select c.id from ingestion_controls c
           where c.system_id = w.system_id and upper(c.control_id) = any(w.controls)
           order by array_position(w.controls, upper(c.control_id)::text) limit 1) control on true
       where w.grouping = 'plugin'
         and f.lifecycle_state in ('open', 'reopened') and f.severity_rank >= 3 and f.external_system_id is not null
         and f.severity_modification is distinct from 'accepted'
    )
    update ingestion_vulnerabilities f
       set poam_id = tied.poam_id,
           control_id = case when tied.is_controlled_elsewhere then tied.control_id else coalesce(f.control_id, tied.control_id) end
      from tied
     where f.id = tied.id and tied.is_to_point`.execute(db);
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
