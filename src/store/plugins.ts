import type { PluginRecord } from '../model/records.ts';
import type { JsonObject } from '../model/json.ts';
import { copyInto, storableJson } from './copy-rows.ts';
import type { FindingColumns } from './finding-columns.ts';
import type { Tx } from './transaction.ts';

const textColumns = [
  'name',
  'family',
  'synopsis',
  'description',
  'solution',
  'risk_factor',
  'cvss_vector',
  'cvss3_vector',
];
const otherColumns = [
  'cvss_base_score',
  'cvss3_base_score',
  'vpr_score',
  'epss_score',
  'cves',
  'cross_references',
  'see_also',
  'exploit_available',
  'has_patch',
  'published_at',
  'modified_at',
  'patch_published_at',
];
const columns = [...textColumns, ...otherColumns];

export interface StagedPlugin {
  readonly record: PluginRecord;
  readonly raw: JsonObject;
}

/**
 * Stores plugins, once each. A plugin whose text, score or CVEs changed also renews the columns that the findings of
 * it repeat for their present readers; a new VPR or EPSS score alone touches no finding.
 */
export async function mergePlugins(
  tx: Tx,
  systemId: number,
  plugins: Iterable<StagedPlugin>,
  findings: FindingColumns,
): Promise<void> {
  await tx.client.query(`
    create temp table if not exists staging_plugins (record jsonb not null, raw jsonb not null) on commit delete rows`);
  await tx.client.query('truncate staging_plugins');
  const copy = copyInto(tx.client, 'staging_plugins (record, raw)');
  try {
    for (const plugin of plugins) {
      const record = {
        ...plugin.record,
        cves: plugin.record.cves ?? [],
        cross_references: plugin.record.cross_references ?? [],
        see_also: plugin.record.see_also ?? [],
      };
      await copy.write([storableJson(record), storableJson(plugin.raw)]);
    }
    await copy.end();
  } catch (error) {
    await copy.abort(error as Error);
    throw error;
  }
  // Of two versions the later modified one stands; of two sources with the same version always the same one, so that they do not
  // take turns.
  const { rows } = await tx.client.query<{ plugin_id: string }>(
    `
    with incoming as (
      select distinct on (plugin.plugin_id) plugin.*, staged.raw
        from staging_plugins staged
       cross join lateral jsonb_populate_record(null::scan_plugins, staged.record) plugin
       order by plugin.plugin_id, plugin.modified_at desc nulls last
    ), before as (
      select stored.* from scan_plugins stored join incoming using (plugin_id)
    ), written as (
      insert into scan_plugins as stored (plugin_id, raw_json, external_system_id, ${columns.join(', ')})
      select plugin_id, raw, $1::int, ${columns.join(', ')} from incoming
      on conflict (plugin_id) do update
        set raw_json = excluded.raw_json, updated_at = now(), external_system_id = excluded.external_system_id,
            ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
        where stored.raw_json is distinct from excluded.raw_json
          and (coalesce(excluded.modified_at, '-infinity') > coalesce(stored.modified_at, '-infinity')
               or coalesce(excluded.modified_at = stored.modified_at, excluded.external_system_id = stored.external_system_id, true)
                  and excluded.external_system_id <= coalesce(stored.external_system_id, excluded.external_system_id))
      returning *
    )
    select written.plugin_id
      from written join before using (plugin_id)
     where (written.name, written.description, written.solution, written.cves, written.cross_references, written.see_also,
            coalesce(written.cvss3_base_score, written.cvss_base_score))
           is distinct from
           (before.name, before.description, before.solution, before.cves, before.cross_references, before.see_also,
            coalesce(before.cvss3_base_score, before.cvss_base_score))`,
    [systemId],
  );
  if (rows.length > 0)
    await renewFindingsOf(
      tx,
      rows.map((row) => row.plugin_id),
      findings,
    );
}

/** Renews findings that a source has shown; rows from before Tieline that none has shown stay as they are. */
async function renewFindingsOf(
  tx: Tx,
  pluginIds: readonly string[],
  findings: FindingColumns,
): Promise<void> {
  const assignments = findings.repeated.map(([column, value]) => `${column} = ${value}`);
  const ofPlugin = `finding.plugin_id = ${findings.pluginId('p.plugin_id')} and finding.external_system_id is not null`;
  await tx.client.query(
    `update ingestion_vulnerabilities finding
        set ${assignments.join(', ')}, updated_at = now()
       from scan_plugins p
      where p.plugin_id = any($1) and ${ofPlugin}`,
    [pluginIds],
  );
  // CVEs that another application noted are not ours to take away.
  await tx.client.query(
    `delete from ingestion_vulnerability_cves cve
      using ingestion_vulnerabilities finding, scan_plugins p, ingestion_batches batch
      where p.plugin_id = any($1) and ${ofPlugin} and batch.batch_id = cve.batch_id and batch.operation_type is not null
        and cve.vulnerability_id = finding.id and cve.cve_id <> all (p.cves)`,
    [pluginIds],
  );
  await tx.client.query(
    `insert into ingestion_vulnerability_cves (vulnerability_id, cve_id, batch_id)
     select finding.id, cve.id, finding.batch_id
       from scan_plugins p
       join ingestion_vulnerabilities finding on ${ofPlugin}
      cross join lateral unnest(p.cves) cve(id)
      where p.plugin_id = any($1) and length(cve.id) <= 20
        and not exists (select from ingestion_vulnerability_cves known
                         where known.vulnerability_id = finding.id and known.cve_id = cve.id)`,
    [pluginIds],
  );
}
