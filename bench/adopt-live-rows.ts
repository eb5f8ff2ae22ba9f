/**
 * The owner's database for adopt-live.ts: the tables as the existing application declares them, with that application's
 * own indexes, view, trigger and extra column, and rows of any number. Everything is computed from the row number, so that
 * the owner's application (adopt-live-owner.ts) knows ids and uuids without reading them.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { checkpoint } from './checkpoint.ts';

export interface RowCounts {
  readonly findings: number;
  readonly assets: number;
  readonly poams: number;
  readonly controls: number;
}

export function rowCounts(findings: number): RowCounts {
  return { findings, assets: Math.max(1, Math.round(findings / 25)), poams: 400, controls: 1000 };
}

/** The uuid that belongs to a text, with the marks of a random one (version 4): what reads it may look at them. */
const uuidOf = (text: string): string =>
  `overlay(overlay(md5(${text}) placing '4' from 13) placing '8' from 17)::uuid`;

/** The uuid of the asset with this number, as `uuidOf` has it. */
export function assetUuid(number: number): string {
  const hex = createHash('md5').update(`asset-${number}`).digest('hex');
  return `${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`;
}

const findingsAtOnce = 100_000;
const plugins = 4000;

/** A number below `below`, scattered but the same in every run. */
const scattered = (of: string, below: number): string => `((hashint4(${of}) & 2147483647) % ${below})`;
/** About `words` words in an order that differs from row to row: it compresses as prose does, not as a repeated letter. */
const prose = (row: string, words: number): string => `(
  select string_agg((string_to_array('remote host running version affected vulnerability allows unauthenticated attacker execute arbitrary code memory corruption denial service crafted request package security update advisory kernel library configuration disclosure sensitive information privilege escalation certificate cipher session overflow bypass authentication directory traversal injection vendor patch apply restart', ' '))[1 + (hashint4(${row} * 1000 + w) & 2147483647) % 41], ' ')
    from generate_series(1, ${words}) w)`;

/** 0001 declares these tables as their owner does; its indexes are Tieline's choice, so the owner's come in their place. */
function ownersTables(): string {
  const file = readFileSync(join(import.meta.dirname, '../migrations/0001_create_base_tables.sql'), 'utf8');
  return (file.match(/^CREATE TABLE [\s\S]*?^\);/gm) ?? []).join('\n');
}

const ownersExtras = `
  alter table ingestion_vulnerabilities add column reviewed_by text;
  create index vulns_state_severity on ingestion_vulnerabilities (state, severity);
  create index vulns_asset on ingestion_vulnerabilities (asset_uuid);
  create index vulns_poam on ingestion_vulnerabilities (poam_id) where poam_id is not null;
  create index vuln_cves_vuln on ingestion_vulnerability_cves (vulnerability_id);
  create index assets_system on ingestion_assets (system_id);
  create index asset_network_asset on ingestion_asset_network (asset_uuid);
  create view open_findings as
    select v.id, v.severity, v.vulnerability_name, a.hostname, a.system_id
      from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid::text = v.asset_uuid
     where v.state = 'Open';
  create function touch_updated_at() returns trigger language plpgsql as
    $$ begin new.updated_at := now(); return new; end $$;
  create trigger touch before update on ingestion_vulnerabilities
    for each row execute function touch_updated_at();`;

const fewRows = (counts: RowCounts): string => `
  insert into users (username, email) select 'user' || n, 'user' || n || '@example.mil' from generate_series(1, 50) n;
  insert into ingestion_batches (batch_id, source_system, batch_type, total_records, status, completed_at)
    select ${uuidOf("'batch-' || n")}, 'tenable', 'vulnerabilities', 10000, 'completed', now() from generate_series(1, 200) n;
  insert into ingestion_systems (system_id, name, uuid, status)
    select 'SYS-' || n, 'System ' || n, ${uuidOf("'system-' || n")}, 'Operational' from generate_series(1, 20) n;
  insert into ingestion_controls (control_id, control_title, family, implementation_status, system_id)
    select 'AC-' || 1 + n % 50, 'Control ' || n, 'AC',
           (array['Implemented', 'Partially Implemented', 'not_implemented', 'Not Applicable'])[1 + n % 4], 'SYS-' || 1 + n % 20
      from generate_series(1, ${counts.controls}) n;
  insert into ingestion_poams (poam_id, system_id, weakness_description, remediation_plan, scheduled_completion, status, risk_rating, raw_json)
    select 'POAM-' || n, 'SYS-' || 1 + n % 20, ${prose('n', 40)}, ${prose('n + 9999', 30)}, now() + n * interval '1 day',
           (array['Open', 'In Progress', 'ongoing', 'overdue', 'Completed'])[1 + n % 5],
           (array['Critical', 'High', 'Medium', 'Low'])[1 + n % 4], jsonb_build_object('number', n)
      from generate_series(1, ${counts.poams}) n;
  insert into ingestion_poam_milestones (poam_id, milestone_id, milestone_description, scheduled_completion, status)
    select 'POAM-' || n, 'M' || m, ${prose('n + m', 10)}, now() + m * interval '30 days', 'Open'
      from generate_series(1, ${counts.poams}) n, generate_series(1, 3) m;`;

const assetRows = (counts: RowCounts): string => `
  insert into ingestion_assets (asset_uuid, hostname, netbios_name, system_id, has_agent, first_seen, last_seen, exposure_score, acr_score, ingestion_source, raw_json)
    select ${uuidOf("'asset-' || n")}, 'host' || n || '.example.mil', upper('host' || n), 'SYS-' || 1 + n % 20, n % 3 = 0,
           now() - interval '400 days', now() - n % 30 * interval '1 day', n % 1000, n % 10, 'tenable',
           jsonb_build_object('id', ${uuidOf("'asset-' || n")}, 'fqdns', array['host' || n || '.example.mil'], 'operating_systems', array['Red Hat Enterprise Linux 9'])
      from generate_series(1, ${counts.assets}) n;
  insert into ingestion_asset_network (asset_uuid, ipv4_address, fqdn)
    select ${uuidOf("'asset-' || n")}, concat_ws('.', 10, n / 65536 % 256, n / 256 % 256, n % 256), 'host' || n || '.example.mil'
      from generate_series(1, ${counts.assets}) n;
  insert into ingestion_system_assets (system_id, asset_uuid)
    select 'SYS-' || 1 + n % 20, ${uuidOf("'asset-' || n")} from generate_series(1, ${counts.assets}) n;`;

/** The plugins stand in a temporary table, so that a finding's block is copied and not made anew for each. */
const pluginRows = `
  create temporary table bench_plugins as
    select n, 10000 + n as plugin_id, 'Package ' || n || ' < 4.' || n % 90 || ' Multiple Vulnerabilities' as name,
           (array['Critical', 'High', 'High', 'High', 'Medium', 'Medium', 'Medium', 'Medium', 'Low', 'Info', 'Info'])[1 + n % 11] as severity,
           n % 100 / 10.0 as score, (array[0, 22, 80, 443, 445, 3389, 8443])[1 + n % 7] as port,
           ${prose('n', 60)} as description, ${prose('n + 50000', 12)} as solution
      from generate_series(0, ${plugins - 1}) n;
  alter table bench_plugins add block jsonb;
  update bench_plugins set block = jsonb_build_object(
    'id', plugin_id, 'name', name, 'family', 'General', 'description', description, 'solution', solution,
    'synopsis', ${prose('n + 90000', 15)}, 'risk_factor', severity, 'cvss3_base_score', score,
    'cvss3_vector', jsonb_build_object('raw', 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'),
    'cve', array['CVE-2024-' || plugin_id], 'see_also', array['https://vendor.example/advisories/' || md5(name)],
    'vpr', jsonb_build_object('score', score), 'publication_date', '2024-02-01T00:00:00Z', 'has_patch', true);
  analyze bench_plugins;`;

/**
 * Findings of these numbers, as years of imports leave them: the same finding in two rows here and there (a scattered
 * plugin, 25 for each asset), one in 5,000 with an asset that is no uuid, one in 3,000 with an asset that is not there.
 */
const findingRows = (from: number, to: number, { assets, poams }: RowCounts): string => `
  insert into ingestion_vulnerabilities (batch_id, plugin_id, vulnerability_name, severity, cvss_score, cvss_vector, description, solution, state,
         first_found, last_found, asset_uuid, poam_id, raw_data)
    select ${uuidOf("'batch-' || 1 + i % 200")}, p.plugin_id, p.name, p.severity, p.score, 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', p.description, p.solution,
           (array['Open', 'Open', 'Open', 'Open', 'Open', 'Open', 'Open', 'Fixed', 'Fixed', 'Accepted', 'False Positive'])[1 + i % 11],
           now() - i % 700 * interval '1 day', now() - i % 20 * interval '1 day', f.asset, case when i % 50 = 0 then 1 + i % ${poams} end,
           jsonb_build_object(
             'asset', jsonb_build_object('uuid', f.asset, 'hostname', 'host' || f.number, 'ipv4', '10.0.0.1', 'operating_system', array['Red Hat Enterprise Linux 9'], 'agent_uuid', ${uuidOf('f.asset')}),
             'output', E'\\n' || p.name || E'\\n  Installed version : 4.' || i % 40 || E'\\n  Detail : ' || md5(i::text),
             'plugin', p.block, 'port', jsonb_build_object('port', p.port, 'protocol', 'TCP', 'service', 'www'),
             'scan', jsonb_build_object('uuid', ${uuidOf("'scan-' || i % 200")}, 'started_at', '2026-01-05T04:00:00Z'),
             'severity', lower(p.severity), 'state', case when i % 11 in (7, 8) then 'FIXED' else 'OPEN' end, 'severity_modification_type', 'NONE',
             'first_found', '2025-03-01T10:00:00Z', 'last_found', '2026-01-05T05:00:00Z', 'indexed', '2026-01-05T06:00:00Z', 'source', 'AGENT')
      from generate_series(${from}, ${to}) i
      cross join lateral (select 1 + i % ${assets} as number,
             case when i % 5000 = 0 then 'decommissioned-' || i
                  when i % 3000 = 0 then ${uuidOf("'gone-' || i")}::text
                  else ${uuidOf(`'asset-' || 1 + i % ${assets}`)}::text end as asset) f
      join bench_plugins p on p.n = ${scattered('i', plugins)}`;

export async function makeOwnersDatabase(
  client: pg.Client,
  counts: RowCounts,
  progress: (line: string) => void,
): Promise<void> {
  await client.query(`${ownersTables()} ${ownersExtras}`);
  await client.query(fewRows(counts));
  await client.query(assetRows(counts));
  await client.query(pluginRows);
  for (let from = 1; from <= counts.findings; from += findingsAtOnce) {
    const to = Math.min(counts.findings, from + findingsAtOnce - 1);
    await client.query(findingRows(from, to, counts));
    progress(`${to.toLocaleString('en-US')} of ${counts.findings.toLocaleString('en-US')} findings`);
  }
  await client.query(`
    insert into ingestion_vulnerability_cves (vulnerability_id, cve_id)
      select id, 'CVE-2024-' || plugin_id from ingestion_vulnerabilities where id % 4 = 0`);
  progress('vacuum and analyze');
  await client.query('drop table bench_plugins');
  await client.query('vacuum analyze');
  await checkpoint(client);
}
