/**
 * The bulk load of findings: COPY into a staging table, then one set-based merge a chunk. Findings are facts (design
 * section 4): no link, no base. A row that says nothing new is not rewritten, not even locked; that is why update
 * and insert are two statements and not `insert … on conflict do update`, which locks every row it meets.
 */
import { sql, type Kysely } from 'kysely';
import type { FindingRecord } from '../model/records.ts';
import type { JsonObject } from '../model/json.ts';
import { copyInto, storableJson, type CopyInto } from './copy-rows.ts';
import type { Counts } from './operations.ts';
import { mergePlugins, repeatedPluginColumns, type StagedPlugin } from './plugins.ts';
import type { Database } from './schema.ts';
import type { Tx } from './transaction.ts';

const staged = [
  'finding_key',
  'asset_uuid',
  'plugin_id',
  'port',
  'protocol',
  'service',
  'lifecycle_state',
  'severity',
  'severity_modification',
  'finding_id',
  'first_found',
  'last_found',
  'last_fixed',
  'resurfaced_at',
  'output',
  'raw',
] as const;

/** What a stored finding is compared on; left the column, right the staged value. */
const compared: readonly (readonly [column: string, value: string])[] = [
  ['lifecycle_state', 's.lifecycle_state'],
  ['state', ownersState()],
  ['severity', 's.severity'],
  ['severity_modification', 's.severity_modification'],
  ['service', 's.service'],
  ['first_found', 's.first_found'],
  ['last_found', 's.last_found'],
  ['last_fixed', 's.last_fixed'],
  ['resurfaced_at', 's.resurfaced_at'],
  ['tenable_vuln_id', 'coalesce(s.finding_id, s.finding_key::text)'],
  ['raw_data', 's.raw'],
];

/** The word that the present readers of `state` know (reference/existing-schema.md): they have none for reopened. */
function ownersState(): string {
  return `case when s.lifecycle_state = 'fixed' then 'Fixed'
               when s.severity_modification = 'accepted' then 'Accepted'
               else 'Open' end`;
}

export interface FindingLoad {
  /** `raw` is the finding as it came, without the plugin block. */
  add(finding: FindingRecord, findingKey: string, raw: JsonObject): Promise<void>;
  addPlugin(plugin: StagedPlugin): void;
  /** Merges what was added. Counts: items with the same identity are one finding, the others count as unchanged. */
  finish(): Promise<Pick<Counts, 'created' | 'updated' | 'unchanged'>>;
  abort(cause: Error): Promise<void>;
}

/** Begins a load in the caller's transaction, whose connection it keeps busy until `finish` or `abort`. */
export async function beginFindingLoad(
  tx: Tx,
  source: { systemId: number; operationId: string },
): Promise<FindingLoad> {
  await tx.client.query(`
    create temp table if not exists staging_findings (
      finding_key uuid not null, asset_uuid uuid not null, plugin_id text not null, port integer not null,
      protocol text not null, service text, lifecycle_state text not null, severity text not null,
      severity_modification text, finding_id text, first_found timestamp, last_found timestamp, last_fixed timestamp,
      resurfaced_at timestamp, output text, raw jsonb not null
    ) on commit delete rows`);
  const copy: CopyInto = copyInto(tx.client, `staging_findings (${staged.join(', ')})`);
  const plugins = new Map<string, StagedPlugin>();
  let added = 0;

  return {
    async add(finding, findingKey, raw) {
      added += 1;
      await copy.write([
        findingKey,
        finding.asset_uuid,
        finding.plugin_id,
        finding.port,
        finding.protocol,
        finding.service,
        finding.lifecycle_state,
        finding.severity,
        finding.severity_modification,
        finding.finding_id,
        finding.first_found,
        finding.last_found,
        finding.last_fixed,
        finding.resurfaced_at,
        finding.output,
        storableJson(raw),
      ]);
    },
    addPlugin(plugin) {
      plugins.set(plugin.record.plugin_id, plugin);
    },
    async finish() {
      await copy.end();
      await mergePlugins(tx, plugins.values());
      await foldDuplicates(tx);
      await tx.client.query('analyze staging_findings');
      const updated = await updateChanged(tx, source);
      const created = await insertNew(tx, source);
      return { created, updated, unchanged: added - created - updated };
    },
    abort: (cause) => copy.abort(cause),
  };
}

/** Two items with the same asset, plugin, port and protocol in one chunk are one finding, with both outputs kept. */
async function foldDuplicates(tx: Tx): Promise<void> {
  await tx.client.query(`
    with doubled as (
      select finding_key, jsonb_agg(distinct output order by output) filter (where output is not null) as outputs
        from staging_findings group by finding_key having count(*) > 1
    ), kept as (
      select distinct on (s.finding_key) s.ctid as row, s.finding_key, doubled.outputs
        from staging_findings s join doubled using (finding_key)
       order by s.finding_key, s.output, s.last_found desc
    ), folded as (
      update staging_findings s
         set raw = case when jsonb_array_length(kept.outputs) > 1
                        then s.raw || jsonb_build_object('outputs', kept.outputs) else s.raw end
        from kept where s.ctid = kept.row returning s.finding_key
    )
    delete from staging_findings s using kept
     where s.finding_key = kept.finding_key and s.ctid <> kept.row`);
}

async function updateChanged(tx: Tx, source: { systemId: number; operationId: string }): Promise<number> {
  const { rows } = await tx.client.query<{ updated: number }>(
    `with changed as (
       select v.id, v.lifecycle_state as old_state, v.severity as old_severity,
              ${compared.map(([column, value]) => `${value} as new_${column}`).join(', ')}
         from staging_findings s
         join ingestion_vulnerabilities v on v.finding_key = s.finding_key
        where (${compared.map(([column]) => `v.${column}`).join(', ')})
              is distinct from (${compared.map(([, value]) => value).join(', ')})
     ), written as (
       update ingestion_vulnerabilities v
          set ${compared.map(([column]) => `${column} = c.new_${column}`).join(', ')},
              last_tenable_update = now(), updated_at = now(), batch_id = $1, sync_status = 'synced'
         from changed c where v.id = c.id
       returning 1
     ), journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by)
       select $1, $2, 'finding', c.id, f.name, f.before, f.after, 'inbound', 'rule:tenable reports it'
         from changed c
        cross join lateral (values ('lifecycle_state', to_jsonb(c.old_state), to_jsonb(c.new_lifecycle_state)),
                                   ('severity', to_jsonb(c.old_severity), to_jsonb(c.new_severity))) f(name, before, after)
        where f.before is distinct from f.after
     )
     select count(*)::int as updated from written`,
    [source.operationId, source.systemId],
  );
  return rows[0]?.updated ?? 0;
}

async function insertNew(tx: Tx, source: { systemId: number; operationId: string }): Promise<number> {
  const columns = Object.keys(repeatedPluginColumns);
  const { rows } = await tx.client.query<{ created: number }>(
    `with created as (
       insert into ingestion_vulnerabilities
         (batch_id, external_system_id, finding_key, asset_uuid, plugin_id, port, protocol,
          ${compared.map(([column]) => column).join(', ')}, ${columns.join(', ')}, last_tenable_update)
       select $1, $2, s.finding_key, s.asset_uuid, s.plugin_id, s.port, s.protocol,
              ${compared.map(([, value]) => value).join(', ')}, ${Object.values(repeatedPluginColumns).join(', ')}, now()
         from staging_findings s
         join scan_plugins p on p.plugin_id = s.plugin_id
        where not exists (select from ingestion_vulnerabilities v where v.finding_key = s.finding_key)
       on conflict (finding_key) do nothing
       returning id, plugin_id
     ), cves as (
       insert into ingestion_vulnerability_cves (vulnerability_id, cve_id, batch_id)
       select created.id, cve.id, $1
         from created join scan_plugins p on p.plugin_id = created.plugin_id
        cross join lateral unnest(p.cves) cve(id)
        where length(cve.id) <= 20
     )
     select count(*)::int as created from created`,
    [source.operationId, source.systemId],
  );
  return rows[0]?.created ?? 0;
}

/** Findings that Tieline has identified, by life-cycle state. */
export async function countFindingsByState(
  db: Kysely<Database>,
): Promise<{ open: number; reopened: number; fixed: number }> {
  const { rows } = await sql<{ state: 'open' | 'reopened' | 'fixed'; n: number }>`
    select lifecycle_state as state, count(*)::int as n
      from ingestion_vulnerabilities where finding_key is not null
     group by lifecycle_state`.execute(db);
  const counts = { open: 0, reopened: 0, fixed: 0 };
  for (const row of rows) counts[row.state] = row.n;
  return counts;
}
