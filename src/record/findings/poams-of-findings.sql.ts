/** Which POA&M a finding points at. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isFinished } from '../poam-status/index.ts';

/** Points findings at POA&Ms, whatever they pointed at before. @param findings by ingestion_vulnerabilities.id. */
export async function pointFindings(
  db: Kysely<Database>,
  findings: readonly { readonly id: number; readonly poamId: string }[],
): Promise<void> {
  if (findings.length === 0) return;
  await sql`
    update ingestion_vulnerabilities f set poam_id = p.id
      from jsonb_to_recordset(${storableJson(findings)}::jsonb) as given(id integer, "poamId" text)
      join ingestion_poams p on p.poam_id = given."poamId"
     where f.id = given.id and f.poam_id is distinct from p.id`.execute(db);
}

/**
 * Points the open findings of tied weaknesses at their POA&M, unless it has ended, and, where the system has it, its first control; of a
 * machine in several systems, at those of its main one. A finding that points at a POA&M already keeps it, somebody may have chosen that one;
 * but for one that answered the same weakness in the system that the machine left.
 * @param poamIds whose findings; undefined: those of all.
 */
export async function tieFindings(db: Kysely<Database>, poamIds?: readonly string[]): Promise<void> {
  const asked = poamIds === undefined ? sql`true` : sql`k.poam_id = any(${[...poamIds]}::text[])`;
  await sql`
    with tied as (
      select f.id, w.poam_id, control.id as control_id,
             f.poam_id is null
               or exists (select from weaknesses old join ingestion_poams p on p.id = old.poam_id
                           where old.poam_id = f.poam_id and old.grouping = w.grouping and old.identifier = w.identifier
                             and old.system_id <> w.system_id and p.system_id = old.system_id) as is_to_point,
             exists (select from ingestion_controls c
                      where c.id = f.control_id and c.system_id <> w.system_id) as is_controlled_elsewhere
        from weaknesses w
        join ingestion_poams k on k.id = w.poam_id and not ${isFinished('k')} and ${asked}
        join weakness_findings under on under.weakness_id = w.id
        join ingestion_vulnerabilities f on f.id = under.finding_id
        join ingestion_assets a on a.asset_uuid = f.asset_ref and a.system_id = w.system_id
        left join lateral (
          select c.id from ingestion_controls c
           where c.system_id = w.system_id and upper(c.control_id) = any(w.controls)
           order by array_position(w.controls, upper(c.control_id)::text) limit 1) control on true
       where f.lifecycle_state in ('open', 'reopened') and f.external_system_id is not null
         and f.severity_modification is distinct from 'accepted'
    )
    update ingestion_vulnerabilities f
       set poam_id = tied.poam_id,
           control_id = case when tied.is_controlled_elsewhere then tied.control_id else coalesce(f.control_id, tied.control_id) end
      from tied
     where f.id = tied.id and tied.is_to_point`.execute(db);
}

/** Findings of POA&Ms that no longer exist point at none. */
export async function releaseFindingsOfPoams(
  db: Kysely<Database>,
  poamIds: readonly string[],
): Promise<void> {
  const gone = sql`select p.id from ingestion_poams p where p.poam_id = any(${[...poamIds]}::text[])`;
  await sql`update ingestion_vulnerabilities set poam_id = null where poam_id in (${gone})`.execute(db);
}

/** Findings point at none that point at a POA&M that they are to leave. @param leaving SQL of a relation (id, poam_id). */
export async function releaseFindings(db: Kysely<Database>, leaving: RawBuilder<unknown>): Promise<void> {
  await sql`
    update ingestion_vulnerabilities f set poam_id = null from (${leaving}) leaving
     where f.id = leaving.id and f.poam_id = leaving.poam_id`.execute(db);
}

/** Findings of POA&Ms that were merged into others point at these. */
export async function mergeFindingsOfPoams(
  db: Kysely<Database>,
  merged: readonly { readonly from: string; readonly into: string }[],
): Promise<void> {
  if (merged.length === 0) return;
  await sql`
    update ingestion_vulnerabilities f set poam_id = target.id
      from jsonb_to_recordset(${storableJson(merged)}::jsonb) as g("from" text, "into" text)
      join ingestion_poams source on source.poam_id = g."from"
      join ingestion_poams target on target.poam_id = g."into"
     where f.poam_id = source.id`.execute(db);
}

/** @param toPoamId undefined: they point at none. */
export async function moveFindingsOfPoams(
  db: Kysely<Database>,
  fromPoamId: string,
  toPoamId: string | undefined,
): Promise<void> {
  const to = sql`(select p.id from ingestion_poams p where p.poam_id = ${toPoamId ?? null} order by p.id limit 1)`;
  const from = sql`(select p.id from ingestion_poams p where p.poam_id = ${fromPoamId})`;
  await sql`update ingestion_vulnerabilities set poam_id = ${to} where poam_id in ${from}`.execute(db);
}
