/**
 * POA&Ms as reports need them, with all that hangs on them. One statement a kind of row over all POA&Ms that are asked for, put together in
 * memory: no statement for each POA&M. Columns of the owner's table are read through `to_jsonb`, for variants of it lack some.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../../canonical/access/index.ts';
import { type Severity, severityNamed } from '../../../canonical/vocabulary/index.ts';
import { poamFilesType } from '../../../ledger/external-systems/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { isOpenFinding } from '../../../record/findings/index.ts';
import { controlsWritten, poamStatusOf } from '../../poam-formats/index.ts';
import type { AssetFacts, Evaluated, InFile, MilestoneFacts, PoamFacts, WeaknessFacts } from './snapshot.ts';

export interface Selected {
  readonly scope: Scope;
  readonly boundary: string | null;
  readonly poamId: string | null;
}

/** SQL of whether a row of this boundary is asked for. */
export const isSelected = (
  { scope, boundary }: Selected,
  systemId: RawBuilder<unknown>,
): RawBuilder<boolean> =>
  sql<boolean>`(${inScope(scope, systemId)} and (${boundary}::text is null or ${systemId} = ${boundary}))`;

const chosen = (selected: Selected): RawBuilder<unknown> => sql`
  (select p.id, p.poam_id, p.system_id from ingestion_poams p
    where ${isSelected(selected, sql`p.system_id`)} and (${selected.poamId}::text is null or p.poam_id = ${selected.poamId}))`;

type Row = Readonly<Record<string, unknown>>;
const text = (row: Row, name: string): string | null => {
  const value = row[name];
  return typeof value === 'string' && value.trim() !== '' ? value : null;
};
/** A day of a timestamp or date as JSON writes them. */
const day = (row: Row, name: string): string | null => text(row, name)?.slice(0, 10) ?? null;

async function rowsOf(db: Kysely<Database>, selected: Selected): Promise<Row[]> {
  const { rows } = await sql<{ row: Row }>`
    select to_jsonb(p) - 'raw_json' || jsonb_build_object('made_on', life.made, 'first_scheduled', life.original_completion,
                                                          'obliged_by', due.obliged_by, 'changed_on', latest.day) as row
      from ${chosen(selected)} c join ingestion_poams p on p.id = c.id
      left join lateral (select l.original_completion::text as original_completion, p.created_at::date::text as made
                           from (select 1) one left join poam_lives l on l.poam_id = p.poam_id limit 1) life on true
      left join lateral (select d.obliged_by::text as obliged_by from poam_due_dates d where d.poam_ref = p.id) due on true
      left join lateral (select max(j.changed_at at time zone 'UTC')::date::text as day from sync_changes j
                          where j.entity_type = 'poam' and j.entity_id = p.poam_id) latest on true
     order by p.system_id nulls last, p.poam_id`.execute(db);
  return rows.map(({ row }) => row);
}

/** Rows by the POA&M that they hang on. */
async function under<T extends { readonly poamId: string }>(
  db: Kysely<Database>,
  statement: RawBuilder<T>,
): Promise<ReadonlyMap<string, readonly T[]>> {
  const { rows } = await statement.execute(db);
  return Map.groupBy(rows, ({ poamId }) => poamId);
}

interface MilestoneRow extends Omit<MilestoneFacts, 'changes'> {
  readonly poamId: string;
  readonly changes: MilestoneFacts['changes'] | null;
}

const milestonesOf = (selected: Selected) => sql<MilestoneRow>`
  select c.poam_id as "poamId", m.milestone_id as id, coalesce(m.milestone_description, '') as text,
         m.scheduled_completion::date::text as "scheduledOn",
         coalesce((select left(first.before_value #>> '{}', 10) from sync_changes first
                    where first.entity_type = 'milestone' and first.entity_id = m.id::text and first.field_name = 'scheduled_completion'
                      and first.before_value <> 'null' order by first.id limit 1),
                  m.scheduled_completion::date::text) as "plannedOn",
         m.actual_completion::date::text as "completedOn", m.status, m.comments,
         case when m.created_at::date > p.created_at::date then m.created_at::date::text end as "addedOn",
         (select jsonb_agg(jsonb_build_object('on', (j.changed_at at time zone 'UTC')::date::text, 'to', left(j.after_value #>> '{}', 10), 'reason', j.reason)
                           order by j.id)
            from sync_changes j where j.entity_type = 'milestone' and j.entity_id = m.id::text and j.field_name = 'scheduled_completion'
                                  and j.before_value <> 'null') as changes
    from ${chosen(selected)} c join ingestion_poams p on p.id = c.id join ingestion_poam_milestones m on m.poam_id = c.poam_id
   order by c.poam_id, m.scheduled_completion nulls last, m.id`;

const assetsOf = (selected: Selected) => sql<AssetFacts & { readonly poamId: string }>`
  select c.poam_id as "poamId", a.asset_uuid::text as id,
         coalesce((select f.value from asset_identifiers f where f.asset_uuid = a.asset_uuid and f.kind = 'fqdn' order by f.last_seen desc nulls last, f.value limit 1),
                  a.hostname, a.asset_uuid::text) as name,
         (select i.value from asset_identifiers i where i.asset_uuid = a.asset_uuid and i.kind in ('ipv4', 'ipv6', 'ip')
           order by i.last_seen desc nulls last, i.value limit 1) as address,
         coalesce((select array_agg(distinct v.port || '/' || upper(coalesce(v.protocol, 'tcp')) order by v.port || '/' || upper(coalesce(v.protocol, 'tcp')))
                     from ingestion_vulnerabilities v where v.poam_id = c.id and v.asset_ref = a.asset_uuid and v.port > 0), '{}') as ports
    from ${chosen(selected)} c
    join (select distinct poam_id, asset_uuid from ingestion_poam_assets) listed on listed.poam_id = c.poam_id
    join ingestion_assets a on a.asset_uuid::text = listed.asset_uuid::text
   order by c.poam_id, 3, a.asset_uuid`;

const cvesOf = (selected: Selected) => sql<{
  readonly poamId: string;
  readonly cve: string;
  readonly kev: boolean;
  readonly due: string | null;
}>`
  select c.poam_id as "poamId", l.cve_id as cve, (k.kev_added is not null and k.kev_withdrawn_on is null) as kev, k.kev_due::text as due
    from ${chosen(selected)} c join (select distinct poam_id, cve_id from ingestion_poam_cves) l on l.poam_id = c.poam_id
    left join cve_intelligence k on k.cve = l.cve_id
   order by c.poam_id, l.cve_id`;

type WeaknessRow = Omit<WeaknessFacts, 'evaluations'> & {
  readonly poamId: string;
  readonly evaluations: readonly Evaluated[] | null;
};

const weaknessesOf = (selected: Selected) => sql<WeaknessRow>`
  select c.poam_id as "poamId", w.grouping, w.identifier, coalesce(w.plugin_id, case when w.grouping = 'plugin' then w.identifier end) as "pluginId",
         coalesce(w.title, s.name) as name, coalesce(s.synopsis, s.description) as description, s.solution, w.severity,
         w.detected_on::text as "detectedOn", w.due_on::text as "dueOn",
         coalesce(s.cvss3_base_score, s.cvss_base_score)::float8 as cvss, coalesce(s.cvss3_vector, s.cvss_vector) as "cvssVector",
         (select jsonb_agg(jsonb_build_object('at', to_char(e.evaluated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'exploitable', e.exploitable,
                                              'reachable', e.reachable, 'impact', e.agency_impact, 'note', e.note) order by e.id)
            from weakness_evaluations e where e.system_id = w.system_id and e.grouping = w.grouping and e.identifier = w.identifier) as evaluations
    from ${chosen(selected)} c join weaknesses w on w.poam_id = c.id
    left join scan_plugins s on s.plugin_id = coalesce(w.plugin_id, case when w.grouping = 'plugin' then w.identifier end)
   order by c.poam_id, array_position(array['Critical', 'High', 'Medium', 'Low', 'Info'], w.severity::text), w.identifier`;

const findingsOf = (selected: Selected) => sql<{
  readonly poamId: string;
  readonly open: number;
  readonly all: number;
}>`
  select c.poam_id as "poamId", count(*) filter (where ${sql.raw(isOpenFinding('v.lifecycle_state'))})::int as open, count(*)::int as "all"
    from ${chosen(selected)} c join ingestion_vulnerabilities v on v.poam_id = c.id group by 1`;

/** The link says what the file calls it; the latest file wins where two sources of a family have it. */
const inFilesOf = (selected: Selected) => sql<InFile & { readonly poamId: string; readonly family: string }>`
  select distinct on (c.poam_id, 3) c.poam_id as "poamId", r.external_id as id, coalesce(s.connection_config ->> 'family', '') as family, r.beside
    from ${chosen(selected)} c
    join sync_links l on l.entity_type = 'poam' and l.entity_id = c.poam_id and l.retired_at is null
    join external_systems s on s.id = l.external_system_id and s.system_type = ${poamFilesType}
    join poam_file_records r on r.external_system_id = s.id and r.external_id = l.external_id
   order by c.poam_id, 3, s.id desc`;

/** A rating of the POA&M in canonical words; else the gravest of its weaknesses. */
const severityOf = (row: Row, weaknesses: readonly WeaknessRow[]): Severity | null =>
  severityNamed(text(row, 'weakness_risk_level')) ??
  severityNamed(text(row, 'risk_rating')) ??
  weaknesses[0]?.severity ??
  null;

interface Hanging {
  readonly milestones: ReadonlyMap<string, readonly MilestoneRow[]>;
  readonly assets: ReadonlyMap<string, readonly (AssetFacts & { readonly poamId: string })[]>;
  readonly cves: ReadonlyMap<
    string,
    readonly { readonly cve: string; readonly kev: boolean; readonly due: string | null }[]
  >;
  readonly weaknesses: ReadonlyMap<string, readonly WeaknessRow[]>;
  readonly findings: ReadonlyMap<string, readonly { readonly open: number; readonly all: number }[]>;
  readonly inFiles: ReadonlyMap<string, readonly (InFile & { readonly family: string })[]>;
  readonly hasKev: boolean;
}

const without = <T extends { readonly poamId: string }>({ poamId: _of, ...rest }: T): Omit<T, 'poamId'> =>
  rest;

function datesOf(
  row: Row,
): Pick<
  PoamFacts,
  'detectedOn' | 'scheduledOn' | 'firstScheduledOn' | 'obligedBy' | 'completedOn' | 'madeOn' | 'changedOn'
> {
  return {
    detectedOn: day(row, 'original_detection_date'),
    scheduledOn: day(row, 'scheduled_completion'),
    firstScheduledOn: day(row, 'first_scheduled'),
    obligedBy: day(row, 'obliged_by'),
    completedOn: day(row, 'actual_completion'),
    madeOn: day(row, 'made_on'),
    changedOn: day(row, 'changed_on') ?? day(row, 'updated_at'),
  };
}

function wordsOf(row: Row) {
  return {
    source: text(row, 'source_of_discovery') ?? text(row, 'weakness_detection_source'),
    controls: controlsWritten(text(row, 'security_control')),
    resources: text(row, 'resources_required'),
    cost: text(row, 'cost_estimate'),
    contact: text(row, 'poc'),
    plan: text(row, 'remediation_plan'),
    recommendations: text(row, 'recommendations'),
    rating: text(row, 'risk_rating'),
    residual: text(row, 'residual_risk_level'),
    relevance: text(row, 'threat_relevance'),
    likelihood: text(row, 'likelihood'),
    impact: text(row, 'impact'),
    impactDescription: text(row, 'impact_description'),
    comments: text(row, 'comments'),
    deviationRationale: text(row, 'deviation_rationale'),
  };
}

function factsOf(row: Row, hanging: Hanging): PoamFacts {
  const poamId = String(row['poam_id']);
  const description = text(row, 'weakness_description') ?? poamId;
  const weaknesses = hanging.weaknesses.get(poamId) ?? [];
  const cves = hanging.cves.get(poamId) ?? [];
  const [counts] = hanging.findings.get(poamId) ?? [];
  const reachable = weaknesses.map(({ evaluations }) => evaluations?.at(-1)?.reachable ?? null);
  return {
    poamId,
    remoteId: text(row, 'xacta_poam_id'),
    systemId: text(row, 'system_id'),
    title: description.split('\n')[0]?.trim() ?? poamId,
    description,
    ...wordsOf(row),
    ...datesOf(row),
    status: poamStatusOf(text(row, 'status')),
    severity: severityOf(row, weaknesses),
    cves: cves.map(({ cve }) => cve),
    kev: hanging.hasKev ? cves.filter(({ kev }) => kev).map(({ cve, due }) => ({ cve, due })) : null,
    assets: (hanging.assets.get(poamId) ?? []).map(without),
    milestones: (hanging.milestones.get(poamId) ?? []).map((row) => ({
      ...without(row),
      changes: row.changes ?? [],
    })),
    weaknesses: weaknesses.map((weakness) => ({
      ...without(weakness),
      evaluations: weakness.evaluations ?? [],
    })),
    findings: { open: counts?.open ?? 0, all: counts?.all ?? 0 },
    inFiles: Object.fromEntries(
      (hanging.inFiles.get(poamId) ?? []).map(({ family, id, beside }) => [family, { id, beside }]),
    ),
    isReachable: reachable.includes(true) ? true : reachable.includes(false) ? false : null,
  };
}

/** Whether it was ever loaded: without it nothing is known of what is exploited. */
export async function hasExploitedCatalogue(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql`select from intelligence_loads where feed = 'kev' limit 1`.execute(db);
  return rows.length > 0;
}

/** Every POA&M that is asked for, by boundary and id. */
export async function listPoamFacts(db: Kysely<Database>, selected: Selected): Promise<PoamFacts[]> {
  // One after the other: all on one connection, in one transaction.
  const rows = await rowsOf(db, selected);
  const milestones = await under(db, milestonesOf(selected));
  const assets = await under(db, assetsOf(selected));
  const cves = await under(db, cvesOf(selected));
  const weaknesses = await under(db, weaknessesOf(selected));
  const findings = await under(db, findingsOf(selected));
  const inFiles = await under(db, inFilesOf(selected));
  const hanging = {
    milestones,
    assets,
    cves,
    weaknesses,
    findings,
    inFiles,
    hasKev: await hasExploitedCatalogue(db),
  };
  return rows.map((row) => factsOf(row, hanging));
}
