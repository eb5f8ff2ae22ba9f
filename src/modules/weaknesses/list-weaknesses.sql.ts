/**
 * The weaknesses of a GRC system with the POA&Ms that are about each: one statement, put together from named parts. Each part is a
 * common table expression that the parts after it name by its own name (own, found, grouped, with_plugin, by_cve, by_plugin, about, candidates, each).
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { ownSystems } from './rules/weak-findings.sql.ts';
import type { Weakness } from './weakness.ts';
import { grounds, type Candidate, type OpenFinding } from './poam-answers.ts';
import { severities } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { canonicalStatusOf, isFinished } from '../../record/poam-status/index.ts';

export interface WeaknessRow extends Weakness {
  /** The GRC system's own id of the system. */
  readonly systemExternalId: string;
  /** Types of the systems that report its findings. */
  readonly sourceTypes: readonly string[];
  /** Who answers for the system. */
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

/** found: the findings that make a weakness, each with the boundary, machine and times that count; `gatherWeakFindings` has gathered them. */
const weakFindings = sql`
  select coalesce(finding_id, -result_id) as id, result_id, server, system_id, rule_id, "grouping", identifier, plugin_id, found_again, poam_id, severity_rank, asset_uuid, asset, machine,
         first_found, last_seen, since
    from weak_findings where not is_accepted and exclusion_id is null`;

/** grouped: one row a weakness. */
const findingsByWeakness = sql`
  select system_id, "grouping", identifier, max(rule_id) as rule_id, max(found_again) as found_again, max(severity_rank) as severity_rank, min(first_found)::date as detected_on,
         count(*)::int as findings, array_agg(distinct server) as servers, min(plugin_id) as plugin_id, array_agg(distinct plugin_id) as plugins, min(result_id) as result_id,
         array_agg(distinct asset order by asset) as assets, array_agg(distinct asset_uuid) as machines,
         array_agg(distinct machine collate "C" order by machine collate "C") filter (where machine is not null) as names
    from found group by system_id, "grouping", identifier`;

/** with_plugin: the weaknesses by each of their plugins. */
const weaknessesByPlugin = sql`
  select g.system_id, g."grouping", g.identifier, g.machines, plugin.id as plugin_id
    from grouped g cross join unnest(g.plugins) plugin(id) where plugin.id is not null`;

/** by_cve: POA&Ms that name CVEs and machines, and no plugin. */
const poamsByCve = sql`
  -- POA&Ms that name no plugin, only CVEs, with the machines that they list.
  select k.id, k.system_id, c.cves, m.machines
    from ingestion_poams k
    join poam_mentions n on n.poam_id = k.id and n.plugin_ids = '{}'
   cross join lateral (select array_agg(distinct cve) as cves
                         from (select unnest(n.cve_ids) as cve
                               union select cve_id from ingestion_poam_cves v where v.poam_id = k.poam_id) named) c
   cross join lateral (select array_agg(distinct asset_uuid) as machines from ingestion_poam_assets s where s.poam_id = k.poam_id) m
   where c.cves is not null and m.machines is not null`;

/** by_plugin: these by the plugins of their CVEs. */
const poamsByPlugin = sql`
  -- First the plugins of the CVEs and only then the weaknesses: within one system both can be a hundred thousand.
  select c.id, c.system_id, c.machines, p.plugin_id
    from by_cve c
   cross join unnest(c.cves) named(cve)
    join (select plugin_id, unnest(cves)::text as cve from scan_plugins) p on p.cve = named.cve`;

/**
 * What a POA&M of ours says of plugins and machines makes it no answer to the weakness g beside the one that it was made for: where rules group
 * otherwise than by plugin, or did, several weaknesses have the same plugin. One that a change of a rule ended is about nothing. One by plugin and
 * asset that lists machines is about weaknesses of these only.
 */
const isAboutWeakness = sql`
  case when exists (select from poam_rules m where m.poam_id = k.poam_id and m.ended_at is not null) then false
       when g."grouping" = 'plugin' and not exists (select from poam_rules m where m.poam_id = k.poam_id and m.regrouped_at is not null) then true
       else not (k.ingestion_source is not distinct from 'tieline'
                 and exists (select from weaknesses o where o.poam_id = k.id and o.grouping = g."grouping" and o.identifier <> g.identifier))
        and (g."grouping" <> 'plugin_asset' or not exists (select from ingestion_poam_assets s where s.poam_id = k.poam_id)
             or exists (select from ingestion_poam_assets s where s.poam_id = k.poam_id and s.asset_uuid = any(g.machines))) end`;

/** about: which POA&M is about which weakness, and for what reason (the place in `grounds`); the lowest counts. */
const poamsAbout = sql`
  select w.system_id, w.grouping::text as "grouping", w.identifier, w.poam_id as id, 1 as ground from weaknesses w
   where w.poam_id is not null
  union all
  select f.system_id, f."grouping", f.identifier, f.poam_id, 2 from found f where f.poam_id is not null group by 1, 2, 3, 4
  union all
  select g.system_id, g."grouping", g.identifier, k.id, 3
    from poam_mentions n cross join unnest(n.plugin_ids) plugin(id) join ingestion_poams k on k.id = n.poam_id
    join with_plugin g on g.system_id = k.system_id and g.plugin_id = plugin.id and ${isAboutWeakness}
  union all
  -- The same machines: either list is within the other.
  select g.system_id, g."grouping", g.identifier, c.id, 4
    from by_plugin c join ingestion_poams k on k.id = c.id
    join with_plugin g on g.system_id = c.system_id and g.plugin_id = c.plugin_id and (c.machines <@ g.machines or g.machines <@ c.machines) and ${isAboutWeakness}`;

/** For the POA&M k: the day on which it ended or is to end, when and on which side that was said. */
const endOfPoam = (now: Date): RawBuilder<unknown> => sql`
  select case when ${isFinished('k')} then left(to_jsonb(k) ->> 'actual_completion', 10) else left(to_jsonb(k) ->> 'scheduled_completion', 10) end as on,
         to_jsonb(said.changed_at at time zone 'UTC') #>> '{}' || 'Z' as seen_at,
         case when said.direction is not null then said.direction <> 'inbound'
              else exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = k.poam_id and l.retired_at is null
                              and lower(l.base ->> 'status') is distinct from lower(k.status)) end as is_ended_here
    -- An accepted risk ends on the date that it bears, if it bears one. Apart, so that nothing is looked up of what has not ended.
    from (select where ${isFinished('k')} or ${canonicalStatusOf(sql`k.status`)} = 'Risk Accepted' and k.scheduled_completion < ${now.toISOString().slice(0, 10)}::date
          offset 0) one left join lateral (
           select j.changed_at, j.direction from sync_changes j
            where j.entity_type = 'poam' and j.entity_id = k.poam_id and j.field_name = 'status' and j.after_value #>> '{}' = k.status
            order by j.changed_at desc limit 1) said on true`;

/** What a person said, or is asked to say, of an end that contradicts open findings. */
const wordOnEnd = sql`
  select case when c.resolution_status = 'pending' then 'pending' when c.resolution ->> 'choice' in ('external', 'accept') then 'external' else 'internal' end as choice
    from sync_conflicts c
   where c.entity_type = 'poam' and c.entity_id = k.poam_id and c.conflict_type = 'contradiction'
     and (c.resolution_status = 'pending' or c.resolved_by_kind = 'person'
          and c.external_value ->> 'ended_on' is not distinct from ended.on
          and c.resolved_at >= coalesce(ended.seen_at::timestamp, '-infinity'))
   order by c.resolution_status = 'pending' desc, c.id desc limit 1`;

/** candidates: the POA&Ms about each weakness as one list, and whether any has ended. */
const candidatePoams = (now: Date): RawBuilder<unknown> => sql`
  select g.system_id, g."grouping", g.identifier, bool_or(${isFinished('k')} or ended.on is not null) as any_ended,
         jsonb_agg(jsonb_build_object(
           'id', k.id, 'poamId', k.poam_id, 'status', k.status, 'comments', case when ${isFinished('k')} then k.comments end, 'remoteId', to_jsonb(k) ->> 'xacta_poam_id', 'ground', (${[...grounds]}::text[])[ground],
           'endedOn', ended.on, 'seenAt', ended.seen_at, 'isEndedHere', coalesce(ended.is_ended_here, false), 'contradiction', settled.choice,
           'isProposal', k.ingestion_source is not distinct from 'tieline'
             and not exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = k.poam_id)) order by k.id) as list
    from (select about.system_id, about."grouping", about.identifier, about.id, min(ground) as ground from about group by 1, 2, 3, 4) one
    join grouped g on g.system_id = one.system_id and g."grouping" = one."grouping" and g.identifier = one.identifier
    join ingestion_poams k on k.id = one.id and (k.system_id = g.system_id or ground = 1)
    left join lateral (
      ${endOfPoam(now)}
    ) ended on true
    left join lateral (
      ${wordOnEnd}
    ) settled on true
   group by g.system_id, g."grouping", g.identifier`;

/** each: the findings one by one, only where a POA&M about the weakness has ended. */
const findingsOneByOne = sql`
  select f.system_id, f."grouping", f.identifier,
         jsonb_agg(jsonb_build_object('id', f.id, 'asset', f.asset, 'since', to_jsonb(f.since) #>> '{}' || 'Z',
                                      'firstFound', to_jsonb(f.first_found) #>> '{}' || 'Z', 'lastSeen', to_jsonb(f.last_seen) #>> '{}' || 'Z',
                                      'severity', (${[...severities]}::text[])[f.severity_rank + 1], 'poam', f.poam_id) order by f.id) as open
    from found f
    join candidates c on c.any_ended and c.system_id = f.system_id and c."grouping" = f."grouping" and c.identifier = f.identifier
   group by f.system_id, f."grouping", f.identifier`;

/**
 * The weaknesses under the rules in force: findings open or reopened on a living asset of a known system of this GRC system that is not
 * excluded from sync, that the rule of the system names, and that no rule of a scanner's server accepts or dismisses, grouped as the rule says
 * (decision 0015); each with the POA&Ms that are about it. What POA&Ms name is to be up to date (`renewMentions`), and the findings are to
 * be gathered in the same transaction (`gatherWeakFindings`).
 * @param now what accepted risks end by.
 */
export async function listWeaknesses(
  db: Kysely<Database>,
  externalSystemId: number,
  now: Date,
): Promise<WeaknessRow[]> {
  // How many rows the parts have is not known to the planner, above all after a first import: taken for few, hundreds of thousands are
  // compared each with each. For this transaction only.
  await sql`select set_config('enable_nestloop', 'off', true)`.execute(db);
  const { rows } = await sql<WeaknessRow>`
    with own as materialized (${ownSystems(externalSystemId)}
    ), found as materialized (${weakFindings}
    ), grouped as materialized (${findingsByWeakness}
    ), with_plugin as materialized (${weaknessesByPlugin}
    ), by_cve as materialized (${poamsByCve}
    ), by_plugin as materialized (${poamsByPlugin}
    ), about as (${poamsAbout}
    ), candidates as materialized (${candidatePoams(now)}
    ), each as (${findingsOneByOne}
    )
    select g.system_id as "systemId", own.external_id as "systemExternalId", g."grouping", g.identifier, g.rule_id as "ruleId", g.plugin_id as "pluginId",
           coalesce(p.name, r.check_name) as "pluginName", case when r.id is null then p.family else 'Compliance' end as family,
           coalesce(p.synopsis, r.check_info) as synopsis, coalesce(p.solution, r.solution) as solution,
           case when r.id is not null then '{}'
                when g.plugins[2] is null then p.cves
                else array(select distinct c from scan_plugins q cross join unnest(q.cves) c where q.plugin_id = any(g.plugins) order by c) end as cves,
           coalesce(r.control_references, p.cross_references, '{}') as "references", r.audit_file as audit,
           (${[...severities]}::text[])[g.severity_rank + 1] as severity,
           coalesce(w.detected_on, g.detected_on) as "detectedOn", g.findings, g.assets, g.names as "machineNames",
           array(select distinct s.system_type::text from external_systems s where s.id = any(g.servers) order by 1) as "sourceTypes",
           own.poc,
           to_char(g.found_again, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "foundAgainAt", coalesce(c.list, '[]') as candidates, w.poam_id as "tiedTo",
           each.open
      from grouped g
      join own on own.system_id = g.system_id
      left join compliance_results r on r.id = g.result_id
      left join scan_plugins p on r.id is null and p.plugin_id = g.plugin_id
      left join weaknesses w on w.system_id = g.system_id and w.grouping = g."grouping" and w.identifier = g.identifier
      left join candidates c on c.system_id = g.system_id and c."grouping" = g."grouping" and c.identifier = g.identifier
      left join each on each.system_id = g.system_id and each."grouping" = g."grouping" and each.identifier = g.identifier
     order by g.system_id, g."grouping", g.identifier`.execute(db);
  await sql`set local enable_nestloop to default`.execute(db);
  return rows;
}
