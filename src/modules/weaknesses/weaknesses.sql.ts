import { sql, type Kysely } from 'kysely';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import { grounds, type Candidate, type OpenFinding } from './poam-answers.ts';
import type { ControlRule } from './weakness.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { boundariesOf } from '../../record/systems/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isFinished, nameInPoams } from '../../record/poams/index.ts';

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
  /** Types of the systems that report its findings. */
  readonly sourceTypes: readonly string[];
  /** As the scanner names them. */
  readonly assets: readonly string[];
  /** Of the system: who answers for it. */
  readonly poc: string | null;
  /** When the latest of its findings was found again after it had been fixed, ISO in UTC; null if none was. */
  readonly foundAgainAt: string | null;
  /** The POA&Ms that are about it, by whatever ground. */
  readonly candidates: readonly Candidate[];
  /** ingestion_poams.id that the weakness is tied to. */
  readonly tiedTo: number | null;
  /** Its findings one by one, only where a POA&M about it has ended: then it matters since when each is open. */
  readonly open: readonly OpenFinding[] | null;
}

/**
 * The weaknesses that meet the rule: findings open or reopened, high or critical, on a living asset of a known system
 * of this GRC system that is not excluded from sync, and that no rule of a scanner's server accepts or dismisses, grouped by plugin and
 * system (decision 0015); each with the POA&Ms that are about it. What POA&Ms name is to be up to date (`renewMentions`).
 */
export async function listWeaknesses(db: Kysely<Database>, externalSystemId: number): Promise<WeaknessRow[]> {
  // How many rows the parts have is not known to the planner, above all after a first import: taken for few, hundreds of thousands are
  // compared each with each. For this transaction only.
  await sql`select set_config('enable_nestloop', 'off', true)`.execute(db);
  const { rows } = await sql<WeaknessRow>`
    with own as materialized (
      select l.system_id, l.external_id, coalesce(s.information_system_security_officer, s.system_owner) as poc
        from (select entity_id as system_id, min(external_id) as external_id from sync_links
               where external_system_id = ${externalSystemId} and entity_type = 'system' and retired_at is null and missing_since is null
               group by entity_id) l
        join lateral (select * from ingestion_systems every where every.system_id = l.system_id order by every.id limit 1) s
          on coalesce(s.sync_enabled, true)
    ), found as materialized (
      select f.id, f.external_system_id as server, b.system_id, f.plugin_id::text as plugin_id, case when f.lifecycle_state = 'reopened' then f.resurfaced_at end as found_again, f.poam_id, f.severity_rank = 4 as is_critical, a.asset_uuid,
             coalesce(a.tenable_asset_uuid, a.asset_uuid::text) as asset, coalesce(f.first_found, f.created_at) as first_found,
             coalesce(f.last_found, f.created_at) as last_seen,
             case when f.lifecycle_state = 'reopened' then coalesce(f.resurfaced_at, f.last_fixed, f.first_found, f.created_at)
                  else coalesce(f.first_found, f.created_at) end as since
        from ingestion_vulnerabilities f
        join ingestion_assets a on a.asset_uuid = f.asset_ref
        join (${boundariesOf(externalSystemId)}) b on b.asset_uuid = a.asset_uuid
        join own on own.system_id = b.system_id
       where f.lifecycle_state in ('open', 'reopened') and f.severity_rank >= 3 and f.external_system_id is not null
         and f.severity_modification is distinct from 'accepted'
         and a.deleted_at is null and a.terminated_at is null
         -- The server has the rule, and its findings were not read since.
         and not exists (select from acceptances r
                          where r.plugin_id = f.plugin_id::text and r.kind in ('accepted', 'false_positive') and r.status = 'active'
                            and r.acceptance_id is not null and coalesce(r.expires_at > now(), true)
                            and coalesce(r.port = f.port, true) and coalesce(r.protocol = lower(f.protocol), true)
                            and (r.scope = 'all' or r.scope = 'asset ' || a.tenable_asset_uuid))
    ), grouped as materialized (
      select system_id, plugin_id, max(found_again) as found_again, bool_or(is_critical) as critical, min(first_found)::date as detected_on, count(*)::int as findings, array_agg(distinct server) as servers,
             array_agg(distinct asset order by asset) as assets, array_agg(distinct asset_uuid) as machines
        from found group by system_id, plugin_id
    ), by_cve as materialized (
      -- POA&Ms that name no plugin, only CVEs, with the machines that they list.
      select k.id, k.system_id, c.cves, m.machines
        from ingestion_poams k
        join poam_mentions n on n.poam_id = k.id and n.plugin_ids = '{}'
       cross join lateral (select array_agg(distinct cve) as cves
                             from (select unnest(n.cve_ids) as cve
                                   union select cve_id from ingestion_poam_cves v where v.poam_id = k.poam_id) named) c
       cross join lateral (select array_agg(distinct asset_uuid) as machines from ingestion_poam_assets s where s.poam_id = k.poam_id) m
       where c.cves is not null and m.machines is not null
    ), by_plugin as materialized (
      -- First the plugins of the CVEs and only then the weaknesses: within one system both can be a hundred thousand.
      select c.id, c.system_id, c.machines, p.plugin_id
        from by_cve c
       cross join unnest(c.cves) named(cve)
        join (select plugin_id, unnest(cves)::text as cve from scan_plugins) p on p.cve = named.cve
    ), about as (
      select w.system_id, w.identifier as plugin_id, w.poam_id as id, 1 as ground from weaknesses w
       where w.grouping = 'plugin' and w.poam_id is not null
      union all
      select f.system_id, f.plugin_id, f.poam_id, 2 from found f where f.poam_id is not null group by 1, 2, 3
      union all
      select k.system_id, plugin.id, k.id, 3
        from poam_mentions n cross join unnest(n.plugin_ids) plugin(id) join ingestion_poams k on k.id = n.poam_id
      union all
      -- The same machines: either list is within the other.
      select g.system_id, g.plugin_id, c.id, 4
        from by_plugin c
        join grouped g on g.system_id = c.system_id and g.plugin_id = c.plugin_id and (c.machines <@ g.machines or g.machines <@ c.machines)
    ), candidates as materialized (
      select g.system_id, g.plugin_id, bool_or(${isFinished('k')} or ended.on is not null) as any_ended,
             jsonb_agg(jsonb_build_object(
               'id', k.id, 'poamId', k.poam_id, 'status', k.status, 'ground', (${[...grounds]}::text[])[ground],
               'endedOn', ended.on, 'seenAt', ended.seen_at, 'isEndedHere', coalesce(ended.is_ended_here, false), 'contradiction', settled.choice,
               'isProposal', k.ingestion_source is not distinct from 'tieline'
                 and not exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = k.poam_id)) order by k.id) as list
        from (select about.system_id, about.plugin_id, about.id, min(ground) as ground from about group by 1, 2, 3) one
        join grouped g on g.system_id = one.system_id and g.plugin_id = one.plugin_id
        join ingestion_poams k on k.id = one.id and (k.system_id = g.system_id or ground = 1)
        left join lateral (
          select case when ${isFinished('k')} then left(to_jsonb(k) ->> 'actual_completion', 10) else left(to_jsonb(k) ->> 'scheduled_completion', 10) end as on,
                 to_jsonb(said.changed_at at time zone 'UTC') #>> '{}' || 'Z' as seen_at,
                 case when said.direction is not null then said.direction <> 'inbound'
                      else exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = k.poam_id and l.retired_at is null
                                      and lower(l.base ->> 'status') is distinct from lower(k.status)) end as is_ended_here
            -- An accepted risk ends on the date that it bears, if it bears one. Apart, so that nothing is looked up of what has not ended.
            from (select where ${isFinished('k')} or lower(translate(k.status, '_', ' ')) = 'risk accepted' and k.scheduled_completion < current_date
                  offset 0) one left join lateral (
                   select j.changed_at, j.direction from sync_changes j
                    where j.entity_type = 'poam' and j.entity_id = k.poam_id and j.field_name = 'status' and j.after_value #>> '{}' = k.status
                    order by j.changed_at desc limit 1) said on true
        ) ended on true
        left join lateral (
          select case when c.resolution_status = 'pending' then 'pending' when c.resolution ->> 'choice' in ('external', 'accept') then 'external' else 'internal' end as choice
            from sync_conflicts c
           where c.entity_type = 'poam' and c.entity_id = k.poam_id and c.conflict_type = 'contradiction'
             and (c.resolution_status = 'pending' or c.resolved_by_kind = 'person'
                  and c.external_value ->> 'ended_on' is not distinct from ended.on
                  and c.resolved_at >= coalesce(ended.seen_at::timestamp, '-infinity'))
           order by c.resolution_status = 'pending' desc, c.id desc limit 1
        ) settled on true
       group by g.system_id, g.plugin_id
    ), each as (
      select f.system_id, f.plugin_id,
             jsonb_agg(jsonb_build_object('id', f.id, 'asset', f.asset, 'since', to_jsonb(f.since) #>> '{}' || 'Z',
                                          'firstFound', to_jsonb(f.first_found) #>> '{}' || 'Z', 'lastSeen', to_jsonb(f.last_seen) #>> '{}' || 'Z',
                                          'isCritical', f.is_critical, 'poam', f.poam_id) order by f.id) as open
        from found f join candidates c on c.any_ended and c.system_id = f.system_id and c.plugin_id = f.plugin_id
       group by f.system_id, f.plugin_id
    )
    select g.system_id as "systemId", own.external_id as "systemExternalId", g.plugin_id as "pluginId", p.name as "pluginName", p.family, p.synopsis, p.solution, p.cves,
           case when g.critical then 'Critical' else 'High' end as severity,
           coalesce(w.detected_on, g.detected_on) as "detectedOn", g.findings, g.assets,
           array(select distinct s.system_type::text from external_systems s where s.id = any(g.servers) order by 1) as "sourceTypes",
           own.poc,
           to_char(g.found_again, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "foundAgainAt", coalesce(c.list, '[]') as candidates, w.poam_id as "tiedTo",
           each.open
      from grouped g
      join own on own.system_id = g.system_id
      join scan_plugins p on p.plugin_id = g.plugin_id
      left join weaknesses w on w.system_id = g.system_id and w.grouping = 'plugin' and w.identifier = g.plugin_id
      left join candidates c on c.system_id = g.system_id and c.plugin_id = g.plugin_id
      left join each on each.system_id = g.system_id and each.plugin_id = g.plugin_id
     order by g.system_id, g.plugin_id`.execute(db);
  await sql`set local enable_nestloop to default`.execute(db);
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

export interface SystemControl {
  readonly systemId: string;
  /** Upper case. */
  readonly controlId: string;
  readonly origination: string | null;
  /** As the GRC system has it. */
  readonly raw: JsonObject | null;
}

/** Of the systems' controls those that some rule names. */
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
 * remote lists stays, also what is no asset known here; but for machines that moved to another system. The last one is not taken out:
 * of a POA&M without machines a person decides.
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
