import { sql, type Kysely } from 'kysely';
import type { Severity } from '../model/vocabulary.ts';
import type { ControlRule } from '../model/weakness.ts';
import type { Json } from '../model/json.ts';
import { storableJson } from './copy-rows.ts';
import type { Database } from './schema.ts';

export interface WeaknessRow {
  readonly systemId: string;
  /** The GRC system's own id of the system. */
  readonly systemExternalId: string;
  readonly pluginId: string;
  readonly pluginName: string;
  readonly family: string | null;
  readonly severity: Severity;
  readonly synopsis: string | null;
  readonly solution: string | null;
  readonly cves: readonly string[];
  readonly detectedOn: string;
  readonly findings: number;
  /** As Tenable names them. */
  readonly assets: readonly string[];
  /** Of the system: who answers for it. */
  readonly poc: string | null;
  /** ingestion_poams.poam_id of the POA&M that answers this weakness already, and how it stands. */
  readonly poamId: string | null;
  readonly poamStatus: string | null;
  /** Whether the weakness is tied to that POA&M yet. */
  readonly tied: boolean;
}

/**
 * The weaknesses that meet the rule: findings open or reopened, high or critical, on a living asset of a known system
 * of this GRC system that is not excluded from sync, grouped by plugin and system (issue 2, section 5). A POA&M that is there already is
 * recognised by our key, because the findings point at it, or because its source names the plugin.
 */
export async function listWeaknesses(db: Kysely<Database>, externalSystemId: number): Promise<WeaknessRow[]> {
  const { rows } = await sql<WeaknessRow>`
    with grouped as (
      select a.system_id, f.plugin_id::text as plugin_id, min(f.poam_id) as poam_id,
             bool_or(f.severity_rank = 4) as critical,
             (min(coalesce(f.first_found, f.created_at)))::date as detected_on,
             count(*)::int as findings,
             array_agg(distinct coalesce(a.tenable_asset_uuid, a.asset_uuid::text) order by coalesce(a.tenable_asset_uuid, a.asset_uuid::text)) as assets
        from ingestion_vulnerabilities f
        join ingestion_assets a on a.asset_uuid = f.asset_ref
       where f.lifecycle_state in ('open', 'reopened') and f.severity_rank >= 3 and f.external_system_id is not null
         and a.system_id is not null and a.deleted_at is null and a.terminated_at is null
       group by a.system_id, f.plugin_id
    ), sources as materialized (
      -- As JSON, since an older variant of the table has other columns (reference/existing-schema.md).
      select k.id, k.poam_id, k.system_id, k.status,
             concat_ws(' ', row ->> 'source_of_discovery', row ->> 'source', row ->> 'weakness_detection_source') as text
        from ingestion_poams k cross join lateral to_jsonb(k) row
       where k.status is distinct from 'Cancelled'
    )
    select g.system_id as "systemId", own.external_id as "systemExternalId", g.plugin_id as "pluginId", p.name as "pluginName", p.family, p.synopsis, p.solution, p.cves,
           case when g.critical then 'Critical' else 'High' end as severity,
           coalesce(w.detected_on, g.detected_on) as "detectedOn", g.findings, g.assets,
           coalesce(s.information_system_security_officer, s.system_owner) as poc,
           coalesce(tied.poam_id, pointed.poam_id, named.poam_id) as "poamId", coalesce(tied.status, pointed.status, named.status) as "poamStatus",
           w.poam_id is not null as tied
      from grouped g
      join lateral (select * from ingestion_systems every where every.system_id = g.system_id order by every.id limit 1) s
        on coalesce(s.sync_enabled, true)
      join sync_links own on own.external_system_id = ${externalSystemId} and own.entity_type = 'system' and own.entity_id = g.system_id
      join scan_plugins p on p.plugin_id = g.plugin_id
      left join weaknesses w on w.system_id = g.system_id and w.grouping = 'plugin' and w.identifier = g.plugin_id
      left join ingestion_poams tied on tied.id = w.poam_id
      left join ingestion_poams pointed on pointed.id = g.poam_id and pointed.system_id = g.system_id
                                       and w.poam_id is null and pointed.status is distinct from 'Cancelled'
      left join lateral (
        select k.poam_id, k.status
          from sources k
         where k.system_id = g.system_id and w.poam_id is null
           and k.text ~* ('plugin(s|-id| id)?[ :#]*' || g.plugin_id || '($|[^0-9])')
         order by (k.status = 'Completed'), k.id limit 1
      ) named on true
     order by g.system_id, g.plugin_id`.execute(db);
  return rows;
}

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

/** The controls of each system, upper case. */
export async function listControlIds(
  db: Kysely<Database>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { rows } = await sql<{ system_id: string; controls: string[] }>`
    select system_id, array_agg(distinct upper(control_id)) as controls
      from ingestion_controls where system_id is not null group by system_id`.execute(db);
  return new Map(rows.map((row) => [row.system_id, new Set(row.controls)]));
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

/** Ties weaknesses to their POA&Ms. A weakness that is tied already keeps its dates and its POA&M. */
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
      set poam_id = coalesce(known.poam_id, excluded.poam_id), severity = excluded.severity, updated_at = now()
      where (known.poam_id, known.severity) is distinct from (coalesce(known.poam_id, excluded.poam_id), excluded.severity)`.execute(
    db,
  );
}

/**
 * Points the open findings of tied weaknesses at their POA&M and, where the system has it, its first control. A finding
 * that points at a POA&M already keeps it: somebody may have chosen that one.
 */
export async function tieFindings(db: Kysely<Database>): Promise<void> {
  await sql`
    with tied as (
      select f.id, w.poam_id, control.id as control_id
        from weaknesses w
        join ingestion_assets a on a.system_id = w.system_id
        join ingestion_vulnerabilities f on f.asset_ref = a.asset_uuid and f.plugin_id::text = w.identifier
        left join lateral (
          select c.id from ingestion_controls c
           where c.system_id = w.system_id and upper(c.control_id) = any(w.controls)
           order by array_position(w.controls, upper(c.control_id)::text) limit 1) control on true
       where w.grouping = 'plugin' and w.poam_id is not null
         and f.lifecycle_state in ('open', 'reopened') and f.severity_rank >= 3 and f.external_system_id is not null
    )
    update ingestion_vulnerabilities f
       set poam_id = tied.poam_id, control_id = coalesce(f.control_id, tied.control_id)
      from tied
     where f.id = tied.id and f.poam_id is null`.execute(db);
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
 * remote lists stays, also what is no asset known here.
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
                 union select unnest(array_agg(coalesce(asset.tenable_asset_uuid, asset.asset_uuid::text))) order by 1) as assets
      from weaknesses w
      join ingestion_poams p on p.id = w.poam_id
      join sync_links l on l.external_system_id = ${externalSystemId} and l.entity_type = 'poam' and l.entity_id = p.poam_id
      join ingestion_poam_assets a on a.poam_id = p.poam_id
      join ingestion_assets asset on asset.asset_uuid = a.asset_uuid
     where p.status is distinct from 'Completed' and p.status is distinct from 'Cancelled'
       and not exists (select from ingestion_systems s where s.system_id = p.system_id and s.sync_enabled is false)
     group by p.poam_id, l.external_id, l.remote_version, p.raw_json
    having bool_or(not coalesce(p.raw_json -> 'affected_assets' @> to_jsonb(coalesce(asset.tenable_asset_uuid, asset.asset_uuid::text)), false))`.execute(
    db,
  );
  return rows;
}
