/**
 * The world that lists are measured in: by default 1,000,000 findings on 20,000 assets of 200 systems, with 3,000 plugins and 20,000
 * POA&Ms, made by SQL alone, the same each time. `openApiWorld(directory)` makes it once and finds it again.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openDatabase, type OpenDatabase } from '../src/platform/postgres/database.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations/migrate.ts';
import { drawn, fullSize, sizeOf, systemId, uuidOf, type WorldSize } from './api/draw.ts';
import { workStatements } from './api/work-rows.ts';

/** Everything happened before this moment. */
export const worldNow = new Date('2026-11-25T12:00:00Z');
const now = `timestamp '2026-11-25 12:00'`;

const families = `'{Windows,Windows : Microsoft Bulletins,Red Hat Local Security Checks,Ubuntu Local Security Checks,Web Servers,Databases,General,Misc.,Service detection,CGI abuses,Firewalls,Policy Compliance}'::text[]`;
const products = `'{OpenSSL,Apache HTTP Server,Microsoft Windows,Oracle Java SE,VMware ESXi,nginx,PostgreSQL,Google Chrome,Mozilla Firefox,Adobe Reader,Cisco IOS XE,Red Hat kernel,OpenSSH,Apache Log4j,Microsoft Office,PHP}'::text[]`;

const rankOfPlugin = (of: string): string =>
  `case when ${drawn(of, 3, 100)} < 45 then 0 when ${drawn(of, 3, 100)} < 53 then 1 when ${drawn(of, 3, 100)} < 77 then 2 when ${drawn(of, 3, 100)} < 94 then 3 else 4 end`;

/** Connections, systems and assets with what belongs to them. */
const machines = ({ assets, systems }: WorldSize): readonly string[] => [
  `insert into external_systems (id, system_name, system_type, api_base_url, connection_config) overriding system value
   values (1, 'tenable', 'tenable', 'https://tenable.example', '{}'), (2, 'securitycenter', 'tenable_sc', 'https://sc.example', '{}'), (3, 'xacta', 'xacta', 'https://xacta.example', '{}')`,
  `insert into ingestion_systems (system_id, name, uuid, status, information_system_security_officer, system_owner, authorization_termination_date)
   select ${systemId('g')}, 'System ' || g, ${uuidOf('system', 'g')}, (array['Authorized','Authorized','In Process'])[1 + g % 3], 'ISSO ' || g % 40, 'Owner ' || g % 25, ${now} + (g * 3) * interval '1 day'
     from generate_series(1, ${systems}) g`,
  // One asset in a hundred is in no system; one in fifty is in a second one.
  `insert into ingestion_assets (asset_uuid, hostname, netbios_name, system_id, has_agent, first_seen, last_seen, acr_score, tenable_asset_uuid, xacta_component_id, unreported_since, raw_json)
   select ${uuidOf('asset', 'g')}, 'host-' || lpad(g::text, 6, '0') || '.site' || g % 20 || '.example', 'HOST' || g, case when g % 100 <> 7 then ${systemId(`1 + g % ${systems}`)} end, g % 3 = 0,
          ${now} - (30 + ${drawn('g', 11, 1000)}) * interval '1 day', ${now} - ${drawn('g', 12, 40)} * interval '1 day', 1 + ${drawn('g', 13, 90)} / 10.0, ${uuidOf('asset', 'g')}::text,
          case when g % 100 <> 7 and g % 4 <> 0 then 'CMP-' || lpad(g::text, 6, '0') end, case when g % 97 = 0 then ${now} at time zone 'UTC' end, jsonb_build_object('id', g, 'text', repeat('x', 400))
     from generate_series(1, ${assets}) g`,
  `insert into ingestion_system_assets (system_id, asset_uuid, assignment_type)
   select ${systemId(`1 + g % ${systems}`)}, ${uuidOf('asset', 'g')}, 'correlated' from generate_series(1, ${assets}) g where g % 100 <> 7
   union all select ${systemId(`1 + (g + 17) % ${systems}`)}, ${uuidOf('asset', 'g')}, 'correlated' from generate_series(1, ${assets}) g where g % 50 = 3`,
  `insert into ingestion_asset_network (asset_uuid, ipv4_address, fqdn)
   select ${uuidOf('asset', 'g')}, '10.' || g % 20 || '.' || (g / 250) % 250 || '.' || g % 250, 'host-' || lpad(g::text, 6, '0') || '.site' || g % 20 || '.example' from generate_series(1, ${assets}) g`,
  `insert into ingestion_asset_systems (asset_uuid, operating_system, is_primary)
   select ${uuidOf('asset', 'g')}, (array['Microsoft Windows Server 2022 Standard','Red Hat Enterprise Linux 9.4','Ubuntu 24.04','VMware ESXi 8.0'])[1 + g % 4], true from generate_series(1, ${assets}) g`,
  `insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value)
   select ${uuidOf('asset', 'g')}, 'Environment', (array['Production','Test','Development'])[1 + g % 3] from generate_series(1, ${assets}) g`,
  `insert into asset_identifiers (asset_uuid, kind, value, last_seen)
   select ${uuidOf('asset', 'g')}, 'ip', '10.' || g % 20 || '.' || (g / 250) % 250 || '.' || g % 250, ${now} from generate_series(1, ${assets}) g
   union all select ${uuidOf('asset', 'g')}, 'hostname', 'host-' || lpad(g::text, 6, '0'), ${now} from generate_series(1, ${assets}) g
   union all select ${uuidOf('asset', 'g')}, 'fqdn', 'host-' || lpad(g::text, 6, '0') || '.site' || g % 20 || '.example', ${now} from generate_series(1, ${assets}) g`,
  `insert into asset_sources (external_system_id, external_id, asset_uuid, record, identifiers, raw_json, last_seen)
   select 1, ${uuidOf('asset', 'g')}::text, ${uuidOf('asset', 'g')}, jsonb_build_object('hostname', 'host-' || lpad(g::text, 6, '0')), '[]'::jsonb, '{}'::jsonb, ${now} from generate_series(1, ${assets}) g where g % 5 <> 0
   union all select 2, 'sc-' || g, ${uuidOf('asset', 'g')}, '{}', '[]', '{}', ${now} from generate_series(1, ${assets}) g where g % 5 in (0, 1)`,
  `insert into assets_extended (asset_uuid, business_criticality, environment)
   select ${uuidOf('asset', 'g')}, (array['High','Moderate','Low'])[1 + g % 3], (array['production','test'])[1 + g % 2] from generate_series(1, ${assets}) g where g % 4 = 0`,
];

const weaknesses = ({ systems, plugins, poams }: WorldSize): readonly string[] => [
  `insert into scan_plugins (plugin_id, name, family, synopsis, description, solution, cvss3_base_score, vpr_score, epss_score, cves, exploit_available, has_patch, patch_published_at, external_system_id, raw_json)
   select (10000 + g)::text, (${products})[1 + g % 16] || ' < ' || 1 + g % 9 || '.' || g % 30 || '.' || g % 7 || ' multiple vulnerabilities (' || g || ')', (${families})[1 + g % 12], 'The remote host is affected.',
          repeat('The version that is installed is affected by a flaw. ', 20), 'Upgrade to ' || (${products})[1 + g % 16] || ' ' || 1 + g % 9 || '.' || g % 30 || ' or later.',
          case when g % 10 <> 0 then ${drawn('g', 21, 100)} / 10.0 end, case when g % 10 <> 0 then ${drawn('g', 22, 100)} / 10.0 end, case when g % 3 <> 0 then ${drawn('g', 23, 1000)} / 1000.0 end,
          array(select 'CVE-' || 2015 + (g + c) % 12 || '-' || 1000 + g * 3 + c from generate_series(1, g % 5) c), g % 7 = 0, g % 2 = 0, ${now} at time zone 'UTC' - (g % 900) * interval '1 day', 1, jsonb_build_object('id', g)
     from generate_series(1, ${plugins}) g`,
  `insert into ingestion_poams (poam_id, system_id, weakness_description, scheduled_completion, status, weakness_risk_level, poc)
   select 'POAM-2026-' || lpad(g::text, 5, '0'), ${systemId(`1 + g % ${systems}`)}, 'Weakness ' || g || repeat(' words', 40), ${now} + (${drawn('g', 31, 400)} - 120) * interval '1 day',
          (array['Open','In Progress','Open','Completed','Risk Accepted'])[1 + ${drawn('g', 32, 5)}], 'High', 'ISSO ' || g % 40
     from generate_series(1, ${poams}) g`,
  // Each POA&M answers one severe plugin of its system.
  `insert into weaknesses (system_id, identifier, severity, detected_on, due_on, due_reason, controls, control_reason, poam_id)
   select p.system_id, q.plugin_id, 'High', p.scheduled_completion::date - 90, p.scheduled_completion::date, 'High: 90 days', '{SI-2,RA-5}', 'flaw remediation', p.id
     from (select *, row_number() over (partition by system_id order by id) as place from ingestion_poams) p
     join (select (10000 + g)::text as plugin_id, row_number() over (order by g) as place from generate_series(1, ${plugins}) g where ${rankOfPlugin('g')} >= 3) q on q.place = p.place
   on conflict do nothing`,
];

const findings = (size: WorldSize): readonly string[] => [
  // Some plugins are on nearly every asset, most on few.
  `insert into ingestion_vulnerabilities (finding_key, plugin_id, vulnerability_name, severity, severity_rank, state, lifecycle_state, severity_modification, first_found, last_found, last_fixed, resurfaced_at, asset_uuid, asset_ref,
          port, protocol, external_system_id, reported_by, evidence_at, seen_at, poam_id, raw_data, solution)
   select ${uuidOf('finding', 'f.g')}, (10000 + f.plugin)::text, 'Finding of plugin ' || f.plugin, ('{Info,Low,Medium,High,Critical}'::text[])[f.rank + 1], f.rank,
          case when f.life < 30 then 'Fixed' when f.accepted then 'Accepted' else 'Open' end, case when f.life < 30 then 'fixed' when f.life < 35 then 'reopened' else 'open' end, case when f.accepted then 'accepted' else 'none' end,
          f.found, case when f.life between 30 and 34 then f.last + (${now} - f.last) / 2 else f.last end, case when f.life < 35 then f.last end, case when f.life between 30 and 34 then f.last + (${now} - f.last) / 2 end,
          ${uuidOf('asset', 'f.asset')}::text, ${uuidOf('asset', 'f.asset')}, (array[0, 443, 445, 22, 8443])[1 + f.g % 5], 'tcp', f.source, array[f.source], ${now}, array[f.found], w.poam_id,
          jsonb_build_object('output', 'Installed version: 1.' || f.g % 90 || repeat(' path', 30)), 'Upgrade.'
     from (select *, found + (${now} - found) * seen / 300 as last from (select g, 1 + g % ${size.assets} as asset, 1 + ((${drawn('g', 41, 1000)} / 1000.0) ^ 2 * ${size.plugins - 1})::int as plugin, ${drawn('g', 42, 100)} as life, ${drawn('g', 43, 50)} = 0 as accepted,
                  ${now} - ${drawn('g', 44, 60_000_000)} * interval '1 second' as found, ${drawn('g', 45, 300)} as seen, 1 + (g % 5 = 0)::int as source,
                  ${rankOfPlugin(`1 + ((${drawn('g', 41, 1000)} / 1000.0) ^ 2 * ${size.plugins - 1})::int`)} as rank
             from generate_series(1, ${size.findings}) g) drawn) f
     left join weaknesses w on f.life >= 30 and f.rank >= 3 and f.asset % 100 <> 7 and w.system_id = ${systemId(`1 + f.asset % ${size.systems}`)} and w.grouping = 'plugin' and w.identifier = (10000 + f.plugin)::text
    order by f.asset, f.g`,
  `insert into finding_state_changes (vulnerability_id, state, occurred_at, external_system_id, is_concluded)
   select id, 'fixed', last_fixed, external_system_id, id % 9 = 0 from ingestion_vulnerabilities where last_fixed is not null
   union all select id, 'reopened', resurfaced_at, external_system_id, false from ingestion_vulnerabilities where resurfaced_at is not null
   on conflict do nothing`,
  `insert into asset_exposure (asset_uuid, open_info, open_low, open_medium, open_high, open_critical, accepted, severe_since)
   select asset_ref, count(*) filter (where severity_rank = 0 and state <> 'Accepted'), count(*) filter (where severity_rank = 1 and state <> 'Accepted'), count(*) filter (where severity_rank = 2 and state <> 'Accepted'),
          count(*) filter (where severity_rank = 3 and state <> 'Accepted'), count(*) filter (where severity_rank = 4 and state <> 'Accepted'), count(*) filter (where state = 'Accepted'), min(first_found) filter (where severity_rank >= 3)
     from ingestion_vulnerabilities where lifecycle_state in ('open', 'reopened') group by asset_ref`,
];

/** Fills a migrated, empty database. The indexes of the large tables are made after their rows. */
export async function makeApiWorld(client: pg.ClientBase, size: WorldSize): Promise<void> {
  await client.query(
    `set work_mem = '128MB'; set maintenance_work_mem = '256MB'; set synchronous_commit = off; set jit = off`,
  );
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
      where i.indrelid = 'ingestion_vulnerabilities'::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  for (const statement of [...machines(size), ...weaknesses(size), ...findings(size)])
    await client.query(statement);
  for (const { definition } of rows) await client.query(definition);
  const { rows: serials } = await client.query<{ name: string }>(
    `select pg_get_serial_sequence('external_systems', 'id') as name`,
  );
  await client.query(`select setval('${serials[0]?.name ?? ''}', 100)`);
  await client.query('vacuum analyze');
}

export interface ApiWorld extends AsyncDisposable {
  readonly url: string;
  readonly database: OpenDatabase;
}

/** Does what the marker says was not done yet. */
async function once(
  { pool }: OpenDatabase,
  marker: string,
  make: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  if (existsSync(marker)) return;
  const client = await pool.connect();
  const started = performance.now();
  await make(client);
  client.release(true);
  writeFileSync(marker, JSON.stringify({ seconds: Math.round((performance.now() - started) / 1000) }));
}

/** @param directory of the embedded server; made where it is not there, kept for the next time. */
export async function openApiWorld(directory: string, size: WorldSize = fullSize): Promise<ApiWorld> {
  const server = await openEmbeddedServer({ dataDir: directory });
  const url = server.url.reveal();
  const database = await openDatabase(url, { applicationName: 'tieline bench' });
  await migrate(database.pool, { folder: join(import.meta.dirname, '../migrations') });
  await once(database, join(directory, 'api-world.json'), (client) => makeApiWorld(client, size));
  await once(database, join(directory, 'api-work.json'), async (client) => {
    await client.query('begin');
    for (const statement of workStatements(size)) await client.query(statement);
    await client.query('commit');
    await client.query('vacuum analyze');
  });
  return {
    url,
    database,
    [Symbol.asyncDispose]: async () => {
      await database.close();
      await server.close();
    },
  };
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      findings: { type: 'string', default: String(fullSize.findings) },
      hold: { type: 'boolean', default: false },
    },
  });
  const [directory] = positionals;
  if (directory === undefined)
    throw new Error('usage: node bin/run.js bench/api-world.ts DIRECTORY [--findings N] [--hold]');
  await using world = await openApiWorld(directory, sizeOf(Number(values.findings)));
  console.log(world.url);
  let stopped = false;
  process.once('SIGTERM', () => (stopped = true));
  // Held open for psql until it is stopped.
  if (values.hold) for await (const _ of setInterval(1000)) if (stopped) break;
}
