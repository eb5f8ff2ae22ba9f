/** How exposed an asset was on each day: from when each finding was found, fixed and came back. */
import { type Kysely, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { severityWord } from '../findings/index.ts';
import { isThisAssetIn } from '../systems/index.ts';

export interface ExposureDay {
  /** `2026-11-25`; counted at its end, in UTC. */
  readonly day: string;
  readonly severity: Severity;
  readonly open: number;
}

/**
 * Open findings of the asset by severity at the end of each day, accepted ones included; days and severities with none are left out. A finding
 * is open from when it was first found or came back until it was next fixed. Severities are those of today.
 * @param from the first day, `YYYY-MM-DD`. @param to the last one. @returns [] also where the asset is not in the scope.
 */
export async function assetExposureOverTime(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<ExposureDay[]> {
  const { rows } = await sql<ExposureDay>`
    with found as (
      select v.id, v.severity_rank, v.first_found from ingestion_vulnerabilities v
       where v.asset_ref = ${uuid}::uuid and v.finding_key is not null and v.severity_rank is not null and v.lifecycle_state is not null
         and ${isThisAssetIn(scope, sql`${uuid}::uuid`)}
    ), events as (
      select id, severity_rank, first_found as at, true as opens, 0 as place from found where first_found is not null
      union all
      select f.id, f.severity_rank, c.occurred_at, c.state = 'reopened', case c.state when 'fixed' then 1 else 2 end
        from found f join finding_state_changes c on c.vulnerability_id = f.id
    ), spans as (
      select severity_rank, opens, at, lead(at) over (partition by id order by at, place) as until from events
    )
    select to_char(day, 'YYYY-MM-DD') as day, ${sql.raw(severityWord('severity_rank'))} as severity, count(*)::int as open
      from generate_series(${from}::date::timestamp, ${to}::date::timestamp, interval '1 day') day
      join spans on opens and at < day + interval '1 day' and (until is null or until >= day + interval '1 day')
     group by day, severity_rank order by day, severity_rank desc`.execute(db);
  return rows;
}

export interface FixTime {
  readonly severity: Severity;
  readonly fixed: number;
  /** Half of them were fixed within so many days. */
  readonly medianDays: number;
}

/** How long findings of the asset stayed open until they were last fixed, by severity. */
export async function assetFixTimes(db: Kysely<Database>, scope: Scope, uuid: string): Promise<FixTime[]> {
  const { rows } = await sql<FixTime>`
    select ${sql.raw(severityWord('v.severity_rank'))} as severity, count(*)::int as fixed,
           percentile_cont(0.5) within group (order by extract(epoch from v.last_fixed - v.first_found) / 86400)::float8 as "medianDays"
      from ingestion_vulnerabilities v
     where v.asset_ref = ${uuid}::uuid and v.finding_key is not null and v.severity_rank is not null and v.lifecycle_state = 'fixed'
       and v.last_fixed is not null and v.first_found is not null and ${isThisAssetIn(scope, sql`${uuid}::uuid`)}
     group by v.severity_rank order by v.severity_rank desc`.execute(db);
  return rows;
}
