import type { PluginRecord } from '../model/records.ts';
import type { JsonObject } from '../model/json.ts';
import { copyInto, storableJson } from './copy-rows.ts';
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
export async function mergePlugins(tx: Tx, plugins: Iterable<StagedPlugin>): Promise<void> {
  await tx.client.query(`
    create temp table if not exists staging_plugins (record jsonb not null, raw jsonb not null) on commit delete rows`);
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
  // Of two versions in one chunk the later modified one stands; an older one never replaces a newer one.
  const { rows } = await tx.client.query<{ plugin_id: string }>(`
    with incoming as (
      select distinct on (plugin.plugin_id) plugin.*, staged.raw
        from staging_plugins staged
       cross join lateral jsonb_populate_record(null::scan_plugins, staged.record) plugin
       order by plugin.plugin_id, plugin.modified_at desc nulls last
    ), before as (
      select stored.* from scan_plugins stored join incoming using (plugin_id)
    ), written as (
      insert into scan_plugins as stored (plugin_id, raw_json, ${columns.join(', ')})
      select plugin_id, raw, ${columns.join(', ')} from incoming
      on conflict (plugin_id) do update
        set raw_json = excluded.raw_json, updated_at = now(),
            ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
        where stored.raw_json is distinct from excluded.raw_json
          and coalesce(excluded.modified_at >= stored.modified_at, true)
      returning *
    )
    select written.plugin_id
      from written join before using (plugin_id)
     where (written.name, written.description, written.solution, written.cves, written.cross_references, written.see_also,
            coalesce(written.cvss3_base_score, written.cvss_base_score))
           is distinct from
           (before.name, before.description, before.solution, before.cves, before.cross_references, before.see_also,
            coalesce(before.cvss3_base_score, before.cvss_base_score))`);
  if (rows.length > 0)
    await renewFindingsOf(
      tx,
      rows.map((row) => row.plugin_id),
    );
}

/** SQL for the columns of a finding that repeat its plugin `p`, for insert and renewal alike. */
export const repeatedPluginColumns = {
  vulnerability_name: 'left(p.name, 500)',
  cvss_score: 'coalesce(p.cvss3_base_score, p.cvss_base_score)',
  cvss_vector: 'left(coalesce(p.cvss3_vector, p.cvss_vector), 200)',
  description: 'p.description',
  solution: 'p.solution',
  external_references:
    "jsonb_build_object('cve', p.cves, 'xref', p.cross_references, 'see_also', p.see_also)",
} as const;

async function renewFindingsOf(tx: Tx, pluginIds: readonly string[]): Promise<void> {
  const assignments = Object.entries(repeatedPluginColumns).map(([column, value]) => `${column} = ${value}`);
  await tx.client.query(
    `update ingestion_vulnerabilities finding
        set ${assignments.join(', ')}, updated_at = now()
       from scan_plugins p
      where p.plugin_id = any($1) and finding.plugin_id = p.plugin_id and finding.finding_key is not null`,
    [pluginIds],
  );
  await tx.client.query(
    `delete from ingestion_vulnerability_cves cve
      using ingestion_vulnerabilities finding, scan_plugins p
      where p.plugin_id = any($1) and finding.plugin_id = p.plugin_id and finding.finding_key is not null
        and cve.vulnerability_id = finding.id and cve.cve_id <> all (p.cves)`,
    [pluginIds],
  );
  await tx.client.query(
    `insert into ingestion_vulnerability_cves (vulnerability_id, cve_id, batch_id)
     select finding.id, cve.id, finding.batch_id
       from scan_plugins p
       join ingestion_vulnerabilities finding on finding.plugin_id = p.plugin_id and finding.finding_key is not null
      cross join lateral unnest(p.cves) cve(id)
      where p.plugin_id = any($1) and length(cve.id) <= 20
        and not exists (select from ingestion_vulnerability_cves known
                         where known.vulnerability_id = finding.id and known.cve_id = cve.id)`,
    [pluginIds],
  );
}
