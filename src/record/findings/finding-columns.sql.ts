/**
 * Which columns the findings table has here. Older variants of it know some under other names and types
 * (decision 0006); Tieline fills those that are there, and keeps what it counts on itself (asset_ref,
 * severity_rank, lifecycle_state and so on) in columns of its own.
 */
import type { Tx } from '../../platform/postgres/index.ts';

export interface FindingColumns {
  /** Column and SQL of what a stored finding is compared on; `s` is the staged row, `v` the stored one. */
  readonly compared: readonly (readonly [column: string, value: string])[];
  /** Columns that repeat the plugin `p`. */
  readonly repeated: readonly (readonly [column: string, value: string])[];
  /** SQL of the staged values in the column's own type. */
  readonly pluginId: (text: string) => string;
  readonly assetUuid: string;
  /** The column of the raw record. */
  readonly raw: string;
  /** Whether a finding can only be stored once its asset is. */
  readonly needsAsset: boolean;
  /** SQL of a stored row's own parts, where no column of ours holds them yet: of `v`, null where they are not to be read. */
  readonly port: string;
  readonly protocol: string;
}

/** SQL of a text as a UUID is written: lower case, with dashes; another text stays what it is. */
export const uuidText = (text: string): string =>
  `regexp_replace(lower(trim(${text})), '^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$', '\\1-\\2-\\3-\\4-\\5')`;

/**
 * The word that the present readers of `state` know: they have none for reopened. A decision that a person noted there
 * stands until the finding is fixed; what a scanner's server accepted itself goes when it takes it back.
 */
const ownersState = `case when m.lifecycle_state = 'fixed' then 'Fixed'
               when m.severity_modification = 'accepted' and (s.acceptance_id is null or not m.says_rules) and v.state = 'False Positive' then v.state
               when m.severity_modification = 'accepted' and m.says_rules and exists (
                      select from acceptances rule where rule.external_system_id = $2 and rule.acceptance_id = s.acceptance_id
                         and rule.kind = 'false_positive') then 'False Positive'
               when m.severity_modification = 'accepted' then 'Accepted'
               when v.state in ('Accepted', 'False Positive') and v.severity_modification is distinct from 'accepted' then v.state
               else 'Open' end`;

/** What the stored row says of rules; before there were several systems, it was that of the one that reported. */
const knownRules = `coalesce(v.rule_reports, case when v.external_system_id is not null and v.severity_modification is not null
                   then jsonb_build_object(v.external_system_id::text, jsonb_build_array(v.severity_modification, v.severity_rank, v.rule_evidence_at)) end)`;

/** More than a year of daily scans. */
const sightingsKept = 400;
/** SQL of the times at which a report (`s`) says that the finding was seen. */
const toldSightings = `(case when s.seen_at is not null then s.seen_at
                             when s.first_found is distinct from s.last_found then array_remove(array[s.first_found, s.last_found], null)
                             else array_remove(array[s.last_found], null) end)`;

/**
 * SQL that joins what is stored of a finding (`v`, all null where it is new) with what is reported (`s`, of system $2) to what it
 * is now (`m`). Times are put together as the least and the greatest, so that the order of reports does not matter. Of rules the
 * latest word of each system stands beside those of the others: accepted at one server is accepted, whatever another, which knows of
 * no rule, reports meanwhile. What a row from before Tieline says of times counts for nothing: it is kept in the journal.
 */
export const joinedEvidence = `
  cross join lateral (
    select case when v.external_system_id is not null then v.first_found end as first_found,
           case when v.external_system_id is not null then v.last_found end as last_found,
           v.last_fixed, v.resurfaced_at, v.lifecycle_state, v.severity_rank, v.evidence_at, ${knownRules} as rule_reports
  ) known
  cross join lateral (
    select coalesce(s.evidence_at > known.evidence_at or s.evidence_at = known.evidence_at and $2 <= v.external_system_id,
                    known.evidence_at is null) as is_newer,
           case when s.severity_modification is null
                  or (known.rule_reports -> $2::integer::text ->> 2)::timestamp > s.evidence_at then known.rule_reports
                else coalesce(known.rule_reports, '{}') || jsonb_build_object($2::integer::text,
                       jsonb_build_array(s.severity_modification, s.severity_rank, s.evidence_at)) end as rule_reports,
           least(known.first_found, s.first_found) as first_found,
           greatest(known.last_found, s.last_found) as last_found,
           greatest(known.last_fixed, s.last_fixed) as last_fixed,
           greatest(known.resurfaced_at, s.resurfaced_at) as resurfaced_at,
           case when v.seen_at @> ${toldSightings} then v.seen_at
                else (select array_agg(latest.at order by latest.at)
                        from (select distinct at from unnest(coalesce(v.seen_at, array_remove(array[known.last_found], null)) || ${toldSightings}) told(at) order by at desc limit ${sightingsKept}) latest) end as seen_at
  ) times
  left join lateral (
    select told.key::integer as system, told.value ->> 0 as modification, (told.value ->> 1)::smallint as severity_rank,
           (told.value ->> 2)::timestamp as evidence_at
      from jsonb_each(times.rule_reports) told
     order by array_position('{accepted,recast,none}', told.value ->> 0), told.value ->> 2 desc nulls last, told.key::integer
     limit 1
  ) rule on true
  cross join lateral (
    select times.*,
           case when times.last_fixed >= times.last_found or times.last_found is null and times.last_fixed is not null then 'fixed'
                when times.last_fixed is not null or times.resurfaced_at is not null then 'reopened'
                when times.is_newer then s.lifecycle_state
                else coalesce(known.lifecycle_state, s.lifecycle_state) end as lifecycle_state,
           case when rule.system is not null then rule.severity_rank
                when times.is_newer then s.severity_rank
                else coalesce(known.severity_rank, s.severity_rank) end as severity_rank,
           coalesce(rule.system = $2 and s.severity_modification is not null
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

/** What `joinedEvidence` comes to where nothing is stored: the finding is what is reported. */
export const newEvidence = `
  cross join lateral (
    select true as is_newer, ${toldSightings} as seen_at, s.first_found, s.last_found, s.last_fixed, s.resurfaced_at, s.evidence_at, s.severity_rank, s.severity_modification,
           s.severity_modification is not null as says_rules,
           case when s.last_fixed >= s.last_found or s.last_found is null and s.last_fixed is not null then 'fixed'
                when s.last_fixed is not null or s.resurfaced_at is not null then 'reopened'
                else s.lifecycle_state end as lifecycle_state,
           case when s.severity_modification is not null then s.evidence_at end as rule_evidence_at,
           case when s.severity_modification is not null
                then jsonb_build_object($2::integer::text, jsonb_build_array(s.severity_modification, s.severity_rank, s.evidence_at)) end as rule_reports
  ) m`;
const severityWord = `('{Info,Low,Medium,High,Critical}'::text[])[m.severity_rank + 1]`;
/** What the newer report says. */
const newer = (staged: string, stored: string): string =>
  `case when m.is_newer then ${staged} else ${stored} end`;
const cvssScore = 'coalesce(p.cvss3_base_score, p.cvss_base_score)';

export async function fetchFindingColumns(tx: Tx): Promise<FindingColumns> {
  const { rows } = await tx.client.query<{ name: string; type: string; referring: boolean }>(`
    select a.attname as name, format_type(a.atttypid, null) as type,
           exists (select from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'f' and k.conkey = array[a.attnum]) as referring
      from pg_attribute a where a.attrelid = 'ingestion_vulnerabilities'::regclass and a.attnum > 0 and not a.attisdropped`);
  return findingColumns(new Map(rows.map((row) => [row.name, row])));
}

/** @param there the table's columns by name. */
export function findingColumns(
  there: ReadonlyMap<string, { readonly type: string; readonly referring: boolean }>,
): FindingColumns {
  const has = (name: string): boolean => there.has(name);
  const isNumber = (name: string): boolean => there.get(name)?.type === 'integer';
  const raw = has('raw_data') ? 'raw_data' : 'raw_json';
  const whereThere = (columns: readonly (readonly [string, string])[]): (readonly [string, string])[] =>
    columns.filter(([name]) => has(name));
  const portText = `coalesce(v.${raw} -> 'port' ->> 'port', case when jsonb_typeof(v.${raw} -> 'port') in ('string', 'number') then v.${raw} ->> 'port' end)`;
  return {
    raw,
    needsAsset: there.get('asset_uuid')?.referring ?? false,
    pluginId: (text) => (isNumber('plugin_id') ? `${text}::integer` : text),
    assetUuid: there.get('asset_uuid')?.type === 'uuid' ? 's.asset_uuid' : 's.asset_uuid::text',
    port: `coalesce(v.port, case when ${portText} ~ '^[0-9]{1,5}$' then (${portText})::integer end)`,
    protocol: `lower(coalesce(v.protocol, v.${raw} -> 'port' ->> 'protocol', v.${raw} ->> 'protocol'))`,
    compared: [
      ['lifecycle_state', 'm.lifecycle_state'],
      ['severity_rank', 'm.severity_rank'],
      ['state', ownersState],
      ['severity', isNumber('severity') ? 'm.severity_rank::integer' : severityWord],
      ...whereThere([['severity_name', severityWord]]),
      ['severity_modification', 'm.severity_modification'],
      ['service', newer('s.service', 'v.service')],
      ['first_found', 'm.first_found'],
      ['last_found', 'm.last_found'],
      ['last_fixed', 'm.last_fixed'],
      ['resurfaced_at', 'm.resurfaced_at'],
      ['seen_at', 'm.seen_at'],
      ['tenable_vuln_id', 'coalesce(s.finding_id, v.tenable_vuln_id, s.finding_key::text)'],
      [raw, newer('s.raw', `v.${raw}`)],
      ['evidence_at', 'm.evidence_at'],
      ['rule_evidence_at', 'm.rule_evidence_at'],
      ['rule_reports', 'm.rule_reports'],
      ['external_system_id', newer('$2::integer', 'v.external_system_id')],
      [
        'reported_by',
        `case when v.reported_by is null then array[$2::integer] when $2 = any (v.reported_by) then v.reported_by
              else (select array_agg(distinct system order by system) from unnest(v.reported_by || $2::integer) system) end`,
      ],
    ],
    repeated: whereThere([
      ['vulnerability_name', 'left(p.name, 500)'],
      ['plugin_name', 'left(p.name, 255)'],
      ['cvss_score', cvssScore],
      ['cvss_base_score', 'p.cvss_base_score'],
      ['cvss3_base_score', 'p.cvss3_base_score'],
      ['cvss_vector', 'left(coalesce(p.cvss3_vector, p.cvss_vector), 200)'],
      ['description', 'p.description'],
      ['solution', 'p.solution'],
      [
        'external_references',
        "jsonb_build_object('cve', p.cves, 'xref', p.cross_references, 'see_also', p.see_also)",
      ],
    ]),
  };
}
