/**
 * Where findings of a page are kept before they are merged: temporary tables of the connection. A report that is the very same as the one
 * before is not even staged; it is known by its digest.
 */
import { hash } from 'node:crypto';
import { evidenceOf } from './finding-evidence.ts';
import type { Json } from '../../platform/values/index.ts';
import type { FindingRecord } from '../../canonical/record-fields/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';
import type { CopyValue, Tx } from '../../platform/postgres/index.ts';
import type { FindingColumns } from './finding-columns.sql.ts';
import { severityWord, storedRuleOf } from './finding-lifecycle.sql.ts';

export const staged = [
  'finding_key',
  'asset_uuid',
  'plugin_id',
  'port',
  'protocol',
  'service',
  'lifecycle_state',
  'severity',
  'severity_rank',
  'severity_modification',
  'finding_id',
  'first_found',
  'last_found',
  'last_fixed',
  'resurfaced_at',
  'evidence_at',
  'acceptance_id',
  'output',
  'raw',
  'report_digest',
  'is_known',
] as const;

/** Raised when what is derived from a report changes, so that reports that were stored by earlier rules are compared again. */
const digestEdition = 2;
/** How many findings are looked up by their digest at once. */
export const lookedUpAtOnce = { findings: 1_000, characters: 4_000_000 };

export interface FindingSource {
  readonly systemId: number;
  readonly operationId: string;
  /** Whether rows are compared field by field even where the report is the same as before: a full read repairs what was altered. */
  readonly verifies: boolean;
  /** Whether items of one moment are kept side by side, however far apart they come: a scan file, which is read in chunks. */
  readonly unites?: boolean;
}

export async function createStaging(tx: Tx): Promise<void> {
  const { rows } = await tx.client.query<{ there: boolean }>(
    "select to_regclass('pg_temp.staging_state_changes') is not null as there",
  );
  if (rows[0]?.there) return;
  await tx.client.query(`
    create temp table staging_findings (
      finding_key uuid not null, asset_uuid uuid not null, plugin_id text not null, port integer not null,
      protocol text not null, service text, lifecycle_state text not null, severity text not null,
      severity_rank smallint not null, severity_modification text, finding_id text, first_found timestamp, last_found timestamp, last_fixed timestamp,
      resurfaced_at timestamp, evidence_at timestamp, acceptance_id text, output text, raw jsonb not null,
      report_digest bigint, is_known boolean not null, seen_at timestamp[]
    ) with (toast_tuple_target = 8160) on commit delete rows;
    -- Staged rows live for seconds: not worth compressing, and of long texts no statistics are of use.
    alter table staging_findings
      alter column raw set storage external, alter column raw set statistics 0,
      alter column output set storage external, alter column output set statistics 0;
    create temp table staging_unchanged (finding_key uuid not null) on commit delete rows;
    create temp table staging_state_changes (
      finding_key uuid not null, state text not null, occurred_at timestamp not null
    ) on commit delete rows`);
}

/** A finding as a source reports it. */
export interface ReportedFinding {
  readonly key: string;
  /** See `digestOf`. */
  readonly digest: string;
  /** As it came, without the plugin block; JSON as jsonb can hold it. */
  readonly raw: string;
  /** The record that it is; undefined where it turns out that it cannot be imported. */
  read(): FindingRecord | undefined;
}

/**
 * 64 bits of a report, as PostgreSQL's bigint.
 * @param mappings what the report is read by. @param raw as it came. @param more what they read from beside it.
 */
export function digestOf(mappings: string, raw: string, more: readonly (Json | undefined)[]): string {
  return hash('sha1', `${digestEdition} ${mappings} ${JSON.stringify(more)} ${raw}`, 'buffer')
    .readBigInt64BE(0)
    .toString();
}

/** The values of `staged` but for the last, whether it is known. */
export function stagedValues(finding: FindingRecord, { key, digest, raw }: ReportedFinding): CopyValue[] {
  const evidence = evidenceOf(finding);
  return [
    key,
    finding.asset_uuid,
    finding.plugin_id,
    finding.port,
    finding.protocol,
    finding.service,
    finding.lifecycle_state,
    finding.severity,
    severities.indexOf(finding.severity),
    finding.severity_modification,
    finding.finding_id,
    evidence.first_found,
    evidence.last_found,
    evidence.last_fixed,
    evidence.resurfaced_at,
    evidence.evidence_at,
    finding.acceptance_id,
    finding.output,
    raw,
    digest,
  ];
}

/**
 * Which findings are stored already, and for which of them this system reported the very same last time; those are noted in
 * staging_unchanged. Page by page others may be storing too: that one is not known is no more than likely.
 */
export async function lookUp(
  tx: Tx,
  source: FindingSource,
  rows: readonly ReportedFinding[],
): Promise<ReadonlyMap<string, 'known' | 'unchanged'>> {
  const { rows: found } = await tx.client.query<{ key: string; unchanged: boolean }>(
    `with known as materialized (
       select told.finding_key, not $4 and coalesce(v.report_digest = told.digest and v.external_system_id = $3, false) as unchanged
         from unnest($1::uuid[], $2::bigint[]) told(finding_key, digest)
        cross join lateral (select report_digest, external_system_id from ingestion_vulnerabilities stored
                             where stored.finding_key = told.finding_key offset 0) v
     ), noted as (
       insert into staging_unchanged (finding_key) select finding_key from known where unchanged
     )
     select finding_key::text as key, unchanged from known`,
    [rows.map((row) => row.key), rows.map((row) => row.digest), source.systemId, source.verifies],
  );
  return new Map(found.map((row) => [row.key, row.unchanged ? 'unchanged' : 'known']));
}

/**
 * If two items are one finding, one may be as before, the other not: they are folded together only if both are there. Of a file
 * also what an earlier chunk, or the same scan in another file, has stored of the same moment; a file without times reports one moment.
 */
export async function restageDoubles(tx: Tx, source: FindingSource, columns: FindingColumns): Promise<void> {
  const storedRule = storedRuleOf('$1');
  await tx.client.query(
    `insert into staging_findings (${staged.join(', ')})
     select v.finding_key, v.asset_ref, v.plugin_id::text, v.port, v.protocol, v.service, v.lifecycle_state,
            ${severityWord('own.severity_rank')}, own.severity_rank,
            ${storedRule.modification}, v.tenable_vuln_id, v.first_found, v.last_found,
            -- What is stored of fixes stays so; told again here it would count as reported, also where it was concluded.
            null, null, v.evidence_at, null, said.output, v.${columns.raw} - 'outputs', null, true
       from (select distinct finding_key from staging_unchanged u where exists
               (select from staging_findings s where s.finding_key = u.finding_key)
             union
             select s.finding_key from staging_findings s
              cross join lateral (select * from ingestion_vulnerabilities known where known.finding_key = s.finding_key offset 0) known
              where $2 and s.is_known and known.external_system_id = $1
                and (known.evidence_at = s.evidence_at or known.evidence_at is null and s.evidence_at is null and known.batch_id = $3::uuid)
            ) doubled
      cross join lateral (select * from ingestion_vulnerabilities stored where stored.finding_key = doubled.finding_key offset 0) v
      cross join lateral (select coalesce(${storedRule.rank}, v.severity_rank) as severity_rank) own
      cross join lateral (select coalesce(v.${columns.raw} ->> 'output', v.${columns.raw} ->> 'plugin_output') as output) one
      cross join lateral (
        select o.output from jsonb_array_elements_text(v.${columns.raw} -> 'outputs') o(output)
         where jsonb_typeof(v.${columns.raw} -> 'outputs') = 'array'
        union select one.output
      ) said`,
    [source.systemId, source.unites === true, source.operationId],
  );
}

/** Items with the same asset, plugin, port and protocol in one chunk are one finding, with all outputs kept, and the times of all. */
export async function foldDuplicates(tx: Tx): Promise<void> {
  await tx.client.query(`
    with twice as materialized (
      -- Mostly none: what is put together is looked at for these only.
      select finding_key from staging_findings group by finding_key having count(*) > 1
    ), doubled as (
      select finding_key, jsonb_agg(distinct output order by output) filter (where output is not null) as outputs,
             min(first_found) as first_found, max(last_found) as last_found, max(last_fixed) as last_fixed,
             max(resurfaced_at) as resurfaced_at, (select array_agg(distinct told.at order by told.at)
                from unnest(array_agg(first_found) || array_agg(last_found)) told(at) where told.at is not null) as seen_at
        from staging_findings where finding_key in (select finding_key from twice) group by finding_key
    ), kept as (
      select distinct on (s.finding_key) s.ctid as row, doubled.*
        from staging_findings s join doubled using (finding_key)
       -- Of what was staged again from the record the report itself.
       order by s.finding_key, s.evidence_at desc nulls last, s.severity_rank desc, s.output, s.report_digest nulls last
    ), folded as (
      update staging_findings s
         set raw = case when jsonb_array_length(kept.outputs) > 1
                        then s.raw || jsonb_build_object('outputs', kept.outputs) else s.raw end,
             first_found = kept.first_found, last_found = kept.last_found, last_fixed = kept.last_fixed, seen_at = kept.seen_at,
             resurfaced_at = kept.resurfaced_at,
             -- One of several items tells not what all of them said.
             report_digest = null
        from kept where s.ctid = kept.row returning s.finding_key
    )
    delete from staging_findings s using kept
     where s.finding_key = kept.finding_key and s.ctid <> kept.row`);
}

/** Before items are folded: two in one chunk may each report a different fix. */
export async function noteStateChanges(tx: Tx): Promise<void> {
  await tx.client.query(`
    insert into staging_state_changes (finding_key, state, occurred_at)
    select distinct s.finding_key, e.state, e.at
      from staging_findings s
     cross join lateral (values ('fixed', s.last_fixed), ('reopened', s.resurfaced_at)) e(state, at)
     where e.at is not null`);
}
