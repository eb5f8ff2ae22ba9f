/** Which findings lie under which weakness: the truth of which `ingestion_vulnerabilities.poam_id` is a projection. */
import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isSystemOf } from '../systems/index.ts';

/**
 * Puts findings under their weaknesses, as far as these are rows. One that lay under another weakness of the same boundary and lies under
 * this one now leaves the other. Findings that are fixed stay where they are.
 * Reads the table of the transaction that `gatherWeakFindings` (modules/weaknesses) filled.
 */
export async function keepWeaknessFindings(db: Kysely<Database>): Promise<void> {
  await adoptPointed(db);
  await sql`
    with present as (
      select w.id as weakness_id, t.finding_id, t.system_id from weak_findings t
        join weaknesses w on w.system_id = t.system_id and w.grouping = t.grouping and w.identifier = t.identifier
       where t.finding_id is not null and t.exclusion_id is null
    ), left_behind as (
      delete from weakness_findings k using present, weaknesses old
       where k.finding_id = present.finding_id and k.weakness_id <> present.weakness_id
         and old.id = k.weakness_id and old.system_id = present.system_id
    )
    insert into weakness_findings (weakness_id, finding_id)
    select weakness_id, finding_id from present
    except select weakness_id, finding_id from weakness_findings`.execute(db);
  await sql`
    with present as (
      select w.id as weakness_id, t.result_id, t.system_id from weak_findings t
        join weaknesses w on w.system_id = t.system_id and w.grouping = t.grouping and w.identifier = t.identifier
       where t.result_id is not null and t.exclusion_id is null
    ), left_behind as (
      delete from weakness_checks k using present, weaknesses old
       where k.result_id = present.result_id and k.weakness_id <> present.weakness_id
         and old.id = k.weakness_id and old.system_id = present.system_id
    )
    insert into weakness_checks (weakness_id, result_id)
    select weakness_id, result_id from present
    except select weakness_id, result_id from weakness_checks`.execute(db);
}

/** Notes which findings of the systems of a GRC system exclusions leave out now; of the same gathering. */
export async function keepExcluded(db: Kysely<Database>, externalSystemId: number): Promise<void> {
  await sql`
    delete from weakness_excluded k
     where ${isSystemOf(externalSystemId, 'k.system_id')}
       and not exists (select from weak_findings t
                        where t.exclusion_id = k.exclusion_id and t.system_id = k.system_id
                          and t.finding_id is not distinct from k.finding_id and t.result_id is not distinct from k.result_id)`.execute(
    db,
  );
  await sql`
    insert into weakness_excluded (exclusion_id, system_id, finding_id, result_id)
    select t.exclusion_id, t.system_id, t.finding_id, t.result_id from weak_findings t
     where t.exclusion_id is not null
       and not exists (select from weakness_excluded k
                        where k.exclusion_id = t.exclusion_id and k.system_id = t.system_id
                          and k.finding_id is not distinct from t.finding_id and k.result_id is not distinct from t.result_id)`.execute(
    db,
  );
}

export interface ExcludedFinding {
  readonly systemId: string;
  /** As the scanner names it. */
  readonly asset: string;
  readonly assetUuid: string;
  /** Of a check its audit. */
  readonly plugin: string | null;
  readonly name: string;
  readonly severity: string | null;
  /** YYYY-MM-DD */
  readonly firstFound: string | null;
}

/** The findings that an exclusion leaves out, of the scope. */
export async function listExcluded(
  db: Kysely<Database>,
  scope: Scope,
  exclusionId: number,
  limit: number,
): Promise<ExcludedFinding[]> {
  const { rows } = await sql<ExcludedFinding>`
    select k.system_id as "systemId", coalesce(a.hostname, a.asset_uuid::text) as asset, a.asset_uuid as "assetUuid",
           coalesce(f.plugin_id::text, r.audit_file) as plugin, coalesce(p.name, r.check_name, f.vulnerability_name) as name,
           (${[...severities]}::text[])[f.severity_rank + 1] as severity, to_char(coalesce(f.first_found, r.first_seen), 'YYYY-MM-DD') as "firstFound"
      from weakness_excluded k
      left join ingestion_vulnerabilities f on f.id = k.finding_id
      left join scan_plugins p on p.plugin_id = f.plugin_id::text
      left join compliance_results r on r.id = k.result_id
      join ingestion_assets a on a.asset_uuid = coalesce(f.asset_ref, r.asset_uuid)
     where k.exclusion_id = ${exclusionId} and ${inScope(scope, sql`k.system_id`)}
     order by k.id limit ${limit}`.execute(db);
  return rows;
}

/** A weakness of before this table was, or one that is new: also its findings that are fixed already and point at its POA&M. */
async function adoptPointed(db: Kysely<Database>): Promise<void> {
  await sql`
    insert into weakness_findings (weakness_id, finding_id)
    select w.id, f.id
      from weaknesses w
      join ingestion_vulnerabilities f on f.poam_id = w.poam_id and f.plugin_id::text = w.identifier
     where w.grouping = 'plugin' and not exists (select from weakness_findings k where k.weakness_id = w.id)
       -- A POA&M may answer weaknesses of two systems.
       and exists (select from ingestion_assets a where a.asset_uuid = f.asset_ref and a.system_id = w.system_id)
    on conflict do nothing`.execute(db);
}
