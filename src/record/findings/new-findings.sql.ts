/** Findings that no source has reported before: most of a first load, and so the statement that it spends its time in. */
import type { FindingColumns } from './finding-columns.sql.ts';
import { newEvidence, nothingStored } from './finding-lifecycle.sql.ts';
import type { FindingSource } from './finding-staging.sql.ts';
import type { Tx } from '../../platform/postgres/index.ts';

/**
 * Stores the staged findings that are not known. What repeats the plugin is made once for each plugin, not once for each finding.
 * @param only.keys only these; null: all. @param only.mayBeThere whether another process may have stored some meanwhile: to look for that with
 * each row costs a twelfth of all, so it is tried without first.
 * @returns how many were to be stored, and how many were: the others are stored already, or wait for their asset.
 */
export async function insertNew(
  tx: Tx,
  source: FindingSource,
  columns: FindingColumns,
  only: { readonly keys: readonly string[] | null; readonly mayBeThere: boolean },
): Promise<{ wanted: number; created: number }> {
  const { compared, repeated } = columns;
  const { rows } = await tx.client.query<{ wanted: number; created: number }>(
    `with plugin as materialized (
       select p.plugin_id, p.cves, ${repeated.map(([column, value]) => `${value} as new_${column}`).join(', ')}
         from scan_plugins p where p.plugin_id in (select plugin_id from staging_findings)
     ), created as (
       insert into ingestion_vulnerabilities
         (batch_id, finding_key, asset_uuid, asset_ref, plugin_id, port, protocol,
          ${[...compared, ...repeated].map(([column]) => column).join(', ')}, report_digest, last_tenable_update, created_at)
       select $1, s.finding_key, ${columns.assetUuid}, s.asset_uuid, ${columns.pluginId('s.plugin_id')}, s.port, s.protocol,
              ${[...compared.map(([, value]) => value), ...repeated.map(([column]) => `plugin.new_${column}`)].join(', ')}, s.report_digest, tieline_now(), tieline_now()
         from staging_findings s
         join plugin on plugin.plugin_id = s.plugin_id
        ${nothingStored(columns.raw)}
        ${newEvidence('$2')}
        where not s.is_known and ($3::uuid[] is null or s.finding_key = any($3))
        ${columns.needsAsset ? 'and exists (select from ingestion_assets a where a.asset_uuid = s.asset_uuid)' : ''}
       ${only.mayBeThere ? 'on conflict (finding_key) do nothing' : ''}
       returning id, plugin_id::text as plugin_id
     ), cves as (
       insert into ingestion_vulnerability_cves (vulnerability_id, cve_id, batch_id)
       select created.id, cve.id, $1
         from created join plugin on plugin.plugin_id = created.plugin_id
        cross join lateral unnest(plugin.cves) cve(id)
        where length(cve.id) <= 20
     )
     select (select count(*)::int from created) as created,
            (select count(*)::int from staging_findings s where not s.is_known and ($3::uuid[] is null or s.finding_key = any($3))) as wanted`,
    [source.operationId, source.systemId, only.keys],
  );
  return rows[0] ?? { wanted: 0, created: 0 };
}
