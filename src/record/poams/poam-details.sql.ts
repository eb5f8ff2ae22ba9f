/** What hangs on one POA&M: the weaknesses that it answers, the assets that it concerns, its CVEs. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import { isOpenFinding } from '../findings/index.ts';

const isOpen = sql.raw(isOpenFinding('v.lifecycle_state'));

export interface PoamWeakness {
  readonly grouping: string;
  /** Of what the weakness is grouped by: the id of the plugin. */
  readonly identifier: string;
  readonly name: string | null;
  readonly severity: Severity;
  readonly detectedOn: string;
  readonly dueOn: string;
  /** The policy, version and days that gave the due date. */
  readonly dueReason: string;
  readonly controls: readonly string[];
  readonly controlReason: string;
  readonly findings: { readonly open: number; readonly all: number };
}

/** The weaknesses that a POA&M answers, the gravest first. */
export async function listPoamWeaknesses(db: Kysely<Database>, poamId: string): Promise<PoamWeakness[]> {
  const { rows } = await sql<PoamWeakness>`
    select w.grouping, w.identifier, coalesce(w.title, plugin.name) as name, w.severity, w.detected_on::text as "detectedOn", w.due_on::text as "dueOn",
           w.due_reason as "dueReason", w.controls, w.control_reason as "controlReason", found.findings
      from ingestion_poams p
      join weaknesses w on w.poam_id = p.id
      left join scan_plugins plugin on w.grouping = 'plugin' and plugin.plugin_id = w.identifier
     cross join lateral (
       select jsonb_build_object('open', count(*) filter (where ${isOpen}), 'all', count(*)) as findings
         from ingestion_vulnerabilities v where v.poam_id = p.id and w.grouping = 'plugin' and v.plugin_id::text = w.identifier
       having w.grouping = 'plugin'
       union all
       select jsonb_build_object('open', count(*) filter (where ${isOpen}), 'all', count(*))
         from weakness_findings k join ingestion_vulnerabilities v on v.id = k.finding_id where k.weakness_id = w.id
       having w.grouping not in ('plugin', 'check')
       union all
       select jsonb_build_object('open', count(*) filter (where r.status = 'failed' and r.lifecycle_state is distinct from 'fixed'), 'all', count(*))
         from weakness_checks k join compliance_results r on r.id = k.result_id where k.weakness_id = w.id
       having w.grouping = 'check') found
     where p.poam_id = ${poamId}
     order by array_position(array['Critical', 'High', 'Medium', 'Low', 'Info'], w.severity::text), w.identifier limit 1000`.execute(
    db,
  );
  return rows;
}

export interface PoamAsset {
  readonly assetUuid: string;
  readonly hostname: string | null;
  readonly systemId: string | null;
  readonly lastSeen: Date | null;
  /** Findings under this POA&M. */
  readonly findings: { readonly open: number; readonly all: number };
}

/** The assets that a POA&M concerns, those with open findings first. @param limit the most that are given. */
export async function listPoamAssets(
  db: Kysely<Database>,
  poamId: string,
  limit: number,
): Promise<PoamAsset[]> {
  const { rows } = await sql<PoamAsset>`
    select a.asset_uuid as "assetUuid", a.hostname, a.system_id as "systemId", a.last_seen as "lastSeen",
           jsonb_build_object('open', coalesce(found.open, 0), 'all', coalesce(found.every_one, 0)) as findings
      from (select distinct asset_uuid from ingestion_poam_assets where poam_id = ${poamId}) listed
      join ingestion_assets a on a.asset_uuid = listed.asset_uuid
      left join (
        select v.asset_ref, count(*) filter (where ${isOpen}) as open, count(*) as every_one
          from ingestion_poams p join ingestion_vulnerabilities v on v.poam_id = p.id
         where p.poam_id = ${poamId} group by v.asset_ref) found on found.asset_ref = a.asset_uuid
     order by coalesce(found.open, 0) desc, a.hostname nulls last, a.asset_uuid limit ${limit}`.execute(db);
  return rows;
}

export async function listPoamCves(db: Kysely<Database>, poamId: string): Promise<string[]> {
  const { rows } = await sql<{ cve: string }>`
    select distinct cve_id as cve from ingestion_poam_cves where poam_id = ${poamId} order by cve_id limit 1000`.execute(
    db,
  );
  return rows.map((row) => row.cve);
}

/** The boundary of a POA&M, its status and the day that it promises; undefined where there is no such POA&M. */
export async function findPoamSystem(
  db: Kysely<Database>,
  poamId: string,
): Promise<
  | { readonly systemId: string | null; readonly status: string | null; readonly promised: string | null }
  | undefined
> {
  const { rows } = await sql<{ systemId: string | null; status: string | null; promised: string | null }>`
    select system_id as "systemId", status, left(scheduled_completion::text, 10) as promised from ingestion_poams where poam_id = ${poamId} order by id limit 1`.execute(
    db,
  );
  return rows[0];
}

/** Whether a POA&M has a milestone of these words for this day already. */
export async function hasMilestone(
  db: Kysely<Database>,
  milestone: { readonly poamId: string; readonly description: string; readonly due: string },
): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from ingestion_poam_milestones m
                    where m.poam_id = ${milestone.poamId} and lower(trim(m.milestone_description)) = lower(trim(${milestone.description}))
                      and m.scheduled_completion::date = ${milestone.due}::date) as known`.execute(db);
  return rows[0]?.known ?? false;
}
