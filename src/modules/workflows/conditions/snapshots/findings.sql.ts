/** Findings and weaknesses as conditions read them. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { isAcceptedFinding, isOpenFinding, severityWord } from '../../../../record/findings/index.ts';
import { fetchPoamColumns } from '../../../../record/poams/index.ts';
import { type Database, prepared } from '../../../../platform/postgres/index.ts';
import type { SnapshotRow } from '../hydrate.ts';
import { isAmong, findingPart, instant, listed, orNone, poamPart } from './parts.sql.ts';

/** SQL of the weakness that finding `v` is under, the earliest due one: id, due_on, poam_id. */
const weaknessOf = sql`
  select w.id, w.due_on, w.poam_id from weakness_findings k join weaknesses w on w.id = k.weakness_id
   where k.finding_id = v.id and w.superseded_at is null order by w.due_on, w.id limit 1`;

/** SQL of who works on finding `v`: a person's name or a team's. */
const workedBy = sql`
  select coalesce(person.name, team.name) from vulnerability_remediation r
    left join principals person on person.id = r.assigned_principal_id left join teams team on team.id = r.assigned_team_id
   where r.vulnerability_id = v.id order by r.id desc limit 1`;

/** One look-up by key for each that is asked about. */
export async function readFindings(db: Kysely<Database>, keys: readonly string[]): Promise<SnapshotRow[]> {
  const columns = await fetchPoamColumns(db);
  const { rows } = await sql<SnapshotRow>`
    ${prepared}
    select v.finding_key::text as id, concat_ws(' on ', v.vulnerability_name, coalesce(a.hostname, v.asset_ref::text)) as title,
           a.system_id::text as boundary,
           jsonb_build_object('finding', jsonb_build_object(
             'row', v.id, 'key', v.finding_key, 'plugin', v.plugin_id::text, 'name', v.vulnerability_name,
             'severity', ${sql.raw(severityWord('v.severity_rank'))}, 'state', v.lifecycle_state,
             'open', ${sql.raw(isOpenFinding('v.lifecycle_state'))}, 'accepted', ${sql.raw(isAcceptedFinding('v'))},
             'first_found', ${instant(sql`v.first_found`)}, 'last_found', ${instant(sql`v.last_found`)},
             'missing', ${instant(sql`v.missing_since`)},
             'fixed', ${instant(sql`v.last_fixed`)}, 'reopened', ${instant(sql`v.resurfaced_at`)},
             'times_reopened', (select count(*) from finding_state_changes c where c.vulnerability_id = v.id and c.state = 'reopened'),
             'fix_reported', ${instant(sql`v.fix_reported_at`)}, 'due', ${instant(sql`w.due_on`)}, 'weakness', w.id,
             'cves', to_jsonb(coalesce(plugin.cves, '{}')), 'kev', coalesce(i.kev_added is not null, false), 'epss', i.epss,
             'asset', coalesce(a.hostname, v.asset_ref::text), 'owner', (${workedBy}),
             'on_poam', p.id is not null, 'poam', case when p.id is not null then ${poamPart(columns)} end)) as plain
      from ingestion_vulnerabilities v
      left join ingestion_assets a on a.asset_uuid = v.asset_ref
      left join scan_plugins plugin on plugin.plugin_id = v.plugin_id::text
      left join vulnerability_intelligence i on i.plugin_id = v.plugin_id::text
      left join lateral (${weaknessOf}) w on true
      left join ingestion_poams p on p.id = coalesce(v.poam_id, w.poam_id)
     where ${isAmong('v.finding_key', keys, 'uuid')} and v.lifecycle_state is not null
     order by v.finding_key`.execute(db);
  return rows;
}

/** SQL of the CVEs of weakness `w`: those of the plugins of its findings, or itself where it is one by CVE. */
const cvesOf = sql`
  select distinct cve from (
    select unnest(plugin.cves)::text as cve from scan_plugins plugin
     where plugin.plugin_id = w.plugin_id
        or plugin.plugin_id in (select v.plugin_id::text from weakness_findings k join ingestion_vulnerabilities v on v.id = k.finding_id where k.weakness_id = w.id)
    union select w.identifier where w.grouping = 'cve') named order by cve limit ${listed(500)}`;

/** SQL of the obligation that gives weakness `w` its day: policy_id, since. */
const obligationOf = sql`
  select o.policy_id, o.since from poam_obligations o where o.weakness_id = w.id order by o.id desc limit 1`;

const findingsOf = (limit: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select jsonb_agg(under.one) as all, coalesce(bool_or(under.open), false) as open
    from (select ${findingPart} as one, ${sql.raw(isOpenFinding('v.lifecycle_state'))} as open
            from weakness_findings k join ingestion_vulnerabilities v on v.id = k.finding_id and v.lifecycle_state is not null
           where k.weakness_id = w.id order by v.id limit ${limit}) under`;

export async function readWeaknesses(db: Kysely<Database>, ids: readonly string[]): Promise<SnapshotRow[]> {
  const columns = await fetchPoamColumns(db);
  const { rows } = await sql<SnapshotRow>`
    ${prepared}
    select w.id::text as id, coalesce(w.title, w.identifier) as title, w.system_id::text as boundary,
           jsonb_build_object('weakness', jsonb_build_object(
             'id', w.id::text, 'title', coalesce(w.title, w.identifier), 'plugin', w.plugin_id,
             'severity', w.severity, 'rated_severity', w.rated_severity, 'open', under.open,
             'detected', ${instant(sql`w.detected_on`)}, 'due', ${instant(sql`w.due_on`)},
             'due_policy', o.policy_id, 'due_changed', ${instant(sql`o.since`)},
             'due_unknown', to_jsonb(coalesce(u.unknown, '{}')),
             'cves', to_jsonb(coalesce(named.cves, '{}')), 'kev', coalesce(intel.kev, false), 'ransomware', coalesce(intel.ransomware, false),
             'epss', intel.epss, 'kev_changed', ${instant(sql`intel.changed_at`)},
             'findings', ${orNone(sql`under.all`)}, 'poam', case when p.id is not null then ${poamPart(columns)} end)) as plain
      from weaknesses w
      left join ingestion_poams p on p.id = w.poam_id
      left join weakness_due_unknowns u on u.weakness_id = w.id
      left join lateral (${obligationOf}) o on true
      left join lateral (select array_agg(each.cve) as cves from (${cvesOf}) each) named on true
      left join lateral (select bool_or(c.kev_added is not null) as kev, bool_or(c.kev_ransomware) as ransomware, max(c.epss) as epss,
                                (select max(h.changed_at) from cve_changes h where h.cve = any(named.cves) and h.field_name like 'kev%') as changed_at
                           from cve_intelligence c where c.cve = any(named.cves)) intel on true
      left join lateral (${findingsOf(listed(1_000))}) under on true
     where ${isAmong('w.id', ids.map(Number).filter(Number.isSafeInteger), 'int')} and w.superseded_at is null
     order by w.id`.execute(db);
  return rows;
}
