/** What reports need beside POA&Ms: boundaries, deviations, coverage, what waits, controls, agreement, access. */
import { boundariesOfGrant } from '../../../record/systems/index.ts';
import { type Kysely, sql } from 'kysely';
import { severities, type Severity } from '../../../canonical/vocabulary/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { isOpenPoam } from '../../../record/poam-status/index.ts';
import { isSelected, type Selected } from './poams.sql.ts';
import type {
  AccessFacts,
  AgreementFacts,
  BoundaryFacts,
  ControlFacts,
  CoverageFacts,
  DeviationFacts,
  WaitingFacts,
} from './snapshot.ts';

const utc = (column: string) =>
  sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`);
const utcDay = (column: string) => sql.raw(`(${column} at time zone 'UTC')::date::text`);

/** From now on the transaction sees what was there at its first statement, and writes nothing. */
export async function seeOneMoment(db: Kysely<Database>): Promise<void> {
  await sql`set transaction isolation level repeatable read, read only`.execute(db);
}

export async function listBoundaryFacts(db: Kysely<Database>, selected: Selected): Promise<BoundaryFacts[]> {
  const { rows } = await sql<BoundaryFacts>`
    select s.system_id as "systemId", s.name, s.status, s.system_type as type, s.responsible_organization as organization, s.system_owner as owner,
           s.information_system_security_officer as isso, s.authorizing_official as "authorizingOfficial",
           left(to_jsonb(s) ->> 'authorization_date', 10) as "authorizedOn", left(to_jsonb(s) ->> 'authorization_termination_date', 10) as "authorizedUntil",
           (select i.overall_impact from ingestion_system_impact_levels i where i.system_id = s.system_id order by i.id desc limit 1) as impact,
           (select f.class from boundary_due_facts f where f.system_id = s.system_id order by f.id desc limit 1) as class
      from ingestion_systems s where ${isSelected(selected, sql`s.system_id`)} order by s.system_id`.execute(
    db,
  );
  return rows;
}

export async function listDeviationFacts(
  db: Kysely<Database>,
  selected: Selected,
): Promise<DeviationFacts[]> {
  const { rows } = await sql<DeviationFacts>`
    select d.id, d.kind, d.poam_id as "poamId", d.system_id as "systemId", d.severity, d.state, d.is_whole_poam as "isWholePoam",
           coalesce((select array_agg(coalesce(a.hostname, x.asset_uuid::text) order by coalesce(a.hostname, x.asset_uuid::text))
                       from deviation_assets x left join ingestion_assets a on a.asset_uuid = x.asset_uuid where x.deviation_id = d.id), '{}') as assets,
           d.rationale, d.compensating_controls as controls, d.details, d.adjusted_severity as adjusted, d.expires_on::text as "expiresOn",
           d.review_on::text as "reviewOn", d.requested_by as "requestedBy", ${utcDay('d.requested_at')} as "requestedOn", d.decided_by as "decidedBy",
           ${utcDay('d.decided_at')} as "decidedOn", d.decision_reason as decision, ${utcDay('d.ended_at')} as "endedOn", d.end_reason as "endReason",
           coalesce((select jsonb_agg(jsonb_build_object('on', c.checked_on, 'note', c.note) order by c.checked_on, c.id)
                       from deviation_checkins c where c.deviation_id = d.id), '[]') as "checkIns",
           coalesce((select jsonb_agg(jsonb_build_object('name', f.file_name, 'sha256', f.sha256) order by f.file_name, f.sha256)
                       from deviation_files f where f.deviation_id = d.id), '[]') as files
      from deviations d
     where ${isSelected(selected, sql`d.system_id`)} and (${selected.poamId}::text is null or d.poam_id = ${selected.poamId})
     order by d.system_id nulls last, d.id`.execute(db);
  return rows;
}

/** Assets of each boundary, seen and scanned with credentials within so many days of the moment, and their open findings. */
export async function listCoverage(
  db: Kysely<Database>,
  selected: Selected,
  { at, days }: { readonly at: Date; readonly days: number },
): Promise<CoverageFacts[]> {
  const since = new Date(at.getTime() - days * 86_400_000).toISOString().slice(0, -1);
  const { rows } = await sql<Omit<CoverageFacts, 'open'> & Record<Severity, number>>`
    select a.system_id as "systemId", count(*)::int as assets,
           count(*) filter (where a.last_seen >= ${since}::timestamp)::int as "seenLately",
           count(*) filter (where exists (select from asset_sources x where x.asset_uuid = a.asset_uuid
                             and (x.record ->> 'last_authenticated_at')::timestamptz at time zone 'UTC' >= ${since}::timestamp))::int as authenticated,
           ${sql.join(severities.map((word) => sql`coalesce(sum(${sql.ref(`e.open_${word.toLowerCase()}`)}), 0)::int as ${sql.ref(word)}`))}
      from ingestion_assets a left join asset_exposure e on e.asset_uuid = a.asset_uuid
     where ${isSelected(selected, sql`a.system_id`)} and a.merged_into is null and a.terminated_at is null and a.deleted_at is null
     group by a.system_id order by a.system_id nulls last`.execute(db);
  return rows.map(({ systemId, assets, seenLately, authenticated, ...open }) => ({
    systemId,
    assets,
    seenLately,
    authenticated,
    open,
  }));
}

/** What waits for somebody's decision: requests, and questions about POA&Ms. */
export async function listWaiting(db: Kysely<Database>, selected: Selected): Promise<WaitingFacts[]> {
  const { rows } = await sql<WaitingFacts>`
    select a.system_id as "systemId", a.subject_kind as what, a.requested_action as about, a.requested_by as by, ${utc('a.requested_at')} as since,
           ${utcDay('a.expires_at')} as until, null as code, null::jsonb as params
      from approvals a where a.subject_kind is not null and a.status = 'pending' and ${isSelected(selected, sql`a.system_id`)}
    union all
    select p.system_id, 'question', p.poam_id, '', ${utc('q.opened_at')}, null, q.code, q.params
      from poam_questions q join ingestion_poams p on p.poam_id = q.poam_id
     where q.settled_at is null and ${isSelected(selected, sql`p.system_id`)}
     order by 5, 3`.execute(db);
  return rows;
}

export async function listControlFacts(db: Kysely<Database>, selected: Selected): Promise<ControlFacts[]> {
  const { rows } = await sql<ControlFacts>`
    with open_work as (
      select p.system_id, upper(trim(named)) as control_id, count(*)::int as n
        from ingestion_poams p cross join lateral regexp_split_to_table(coalesce(to_jsonb(p) ->> 'security_control', ''), '[,;\\n]+') named
       where ${isOpenPoam('p')} and trim(named) <> '' and ${isSelected(selected, sql`p.system_id`)} group by 1, 2)
    select c.system_id as "systemId", c.control_id as "controlId", coalesce(c.control_title, n.title) as title, c.implementation_status as implementation,
           c.assessment_status as assessment, coalesce(to_jsonb(c) ->> 'next_assessment_date', left(to_jsonb(c) ->> 'next_assessment_due', 10)) as "nextOn",
           coalesce(w.n, 0) as "openWeaknesses",
           (select count(*)::int from ingestion_control_evidence e where e.control_id = c.id) as evidence
      from ingestion_controls c
      left join nist_controls n on n.control_id = upper(c.control_id)
      left join open_work w on w.control_id = upper(c.control_id) and w.system_id is not distinct from c.system_id
     where ${isSelected(selected, sql`c.system_id`)}
    union all
    select w.system_id, w.control_id, n.title, null, null, null, w.n, 0
      from open_work w left join nist_controls n on n.control_id = w.control_id
     where not exists (select from ingestion_controls c where upper(c.control_id) = w.control_id and c.system_id is not distinct from w.system_id)
     order by 1 nulls last, 2`.execute(db);
  return rows;
}

export interface Period {
  readonly from: string;
  readonly to: string;
}
/** SQL of whether an instant lies in the period, its last day included. */
const isIn = (column: string, { from, to }: Period) =>
  sql<boolean>`(${sql.raw(column)} >= ${from}::date::timestamp at time zone 'UTC' and ${sql.raw(column)} < (${to}::date + 1)::timestamp at time zone 'UTC')`;

/** The latest entries of the journal that a report prints; the rest is counted. */
const shownChanges = 2_000;

export async function fetchAgreement(
  db: Kysely<Database>,
  selected: Selected,
  period: Period,
): Promise<AgreementFacts> {
  const inChosen = sql`exists (select from ingestion_poams p where p.poam_id = j.entity_id and ${isSelected(selected, sql`p.system_id`)})`;
  const { rows: poams } = await sql<AgreementFacts['poams']>`
    with mine as (select p.poam_id, exists (select from sync_links l where l.entity_type = 'poam' and l.entity_id = p.poam_id and l.retired_at is null) as linked,
                         exists (select from sync_conflicts k where k.entity_type = 'poam' and k.entity_id = p.poam_id and k.resolution_status = 'pending') as differs
                    from ingestion_poams p where ${isSelected(selected, sql`p.system_id`)})
    select count(*) filter (where linked)::int as linked, count(*) filter (where not linked)::int as unlinked,
           count(*) filter (where differs)::int as differing from mine`.execute(db);
  const { rows: conflicts } = await sql<AgreementFacts['conflicts'][number]>`
    select j.entity_type as entity, j.entity_id as record, p.system_id as "systemId", j.field_name as field, j.conflict_type as kind,
           to_char(j.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since, ${utc('j.resolved_at')} as "settledAt",
           case when j.resolution_status <> 'pending' then coalesce(j.resolved_by, j.rule_code, 'rule') end as "settledBy"
      from sync_conflicts j join ingestion_poams p on j.entity_type = 'poam' and p.poam_id = j.entity_id
     where ${isSelected(selected, sql`p.system_id`)} and (j.resolution_status = 'pending' or ${isIn('j.resolved_at', period)})
     order by j.id`.execute(db);
  const ofPeriod = sql`j.entity_type = 'poam' and ${isIn('j.changed_at', period)} and ${inChosen}`;
  const { rows: counted } = await sql<{
    n: number;
  }>`select count(*)::int as n from sync_changes j where ${ofPeriod}`.execute(db);
  const { rows: changes } = await sql<AgreementFacts['changes'][number]>`
    select ${utc('j.changed_at')} as at, j.entity_type as entity, j.entity_id as record, j.field_name as field, j.direction,
           coalesce(j.decided_by, j.rule_code, 'rule') as by
      from sync_changes j where ${ofPeriod} order by j.changed_at desc, j.id desc limit ${shownChanges}`.execute(
    db,
  );
  return {
    poams: poams[0] ?? { linked: 0, unlinked: 0, differing: 0 },
    conflicts,
    changes,
    changesInAll: counted[0]?.n ?? 0,
  };
}

/** Everybody who holds a grant that reaches into what is asked for, with those grants. */
export async function listAccess(
  db: Kysely<Database>,
  { scope, boundary }: Selected,
): Promise<AccessFacts[]> {
  const asked = boundary === null ? (scope.kind === 'everywhere' ? null : scope.systemIds) : [boundary];
  const { rows } = await sql<AccessFacts>`
    select p.name, p.display_name as "displayName", p.kind, p.status, ${utc('p.last_sign_in_at')} as "lastSignIn",
           coalesce((select jsonb_agg(jsonb_build_object('way', i.way, 'issuer', i.issuer, 'subject', i.subject,
                                'groups', coalesce((select jsonb_agg(m.group_name order by m.group_name) from group_members m where m.identity_id = i.id), '[]')) order by i.id)
                       from principal_identities i where i.principal_id = p.id and i.way <> 'local'), '[]') as outside,
           jsonb_agg(jsonb_build_object('gives', coalesce(g.role, g.permission),
                       'where', case when g.reach = 'boundaries' then array_to_string(${boundariesOfGrant}, ', ') || case g.named_in when 'isso' then ' (as its ISSO)' when 'owner' then ' (as its system owner)' when 'ao' then ' (as its authorizing official)' else '' end || case when g.unassigned then ' and what is in none' else '' end else 'everywhere' end,
                       'until', ${utcDay('g.until_at')}, 'by', g.granted_by, 'on', ${utcDay('g.granted_at')}, 'reason', g.reason)
                     order by coalesce(g.role, g.permission), g.id) as grants
      from principals p join grants g on g.principal_id = p.id and g.revoked_at is null
       -- One by a group that rested comes back as another row: only the last is told.
       and not exists (select from grants l where l.group_grant_id = g.group_grant_id and l.principal_id = g.principal_id and l.granted_at > g.granted_at)
     where ${asked === null} or g.reach <> 'boundaries' or ${boundariesOfGrant} && ${asked === null ? null : [...asked]}::text[]
     group by p.id order by p.name`.execute(db);
  return rows;
}
