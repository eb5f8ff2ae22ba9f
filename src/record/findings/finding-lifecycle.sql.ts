/**
 * The life cycle of a finding in SQL, each rule once: which state follows from the times, which word a severity rank has, how what
 * several servers report is joined, and what the owner's column `state` says about it. `src/record/findings/finding-lifecycle.ts` is the same in
 * TypeScript; finding-lifecycle.pg.test.ts holds the two against each other.
 *
 * Rows go by the names that every statement here gives them: `s` the staged report, `v` the stored row, `m` what the two are joined
 * to. What else a rule needs is a parameter of the function that writes its SQL.
 *
 * Rejected: SQL functions in a migration. Inlined they are as fast (a million states and words: 0.56 s either way), but one that
 * PostgreSQL does not inline, because an argument is a subquery or costs too much, is called for each row (a million: 13.4 s against
 * 7.1 s) and says so nowhere; the owner's database would get functions whose meaning moves with the version of Tieline; and a join
 * of rows, which most of this is, cannot be inlined as a whole.
 */
import { severities } from '../../canonical/vocabulary/index.ts';
import { sightingsKept, rulePrecedence } from './finding-lifecycle.ts';

/** SQL of the word of a severity rank. */
export const severityWord = (rank: string): string => `('{${severities.join(',')}}'::text[])[${rank} + 1]`;

/** SQL of whether a finding of these states is to be worked on. Spelled as the partial indexes are, so that they serve. */
export const isOpenFinding = (lifecycleState: string): string => `${lifecycleState} in ('open', 'reopened')`;

/** SQL of whether a person or a rule of a server accepted the finding of this row: true or false, also where nothing is said of a state. */
export const isAcceptedFinding = (row: string): string =>
  `(${row}.severity_modification is not distinct from 'accepted' or coalesce(${row}.state in ('Accepted', 'False Positive'), false))`;

/**
 * SQL of the state that follows from the times; `otherwise` where they say nothing of a fix. A fix counts against a sighting of the
 * same moment: a scan that shows a finding as fixed has also looked at it.
 */
export function lifecycleState(of: {
  readonly lastFound: string;
  readonly lastFixed: string;
  readonly resurfacedAt: string;
  readonly otherwise: string;
}): string {
  return `case when ${of.lastFixed} >= ${of.lastFound} or ${of.lastFound} is null and ${of.lastFixed} is not null then 'fixed'
               when ${of.lastFixed} is not null or ${of.resurfacedAt} is not null then 'reopened'
               else ${of.otherwise} end`;
}

/** SQL that keeps what is gone so while its machine is, unless it was fixed. @param before its state, an expression. */
const goneStays = (before: string, after: string): string =>
  `case when ${before} = 'gone' and ${after} <> 'fixed' then 'gone' else ${after} end`;

/** SQL of the times at which a stored row is known to have been seen. */
const storedSightings = (seenAt: string, lastFound: string): string =>
  `coalesce(${seenAt}, array_remove(array[${lastFound}], null))`;

/** SQL of the times at which the report `s` says that the finding was seen. */
const reportedSightings = `(case when s.seen_at is not null then s.seen_at
                  when s.first_found is distinct from s.last_found then array_remove(array[s.first_found, s.last_found], null)
                  else array_remove(array[s.last_found], null) end)`;

/** SQL of all times of both, the latest ones where there are too many. */
const unitedSightings = (one: string, other: string): string =>
  `(select array_agg(latest.at order by latest.at)
      from (select distinct at from unnest(${one} || ${other}) told(at) order by at desc limit ${sightingsKept}) latest)`;

/**
 * What a server's rule says about a finding is kept in `rule_reports` by the server's id, as [modification, severity rank, time of the
 * evidence].
 */
const ruleReport = (of: { modification: string; rank: string; evidenceAt: string }): string =>
  `jsonb_build_array(${of.modification}, ${of.rank}, ${of.evidenceAt})`;
const ofSystem = (reports: string, system: string): string => `${reports} -> ${system}::integer::text`;
const modificationIn = (report: string): string => `(${report} ->> 0)`;
const rankIn = (report: string): string => `(${report} ->> 1)::smallint`;
const evidenceAtIn = (report: string): string => `(${report} ->> 2)::timestamp`;

/** SQL of what the stored row `v` keeps of the rule of one server: its word and its rank; null where it keeps none. */
export const storedRuleOf = (system: string): { readonly modification: string; readonly rank: string } => ({
  modification: modificationIn(ofSystem('v.rule_reports', system)),
  rank: rankIn(`(${ofSystem('v.rule_reports', system)})`),
});

/** SQL of the report `s` of a server as it is kept in `rule_reports`. */
const reportedRule = (system: string): string => `jsonb_build_object(${system}::integer::text,
                         ${ruleReport({ modification: 's.severity_modification', rank: 's.severity_rank', evidenceAt: 's.evidence_at' })})`;

/** SQL of what the stored row `v` says about rules; before there were several systems, it was that of the one that reported. */
const storedRules = `coalesce(v.rule_reports, case when v.external_system_id is not null and v.severity_modification is not null
                   then jsonb_build_object(v.external_system_id::text,
                          ${ruleReport({ modification: 'v.severity_modification', rank: 'v.severity_rank', evidenceAt: 'v.rule_evidence_at' })}) end)`;

/** `known`: what counts of the stored row. What a row from before Tieline says about times counts for nothing: it is kept in the journal. */
const knownEvidence = `
  cross join lateral (
    select case when v.external_system_id is not null then v.first_found end as first_found,
           case when v.external_system_id is not null then v.last_found end as last_found,
           v.last_fixed, v.resurfaced_at, v.lifecycle_state, v.severity_rank, v.evidence_at, ${storedRules} as rule_reports
  ) known`;

/**
 * `times`: the least of the first and the greatest of all other times, so that the order of reports does not matter. A report of
 * the very moment of the stored one is the newer one where it comes from the server that was added first, so that two do not take
 * turns. Of one server's rule the latest word counts.
 */
const joinedTimes = (system: string): string => `
  cross join lateral (
    select coalesce(s.evidence_at > known.evidence_at or s.evidence_at = known.evidence_at and ${system} <= v.external_system_id,
                    known.evidence_at is null) as is_newer,
           case when s.severity_modification is null
                  or ${evidenceAtIn(`(${ofSystem('known.rule_reports', system)})`)} > s.evidence_at then known.rule_reports
                else coalesce(known.rule_reports, '{}') || ${reportedRule(system)} end as rule_reports,
           least(known.first_found, s.first_found) as first_found,
           greatest(known.last_found, s.last_found) as last_found,
           greatest(known.last_fixed, s.last_fixed) as last_fixed,
           greatest(known.resurfaced_at, s.resurfaced_at) as resurfaced_at,
           case when v.seen_at @> ${reportedSightings} then v.seen_at
                else ${unitedSightings(storedSightings('v.seen_at', 'known.last_found'), reportedSightings)} end as seen_at
  ) times`;

/**
 * `rule`: the server's word that counts. Accepted at one server is accepted, whatever another, which knows of no rule, reports
 * meanwhile; of equal words the latest, then that of the server that was added first.
 */
const standingRule = `
  left join lateral (
    select told.key::integer as system, ${modificationIn('told.value')} as modification, ${rankIn('told.value')} as severity_rank,
           ${evidenceAtIn('told.value')} as evidence_at
      from jsonb_each(times.rule_reports) told
     order by array_position('{${rulePrecedence.join(',')}}', ${modificationIn('told.value')}), told.value ->> 2 desc nulls last, told.key::integer
     limit 1
  ) rule on true`;

/**
 * SQL that joins what is stored of a finding (`v`, all null where it is new) with the report `s` of a server to what it is now, `m`.
 * @param system SQL of the id of the server that reports, an integer.
 */
export const joinedEvidence = (system: string): string => `
  ${knownEvidence}
  ${joinedTimes(system)}
  ${standingRule}
  cross join lateral (
    select times.*,
           ${goneStays(
             'known.lifecycle_state',
             `(${lifecycleState({
               lastFound: 'times.last_found',
               lastFixed: 'times.last_fixed',
               resurfacedAt: 'times.resurfaced_at',
               otherwise:
                 'case when times.is_newer then s.lifecycle_state else coalesce(known.lifecycle_state, s.lifecycle_state) end',
             })})`,
           )} as lifecycle_state,
           case when rule.system is not null then rule.severity_rank
                when times.is_newer then s.severity_rank
                else coalesce(known.severity_rank, s.severity_rank) end as severity_rank,
           coalesce(rule.system = ${system} and s.severity_modification is not null
             and rule.evidence_at is not distinct from s.evidence_at, false) as says_rules,
           rule.modification as severity_modification,
           greatest(known.evidence_at, s.evidence_at) as evidence_at,
           rule.evidence_at as rule_evidence_at
  ) m`;

/** SQL of a stored row `v` where nothing is stored: constants, so that the planner leaves out whatever depends on them. */
export const nothingStored = (raw: string): string => `
  cross join lateral (
    select null::text as state, null::text as severity_modification, null::text as service, null::text as tenable_vuln_id,
           null::jsonb as ${raw}, null::integer as external_system_id, null::integer[] as reported_by
  ) v`;

/**
 * SQL of what `joinedEvidence` comes to where nothing is stored: the finding is what is reported. Written out, for a first load
 * spends its time here, and PostgreSQL sees of the long form only in part that it comes to this.
 */
export const newEvidence = (system: string): string => `
  cross join lateral (
    select true as is_newer, ${reportedSightings} as seen_at, s.first_found, s.last_found, s.last_fixed, s.resurfaced_at, s.evidence_at,
           s.severity_rank, s.severity_modification, s.severity_modification is not null as says_rules,
           ${lifecycleState({
             lastFound: 's.last_found',
             lastFixed: 's.last_fixed',
             resurfacedAt: 's.resurfaced_at',
             otherwise: 's.lifecycle_state',
           })} as lifecycle_state,
           case when s.severity_modification is not null then s.evidence_at end as rule_evidence_at,
           case when s.severity_modification is not null then ${reportedRule(system)} end as rule_reports
  ) m`;

/**
 * SQL of the word that the present readers of `state` know, after a report: they have none for reopened. A decision that a person
 * noted there is kept until the finding is fixed; what a scanner's server accepted itself goes when it takes it back.
 */
export const reportedState = (system: string): string => `case when m.lifecycle_state = 'fixed' then 'Fixed'
               when m.severity_modification = 'accepted' and (s.acceptance_id is null or not m.says_rules) and v.state = 'False Positive' then v.state
               when m.severity_modification = 'accepted' and m.says_rules and exists (
                      select from acceptances rule where rule.external_system_id = ${system} and rule.acceptance_id = s.acceptance_id
                         and rule.kind = 'false_positive') then 'False Positive'
               when m.severity_modification = 'accepted' then 'Accepted'
               when v.state in ('Accepted', 'False Positive') and v.severity_modification is distinct from 'accepted' then v.state
               else 'Open' end`;

/** SQL of the same word where no report came, only the life cycle moved: of the row `v`. */
const movedState = (
  lifecycle: string,
): string => `case when ${lifecycle} = 'fixed' then 'Fixed' when v.state <> 'Fixed' then v.state
                           when v.severity_modification = 'accepted' then 'Accepted' else 'Open' end`;

/**
 * SQL of what the row `v` is once it is concluded again from scans when it was last fixed.
 * @param of.lastFixed the latest fix, reported or concluded. @param of.isWithdrawn whether a fix that was concluded before is not any more.
 */
export function concludedState(of: { readonly lastFixed: string; readonly isWithdrawn: string }): {
  readonly lifecycleState: string;
  readonly state: string;
} {
  const lifecycle = goneStays('v.lifecycle_state', `(${concluded(of)})`);
  return { lifecycleState: lifecycle, state: movedState(lifecycle) };
}

const concluded = (of: { readonly lastFixed: string; readonly isWithdrawn: string }): string =>
  lifecycleState({
    lastFound: 'v.last_found',
    lastFixed: of.lastFixed,
    resurfacedAt: 'v.resurfaced_at',
    otherwise: `case when v.lifecycle_state = 'fixed' or v.lifecycle_state = 'reopened' and ${of.isWithdrawn} then 'open'
                         else v.lifecycle_state end`,
  });

/**
 * Columns and SQL of what the stored row `v` is once the stored row `t` turned out to be the same finding. Their states are not
 * compared: what follows from the times of both is the state.
 */
export function twinColumns(): readonly (readonly [column: string, value: string])[] {
  const lastFound = 'greatest(v.last_found, t.last_found)';
  const lastFixed = 'greatest(v.last_fixed, t.last_fixed)';
  const resurfacedAt = 'greatest(v.resurfaced_at, t.resurfaced_at)';
  const lifecycle = lifecycleState({ lastFound, lastFixed, resurfacedAt, otherwise: `'open'` });
  return [
    ['first_found', 'least(v.first_found, t.first_found)'],
    ['last_found', lastFound],
    ['last_fixed', lastFixed],
    ['resurfaced_at', resurfacedAt],
    [
      'seen_at',
      unitedSightings(
        storedSightings('v.seen_at', 'v.last_found'),
        storedSightings('t.seen_at', 't.last_found'),
      ),
    ],
    ['rule_reports', 'coalesce(t.rule_reports || v.rule_reports, t.rule_reports, v.rule_reports)'],
    ['lifecycle_state', lifecycle],
    ['state', movedState(lifecycle)],
    [
      'reported_by',
      '(select array_agg(distinct system order by system) from unnest(v.reported_by || t.reported_by) system)',
    ],
  ];
}

/** SQL of a number in the order of the journal: from its sequence, so that a large table need not be written anew for one of its own. */
export const nextChangeNumber = `nextval((select pg_get_serial_sequence('sync_changes', 'id'))::regclass)`;
