/** Weaknesses that POA&Ms answer, with what their due dates hang on. */
import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isOpenPoam } from '../../record/poam-status/index.ts';
import type { DatedWeakness } from './due-dates.ts';

export interface TiedWeakness extends DatedWeakness {
  readonly poamId: string;
  readonly name: string | null;
  readonly dueOn: string;
  readonly dueReason: string;
  /** What its POA&M promises, YYYY-MM-DD. */
  readonly promised: string | null;
}

const columns = sql`
  p.poam_id as "poamId", w.system_id as "systemId", w.grouping, w.identifier, coalesce(w.title, plugin.name) as name, w.severity, w.detected_on::text as "detectedOn",
  w.due_on::text as "dueOn", w.due_reason as "dueReason", case when w.grouping = 'cve' and w.identifier like 'CVE-%' then array[w.identifier::text] else coalesce(plugin.cves, '{}') end as cves, p.scheduled_completion::date::text as promised,
  coalesce((select array_agg(distinct coalesce(a.tenable_asset_uuid, a.asset_uuid::text))
     from weakness_findings k join ingestion_vulnerabilities v on v.id = k.finding_id join ingestion_assets a on a.asset_uuid = v.asset_ref
    where k.weakness_id = w.id and v.lifecycle_state in ('open', 'reopened')), '{}') as assets`;

/** The weaknesses of open POA&Ms. @param systemId only of this boundary. */
export async function listTiedWeaknesses(
  db: Kysely<Database>,
  scope: Scope,
  systemId: string | null,
): Promise<TiedWeakness[]> {
  const { rows } = await sql<TiedWeakness>`
    select ${columns}
      from weaknesses w
      join ingestion_poams p on p.id = w.poam_id and ${isOpenPoam('p')}
      left join scan_plugins plugin on plugin.plugin_id = coalesce(w.plugin_id, case when w.grouping = 'plugin' then w.identifier end)
     where ${inScope(scope, sql`w.system_id`)} and ${systemId === null ? sql`true` : sql`w.system_id = ${systemId}`}
     order by w.system_id, w.identifier`.execute(db);
  return rows;
}

/** The boundaries that have a weakness which a POA&M answers. */
export async function listTiedBoundaries(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ systemId: string }>`
    select distinct w.system_id as "systemId" from weaknesses w where w.poam_id is not null order by 1`.execute(
    db,
  );
  return rows.map(({ systemId }) => systemId);
}

/** The weaknesses that one POA&M answers. */
export async function listWeaknessesOf(db: Kysely<Database>, poamId: string): Promise<TiedWeakness[]> {
  const { rows } = await sql<TiedWeakness>`
    select ${columns}
      from ingestion_poams p
      join weaknesses w on w.poam_id = p.id
      left join scan_plugins plugin on plugin.plugin_id = coalesce(w.plugin_id, case when w.grouping = 'plugin' then w.identifier end)
     where p.poam_id = ${poamId} order by w.due_on, w.identifier limit 1000`.execute(db);
  return rows;
}

/** By which day a POA&M is obliged, and what it promises. */
export interface PoamDates {
  readonly promised: string | null;
  readonly obligedBy: string | null;
  readonly since: Date | null;
  readonly proposed: string | null;
  readonly standsFor: string | null;
  readonly standsSince: Date | null;
  readonly standsBy: string | null;
  readonly standsReason: string | null;
}

export async function findPoamDates(db: Kysely<Database>, poamId: string): Promise<PoamDates | undefined> {
  const { rows } = await sql<PoamDates>`
    select p.scheduled_completion::date::text as promised, d.obliged_by::text as "obligedBy", d.since, d.proposed::text as proposed,
           d.stands_for::text as "standsFor", d.stands_since as "standsSince", d.stands_by as "standsBy", d.stands_reason as "standsReason"
      from ingestion_poams p left join poam_due_dates d on d.poam_ref = p.id
     where p.poam_id = ${poamId} order by p.id limit 1`.execute(db);
  return rows[0];
}

export interface ObligationRow {
  readonly since: Date;
  readonly obligedBy: string;
  readonly policyId: string;
  readonly version: number;
  readonly reason: string;
  readonly weakness: string | null;
}

/** Every date by which a POA&M was ever obliged, the newest first. */
export async function listObligations(db: Kysely<Database>, poamId: string): Promise<ObligationRow[]> {
  const { rows } = await sql<ObligationRow>`
    select o.since, o.obliged_by::text as "obligedBy", o.policy_id as "policyId", o.version, o.reason, w.identifier as weakness
      from ingestion_poams p
      join poam_obligations o on o.poam_ref = p.id
      left join weaknesses w on w.id = o.weakness_id
     where p.poam_id = ${poamId} order by o.id desc limit 1000`.execute(db);
  return rows;
}

/** A person says that the promised date stands although the POA&M is obliged earlier. */
export async function savePromiseStands(
  db: Kysely<Database>,
  poamId: string,
  said: { readonly by: string; readonly at: Date; readonly reason: string },
): Promise<void> {
  await sql`
    update poam_due_dates d
       set stands_for = d.obliged_by, stands_since = ${said.at}::timestamptz, stands_by = ${said.by}, stands_reason = ${said.reason}
      from ingestion_poams p where p.id = d.poam_ref and p.poam_id = ${poamId}`.execute(db);
}
