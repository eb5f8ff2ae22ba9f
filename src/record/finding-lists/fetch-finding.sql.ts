/** One finding with everything that stands around it: what each source says, its plugin, asset, weaknesses, POA&Ms, rules, and its life line. */
import { isUuid } from '../../platform/values/index.ts';
import { type Kysely, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { type Severity, severities } from '../../canonical/vocabulary/index.ts';
import type { Json } from '../../platform/values/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isAssetIn, isThisAssetIn, systemsOfAsset } from '../systems/index.ts';
import { isShown, pluginOf } from './finding-conditions.sql.ts';
import { fetchRows, type FindingRow } from './finding-row.sql.ts';
import { poamStateOf } from './finding-poam.sql.ts';

/** What one connection last said of a finding. Only what a rule there says is kept by connection; the rest is joined. */
export interface FindingSourceView {
  readonly source: string;
  readonly type: string;
  /** What a rule at the source says: none, recast or accepted; null where it knows of no rules. */
  readonly modification: string | null;
  readonly severity: Severity | null;
  readonly saidAt: string | null;
  /** Whether output and service are this source's. */
  readonly isLatest: boolean;
  /** Of state changes that it reported: the last one. */
  readonly state: string | null;
  readonly stateAt: Date | null;
}

export interface FindingPlugin {
  readonly pluginId: string;
  readonly synopsis: string | null;
  readonly description: string | null;
  readonly solution: string | null;
  readonly riskFactor: string | null;
  readonly cvss3Vector: string | null;
  readonly cvss2: number | null;
  readonly cvss2Vector: string | null;
  readonly crossReferences: readonly string[];
  readonly seeAlso: readonly string[];
  readonly publishedAt: Date | null;
  readonly modifiedAt: Date | null;
}

export interface FindingWeakness {
  readonly systemId: string;
  readonly systemName: string | null;
  readonly severity: string;
  readonly detectedOn: string;
  readonly dueOn: string;
  readonly dueReason: string;
  readonly controls: readonly string[];
  readonly controlReason: string;
  readonly poamId: string | null;
  readonly poamStatus: string | null;
  readonly poamState: FindingRow['poamState'];
  readonly poamDueOn: Date | null;
}

export interface FindingRule {
  readonly source: string;
  readonly kind: string;
  readonly name: string | null;
  readonly scope: string;
  readonly severity: string | null;
  readonly comment: string | null;
  readonly expiresAt: Date | null;
  readonly requestedBy: string | null;
}

export interface FindingDetail extends FindingRow {
  readonly output: string | null;
  readonly resurfacedAt: Date | null;
  readonly views: readonly FindingSourceView[];
  readonly plugin: FindingPlugin | undefined;
  /** CVEs, advisories and other references that it was reported with. */
  readonly references: readonly string[];
  readonly weaknesses: readonly FindingWeakness[];
  readonly rules: readonly FindingRule[];
  /** Other assets of the scope on which the plugin is open. */
  readonly otherAssets: number;
}

interface Found {
  readonly id: number;
  readonly plugin: string;
  readonly asset: string;
  readonly raw: Json;
  readonly resurfacedAt: Date | null;
  readonly references: readonly string[];
}

/** The row of a key, where it is in the scope. The raw record bears one of two names (decision 0006), so it is read from the row as JSON. */
async function findByKey(db: Kysely<Database>, scope: Scope, key: string): Promise<Found | undefined> {
  if (!isUuid(key)) return undefined;
  const { rows } = await sql<Found>`
    select v.id, ${pluginOf} as plugin, v.asset_ref::text as asset, coalesce(to_jsonb(v) -> 'raw_data', to_jsonb(v) -> 'raw_json') as raw, v.resurfaced_at as "resurfacedAt",
           array(select distinct word from jsonb_each(case jsonb_typeof(v.external_references) when 'object' then v.external_references else '{}' end) kind
                  cross join lateral jsonb_array_elements_text(case jsonb_typeof(kind.value) when 'array' then kind.value else '[]' end) word
                  order by word) as references
      from ingestion_vulnerabilities v
     where v.finding_key = ${key}::uuid and ${isShown} and ${isThisAssetIn(scope, sql`v.asset_ref`)}`.execute(
    db,
  );
  return rows[0];
}

const outputOf = (raw: Json): string | null => {
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) return null;
  const output =
    (raw as Readonly<Record<string, Json>>)['output'] ??
    (raw as Readonly<Record<string, Json>>)['plugin_output']; // an object
  return typeof output === 'string' ? output : null;
};

/** Keys of the scope that begin so, at most `limit`: a person types the first letters. @param beginning hexadecimal, with or without dashes. */
export async function findFindingKeys(
  db: Kysely<Database>,
  scope: Scope,
  beginning: string,
  limit: number,
): Promise<string[]> {
  const letters = beginning.toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{4,32}$/.test(letters)) return [];
  const { rows } = await sql<{ key: string }>`
    select v.finding_key::text as key from ingestion_vulnerabilities v
     where v.finding_key between ${letters.padEnd(32, '0')}::uuid and ${letters.padEnd(32, 'f')}::uuid and ${isShown} and ${isThisAssetIn(scope, sql`v.asset_ref`)}
     order by v.finding_key limit ${limit}`.execute(db);
  return rows.map((row) => row.key);
}

/** @returns undefined where there is none of that key in the scope. */
export async function fetchFinding(
  db: Kysely<Database>,
  scope: Scope,
  { key, now }: { readonly key: string; readonly now: Date },
): Promise<FindingDetail | undefined> {
  const found = await findByKey(db, scope, key);
  if (!found) return undefined;
  const [shown] = await fetchRows(db, { scope, now }, [found.id]);
  if (!shown) return undefined;
  const [views, plugin, weaknesses, rules, otherAssets] = [
    await fetchViews(db, found.id),
    await fetchPluginText(db, found.plugin),
    await fetchWeaknesses(db, { scope, now }, found),
    await fetchRules(db, found),
    await countOtherAssets(db, scope, found),
  ];
  return {
    ...shown.row,
    output: outputOf(found.raw),
    resurfacedAt: found.resurfacedAt,
    views,
    plugin,
    references: found.references,
    weaknesses,
    rules,
    otherAssets,
  };
}

async function fetchViews(db: Kysely<Database>, id: number): Promise<FindingSourceView[]> {
  const { rows } = await sql<Omit<FindingSourceView, 'severity'> & { readonly rank: number | null }>`
    select s.system_name as source, s.system_type as type, v.rule_reports -> s.id::text ->> 0 as modification, (v.rule_reports -> s.id::text ->> 1)::int as rank,
           v.rule_reports -> s.id::text ->> 2 as "saidAt", s.id is not distinct from v.external_system_id as "isLatest", last.state, last.occurred_at as "stateAt"
      from ingestion_vulnerabilities v
      join external_systems s on s.id = any(v.reported_by)
      left join lateral (select c.state, c.occurred_at from finding_state_changes c
                          where c.vulnerability_id = v.id and c.external_system_id = s.id order by c.occurred_at desc limit 1) last on true
     where v.id = ${id} order by s.id`.execute(db);
  return rows.map(({ rank, ...view }) => ({
    ...view,
    severity: rank === null ? null : (severities[rank] ?? null),
  }));
}

export async function fetchPluginText(
  db: Kysely<Database>,
  pluginId: string,
): Promise<FindingPlugin | undefined> {
  const { rows } = await sql<FindingPlugin>`
    select plugin_id as "pluginId", synopsis, description, solution, risk_factor as "riskFactor", cvss3_vector as "cvss3Vector", cvss_base_score::float8 as cvss2,
           cvss_vector as "cvss2Vector", cross_references as "crossReferences", see_also as "seeAlso", published_at as "publishedAt", modified_at as "modifiedAt"
      from scan_plugins where plugin_id = ${pluginId}`.execute(db);
  return rows[0];
}

async function fetchWeaknesses(
  db: Kysely<Database>,
  { scope, now }: { readonly scope: Scope; readonly now: Date },
  { id, plugin, asset }: Found,
): Promise<FindingWeakness[]> {
  const { rows } = await sql<FindingWeakness>`
    select w.system_id as "systemId", (select s.name from ingestion_systems s where s.system_id = w.system_id order by s.id limit 1) as "systemName",
           w.severity, w.detected_on as "detectedOn", w.due_on as "dueOn", w.due_reason as "dueReason", w.controls, w.control_reason as "controlReason",
           k.poam_id as "poamId", k.status as "poamStatus", ${poamStateOf('k', now)} as "poamState", k.scheduled_completion as "poamDueOn"
      from weaknesses w left join ingestion_poams k on k.id = w.poam_id and ${inScope(scope, sql`k.system_id`)}
     where (w.grouping = 'plugin' and w.identifier = ${plugin}
            or w.id in (select k.weakness_id from weakness_findings k where k.finding_id = ${id} and w.grouping <> 'plugin'))
       and w.system_id in (${systemsOfAsset(scope, sql`${asset}::uuid`)})
     order by w.due_on, w.id`.execute(db);
  return rows;
}

/** Rules of the scanners' servers that name the plugin, and the asset or all. */
async function fetchRules(db: Kysely<Database>, { id, plugin }: Found): Promise<FindingRule[]> {
  const { rows } = await sql<FindingRule>`
    select s.system_name as source, r.kind, r.name, r.scope, r.severity, r.comment, r.expires_at as "expiresAt", r.requested_by as "requestedBy"
      from acceptances r
      join external_systems s on s.id = r.external_system_id
      join ingestion_vulnerabilities v on v.id = ${id}
      left join ingestion_assets a on a.asset_uuid = v.asset_ref
     where r.plugin_id = ${plugin} and r.status = 'active' and coalesce(r.port = v.port, true) and coalesce(r.protocol = lower(v.protocol), true)
       and (r.scope = 'all' or r.scope in ('asset ' || a.tenable_asset_uuid, 'asset ' || a.asset_uuid::text)
            or exists (select from asset_identifiers i where i.asset_uuid = v.asset_ref and r.scope = i.kind || ' ' || i.value))
     order by r.id`.execute(db);
  return rows;
}

async function countOtherAssets(
  db: Kysely<Database>,
  scope: Scope,
  { plugin, asset }: Found,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct v.asset_ref)::int as n from ingestion_vulnerabilities v
     where ${pluginOf} = ${plugin} and ${isShown} and v.lifecycle_state in ('open', 'reopened') and v.asset_ref <> ${asset}::uuid
       and ${isAssetIn(scope, sql`v.asset_ref`)}`.execute(db);
  return rows[0]?.n ?? 0;
}

export interface FindingEvent {
  readonly event: 'found' | 'seen' | 'fixed' | 'came back';
  readonly at: Date;
  /** Not reported by a source, but concluded from scans with credentials that did not show it. */
  readonly isConcluded: boolean;
  readonly source: string | null;
  /** The operation that brought it. */
  readonly operationId: string | null;
}

/** The life line of a finding, oldest first: at most its latest 400 sightings. @returns undefined where there is none of that key in the scope. */
export async function findingHistory(
  db: Kysely<Database>,
  scope: Scope,
  key: string,
): Promise<FindingEvent[] | undefined> {
  const found = await findByKey(db, scope, key);
  if (!found) return undefined;
  const { rows } = await sql<FindingEvent>`
    select event, at, "isConcluded", source, "operationId" from (
      select 'found' as event, v.first_found as at, false as "isConcluded", null as source, null::text as "operationId", 0 as place from ingestion_vulnerabilities v where v.id = ${found.id}
      union all
      select 'seen', seen.at, false, null, null, 1 from ingestion_vulnerabilities v
       cross join unnest(coalesce(v.seen_at, array[v.last_found])) seen(at) where v.id = ${found.id} and seen.at is distinct from v.first_found
      union all
      select case c.state when 'fixed' then 'fixed' else 'came back' end, c.occurred_at, c.is_concluded, s.system_name, c.operation_id::text, 2
        from finding_state_changes c left join external_systems s on s.id = c.external_system_id where c.vulnerability_id = ${found.id}
    ) life where at is not null order by at, place`.execute(db);
  return rows;
}
