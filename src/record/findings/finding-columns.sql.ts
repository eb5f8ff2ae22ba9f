/**
 * Which columns the findings table has here. Older variants of it know some under other names and types
 * (decision 0006); Tieline fills those that are there, and keeps what it counts on itself (asset_ref,
 * severity_rank, lifecycle_state and so on) in columns of its own.
 */
import { reportedState, severityWord } from './finding-lifecycle.sql.ts';
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
      ['state', reportedState('$2')],
      ['severity', isNumber('severity') ? 'm.severity_rank::integer' : severityWord('m.severity_rank')],
      ...whereThere([['severity_name', severityWord('m.severity_rank')]]),
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
