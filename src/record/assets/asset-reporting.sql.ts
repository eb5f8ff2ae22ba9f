/**
 * Which sources still report an asset. One that a scanner terminated or deleted lives while another reports it; one that nobody reports
 * any more is marked (`unreported_since`) and shown, with its findings as they were last seen: absence is not deletion (decision 0013).
 * They count no longer as open (`gone`), and none is closed by it.
 *
 * A server reports an asset until it ends it or its full reads no longer show it; a file reports it once, at the time of its scan, and
 * so counts only if that was after the servers' last word.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { reasonValue, ruleValues } from '../../ledger/operations/index.ts';
import { isAcceptedFinding, settleGone } from '../findings/index.ts';
import type { Database, Tx } from '../../platform/postgres/index.ts';

/** Query of the state of some assets by their sources: asset_uuid, is_reported, is_known (a server reported it), deleted_at, terminated_at. */
export const reportingOf = (assets: string): string => `
    select e.asset_uuid, bool_or(e.is_server) as is_known,
           bool_or(e.ended_at is null and (e.is_server or e.last_word is null or e.last_seen > e.last_word)) as is_reported,
           max(e.deleted_at) as deleted_at, max(e.terminated_at) as terminated_at
      from (
        select s.*, max(s.ended_at) over (partition by s.asset_uuid) as last_word
          from (
            select x.asset_uuid, x.last_seen, (x.record ->> 'deleted_at')::timestamp as deleted_at,
                   (x.record ->> 'terminated_at')::timestamp as terminated_at, system.api_base_url is distinct from 'file:' as is_server,
                   coalesce(greatest((x.record ->> 'deleted_at')::timestamp, (x.record ->> 'terminated_at')::timestamp),
                            l.missing_since at time zone 'UTC') as ended_at
              from (select distinct given.asset_uuid from (${assets}) given(asset_uuid)) wanted
             -- Asset by asset: within the transaction of a file the table has no statistics yet, and would be read whole each time.
             cross join lateral (select * from asset_sources known where known.asset_uuid = wanted.asset_uuid offset 0) x
              join external_systems system on system.id = x.external_system_id
              left join sync_links l on l.external_system_id = x.external_system_id and l.entity_type = 'asset' and l.external_id = x.external_id
          ) s
      ) e group by e.asset_uuid`;

/** A query of these uuids, for `renewReporting`. */
export const theseAssets = (uuids: readonly string[]): string =>
  `select unnest('{${uuids.join(',')}}'::uuid[])`;

/**
 * Marks assets that no source reports any more, takes the mark from those that one reports again, and settles whether they ended.
 * @param assets a query of their uuids. @param created assets that are new with this operation: of these nothing is journaled.
 */
export async function renewReporting(
  tx: Pick<Tx, 'client'>,
  source: { readonly systemId: number | null; readonly operationId: string },
  assets: string,
  created: readonly string[] = [],
): Promise<void> {
  await tx.client.query(
    `with changed as (
       select a.asset_uuid, a.unreported_since as old_since, a.terminated_at as old_terminated, a.deleted_at as old_deleted,
              case when r.is_reported then null else coalesce(a.unreported_since, tieline_now()) end as since,
              case when r.is_reported and r.terminated_at is not null then null else coalesce(r.terminated_at, a.terminated_at) end as terminated_at,
              case when r.is_reported and r.deleted_at is not null then null else coalesce(r.deleted_at, a.deleted_at) end as deleted_at
         from (${reportingOf(assets)}) r join ingestion_assets a using (asset_uuid)
        where r.is_known
     ), differing as (
       select * from changed where (old_since, old_terminated, old_deleted) is distinct from (since, terminated_at, deleted_at)
     ), journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, rule_code, reason_code)
       select $1::uuid, $2, 'asset', d.asset_uuid::text, f.name, to_jsonb(f.before), to_jsonb(f.after), 'inbound', ${ruleValues('sources_report')},
              case when d.since is null then ${reasonValue('reported_again')} else ${reasonValue('no_longer_reported')} end
         from differing d
        cross join lateral (values ('unreported_since', d.old_since at time zone 'UTC', d.since at time zone 'UTC'),
                                   ('terminated_at', d.old_terminated, d.terminated_at), ('deleted_at', d.old_deleted, d.deleted_at)) f(name, before, after)
        where f.before is distinct from f.after and not d.asset_uuid = any($3::uuid[])
     )
     update ingestion_assets a
        set unreported_since = d.since, terminated_at = d.terminated_at, deleted_at = d.deleted_at, updated_at = tieline_now()
       from differing d where d.asset_uuid = a.asset_uuid`,
    [source.operationId, source.systemId, created],
  );
  await settleGone(tx, source, assets);
}

/** After a full read marked what it did not show: settles the assets of the system that may have become, or no longer are, unreported. */
export async function renewReportingOfRead(
  tx: Tx,
  source: { readonly systemId: number; readonly operationId: string },
): Promise<void> {
  await renewReporting(
    tx,
    source,
    `select l.entity_id::uuid from sync_links l
      where l.external_system_id = ${source.systemId} and l.entity_type = 'asset' and l.missing_since is not null
      union select asset_uuid from ingestion_assets where unreported_since is not null`,
  );
}

export interface UnreportedAsset {
  readonly assetUuid: string;
  readonly hostname: string | null;
  readonly systemId: string | null;
  readonly unreportedSince: Date;
  readonly lastSeen: Date | null;
  /** What its sources last said: terminated, deleted, or no longer shown. */
  readonly ended: 'terminated' | 'deleted' | 'no longer shown';
  readonly sources: readonly string[];
  readonly openCritical: number;
  readonly openHigh: number;
  /** Counts findings of any severity. */
  readonly openFindings: number;
}

const openOf = sql`e.open_findings`;
/** What was open on them when they were last reported: it counts no longer, and a person is to know of it. */
const unreported: RawBuilder<unknown> = sql`
      from ingestion_assets a
     cross join lateral (select count(*)::int as open_findings, count(*) filter (where v.severity_rank = 0)::int as open_info,
                                count(*) filter (where v.severity_rank = 3)::int as open_high, count(*) filter (where v.severity_rank = 4)::int as open_critical
                           from ingestion_vulnerabilities v
                          where v.asset_ref = a.asset_uuid and v.lifecycle_state in ('open', 'reopened', 'gone') and not ${sql.raw(isAcceptedFinding('v'))}) e
     where a.unreported_since is not null and a.merged_into is null`;

/** Assets that no source reports any more, those with the most that is open first. */
export async function listUnreportedAssets(db: Kysely<Database>, limit: number): Promise<UnreportedAsset[]> {
  const { rows } = await sql<UnreportedAsset>`
    select a.asset_uuid::text as "assetUuid", a.hostname, a.system_id as "systemId", a.unreported_since as "unreportedSince", a.last_seen as "lastSeen",
           case when a.deleted_at is not null then 'deleted' when a.terminated_at is not null then 'terminated' else 'no longer shown' end as ended,
           array(select distinct s.system_name from asset_sources x join external_systems s on s.id = x.external_system_id
                  where x.asset_uuid = a.asset_uuid order by 1) as sources,
           e.open_critical as "openCritical", e.open_high as "openHigh", ${openOf} as "openFindings"
    ${unreported}
     order by e.open_critical desc, e.open_high desc, ${openOf} desc, a.unreported_since, a.asset_uuid limit ${limit}`.execute(
    db,
  );
  return rows;
}

export interface UnreportedCounts {
  readonly assets: number;
  /** Open findings on these assets: last seen so, and by no source since. */
  readonly openFindings: number;
}

export async function countUnreportedAssets(db: Kysely<Database>): Promise<UnreportedCounts> {
  const { rows } = await sql<UnreportedCounts>`
    select count(*)::int as assets, coalesce(sum(${openOf}), 0)::int as "openFindings" ${unreported}`.execute(
    db,
  );
  return rows[0] ?? { assets: 0, openFindings: 0 };
}

/** Assets with open findings, of severity Low or more, that no source reports any more since these operations: a person should know. */
export async function countNewlyUnreported(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct a.asset_uuid)::int as n ${unreported}
       and ${openOf} - e.open_info > 0
       and exists (select from sync_changes c
                    where c.entity_type = 'asset' and c.entity_id = a.asset_uuid::text and c.field_name = 'unreported_since'
                      and c.operation_id = any(${[...operationIds]}::uuid[]))`.execute(db);
  return rows[0]?.n ?? 0;
}
