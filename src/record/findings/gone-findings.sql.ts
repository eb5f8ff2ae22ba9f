/**
 * Findings that count no longer as open though nobody said that they were fixed: of machines that are gone (`gone`), and those that a full
 * read of their scanner did not show (`missing`). Each change is in the journal. Neither closes a POA&M: absence proves nothing.
 */
import { sql, type Kysely } from 'kysely';
import { reasonValue, ruleValues } from '../../ledger/operations/index.ts';
import type { Database, Tx } from '../../platform/postgres/index.ts';
import { renewExposure } from './asset-exposure.sql.ts';
import { lifecycleState } from './finding-lifecycle.sql.ts';

interface Source {
  readonly systemId: number | null;
  readonly operationId: string;
}

/** SQL of what follows from the times of the row `v` alone. */
const stateByTimes = lifecycleState({
  lastFound: 'v.last_found',
  lastFixed: 'v.last_fixed',
  resurfacedAt: 'v.resurfaced_at',
  otherwise: `'open'`,
});
/** SQL that is true of an asset `a` that is gone: terminated, deleted, or shown by no source. */
const isGoneAsset =
  '(a.terminated_at is not null or a.deleted_at is not null or a.unreported_since is not null)';

/**
 * Settles the findings of assets that went or came back. Run whenever it may have changed which sources report them, and after their findings
 * were loaded. Counts on idx_ingestion_vulnerabilities_asset_ref.
 * @param assets a query of their uuids.
 */
export async function settleGone(
  tx: Pick<Tx, 'client'>,
  source: Source,
  assets: string,
  values: readonly unknown[] = [],
): Promise<void> {
  const { rows } = await tx.client.query<{ asset: string }>(
    `with wanted as materialized (
       select a.asset_uuid, ${isGoneAsset} as is_gone from (${assets}) given(asset_uuid) join ingestion_assets a using (asset_uuid)
     ), changed as (
       select v.id, v.lifecycle_state as before, v.asset_ref::text as asset,
              case when w.is_gone then 'gone' else ${stateByTimes} end as after
         from wanted w
        cross join lateral (select * from ingestion_vulnerabilities f where f.asset_ref = w.asset_uuid and w.is_gone
                               and f.lifecycle_state in ('open', 'reopened', 'missing')
                            union all
                            select * from ingestion_vulnerabilities f where f.asset_ref = w.asset_uuid and not w.is_gone
                               and f.missing_since is not null and f.lifecycle_state = 'gone') v
        where v.finding_key is not null and v.external_system_id is not null
     ), written as (
       update ingestion_vulnerabilities v
          set lifecycle_state = c.after, updated_at = tieline_now(),
              missing_since = case when c.after <> 'gone' then null when c.before = 'missing' then coalesce(v.missing_since, tieline_now()) else tieline_now() end
         from changed c where c.id = v.id and v.id = any(array(select id from changed))
     ), journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction,
                                 decided_by_kind, rule_code, reason_code)
       select $1::uuid, $2::int, 'finding', id::text, 'lifecycle_state', to_jsonb(before), to_jsonb(after), 'inbound', ${ruleValues('sources_report')},
              case when after = 'gone' then ${reasonValue('machine_gone')} else ${reasonValue('machine_back')} end from changed
     )
     select distinct asset from changed`,
    [source.operationId, source.systemId, ...values],
  );
  if (rows.length > 0)
    await renewExposure(
      tx as Tx, // it needs the client alone
      rows.map(({ asset }) => asset),
    );
}

/** The same for these assets. */
export const settleGoneOf = (tx: Tx, source: Source, uuids: readonly string[]): Promise<void> =>
  settleGone(tx, source, 'select unnest($3::uuid[])', [uuids]);

interface FindingsNotShown {
  /** Open findings that the server has reported and that it should have shown. */
  readonly expected: number;
  readonly missing: number;
}

/** SQL of the findings `v` of living machines that the server reported last, and is to show in a full read. $1: the server. */
const expectedOnes = `
  ingestion_vulnerabilities v
  join ingestion_assets a on a.asset_uuid = v.asset_ref and not ${isGoneAsset}
 where v.external_system_id = $1 and v.lifecycle_state in ('open', 'reopened') and v.finding_key is not null`;
const notShown = `
  not exists (select from seen where seen.finding_key = v.finding_key)
  -- Another source may still show it: what that one last said is not undone by this read.
  and coalesce(v.reported_by <@ array[$1::int], true)`;
const seenOnes = `
  with seen as materialized (
    select distinct key::uuid as finding_key from sync_seen page cross join lateral unnest(page.external_ids) key
     where page.external_system_id = $1 and page.entity_type = 'finding' and page.operation_id = $2::uuid)`;

/** How many open findings a full read did not show. */
export async function countNotShown(
  tx: Tx,
  read: { readonly systemId: number; readonly operationId: string },
): Promise<FindingsNotShown> {
  const { rows } = await tx.client.query<FindingsNotShown>(
    `${seenOnes} select count(*)::int as expected, count(*) filter (where ${notShown})::int as missing from ${expectedOnes}`,
    [read.systemId, read.operationId],
  );
  return rows[0] ?? { expected: 0, missing: 0 };
}

/**
 * Marks the open findings that a full read did not show. When the server reports one again, it is compared anew, whatever it says.
 * @returns how many.
 */
export async function markNotShown(
  tx: Tx,
  read: { readonly systemId: number; readonly operationId: string },
): Promise<number> {
  const { rows } = await tx.client.query<{ asset: string }>(
    `${seenOnes}, missing as materialized (
       select v.id, v.lifecycle_state as before, v.asset_ref::text as asset from ${expectedOnes} and ${notShown}
     ), written as (
       update ingestion_vulnerabilities v
          set lifecycle_state = 'missing', missing_since = tieline_now(), report_digest = null, updated_at = tieline_now()
         from missing m where m.id = v.id and v.id = any(array(select id from missing))
     ), journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction,
                                 decided_by_kind, rule_code, reason_code)
       select $2::uuid, $1::int, 'finding', id::text, 'lifecycle_state', to_jsonb(before), to_jsonb('missing'::text), 'inbound',
              ${ruleValues('full_read')}, ${reasonValue('no_longer_shown')} from missing
     )
     select asset from missing`,
    [read.systemId, read.operationId],
  );
  if (rows.length > 0) await renewExposure(tx, [...new Set(rows.map(({ asset }) => asset))]);
  return rows.length;
}

/** Findings, Low or graver, that these operations marked as missing and that still are: a person should know. */
export async function countNewlyMissing(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct v.id)::int as n
      from sync_changes c join ingestion_vulnerabilities v on v.id = c.entity_id::int
     where c.operation_id = any(${[...operationIds]}::uuid[]) and c.entity_type = 'finding' and c.field_name = 'lifecycle_state'
       and c.after_value = to_jsonb('missing'::text) and v.lifecycle_state = 'missing' and v.severity_rank > 0`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
