/**
 * `node bin/run.js bench/life-of-poams.ts URL`: what the life of POA&Ms costs a run in which nothing moved. URL is an empty PostgreSQL database.
 * It makes 20,000 POA&Ms over 200 boundaries with five findings each, a tenth of them fixed with evidence (these wait for the word of a
 * person), and runs the step of the GRC system: first the run that moves them, then three in which nothing does. Aim: under 5 s.
 */
import { readFileSync } from 'node:fs';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { migrate } from '../src/platform/migrations/index.ts';
import type { ConnectedSystem } from '../src/engine/connections/index.ts';
import type { RunContext } from '../src/engine/run/index.ts';
import { livePoams } from '../src/modules/poams/life/life-step.ts';

const url = process.argv[2];
if (url === undefined) throw new Error('Name an empty database: bench/life-of-poams.ts postgres://…');
const database = await openDatabase(url);
const { pool, store } = database;
await migrate(pool, { folder: new URL('../migrations', import.meta.url).pathname });
await pool.query(`
  insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('scanner', 'tenable', 'http://s', '{}'), ('grc', 'xacta', 'http://g', '{}');
  insert into ingestion_batches (batch_id, source_system) values ('00000000-0000-4000-8000-000000000001', 'grc');
  insert into ingestion_systems (system_id, uuid, name) select 'S' || n, gen_random_uuid(), 'System ' || n from generate_series(1, 200) n;
  insert into scan_plugins (plugin_id, name, raw_json) select n::text, 'Weak ' || n, '{"type": "remote"}' from generate_series(1, 100) n;
  insert into ingestion_assets (asset_uuid, hostname, system_id, last_seen)
    select gen_random_uuid(), 'h' || s || '-' || n, 'S' || s, now() from generate_series(1, 200) s, generate_series(1, 5) n;
  insert into ingestion_poams (poam_id, system_id, status, ingestion_source, risk_rating, weakness_risk_level, scheduled_completion)
    select 'P' || s || '-' || n, 'S' || s, 'Open', 'tieline', 'High', 'High', now() + interval '30 days' from generate_series(1, 200) s, generate_series(1, 100) n;
  insert into sync_links (external_system_id, entity_type, entity_id, external_id, base, operation_id)
    select g.id, 'system', system_id, 'X' || system_id, '{}'::jsonb, '00000000-0000-4000-8000-000000000001'::uuid from ingestion_systems, external_systems g where g.system_name = 'grc'
    union all select g.id, 'poam', poam_id, 'X' || poam_id, '{}'::jsonb, '00000000-0000-4000-8000-000000000001'::uuid from ingestion_poams, external_systems g where g.system_name = 'grc';
  insert into weaknesses (system_id, identifier, severity, rated_severity, detected_on, due_on, due_reason, control_reason, poam_id)
    select system_id, split_part(poam_id, '-', 2), 'High', 'High', '2026-01-01', '2027-01-01', 'x', 'x', id from ingestion_poams;
  insert into ingestion_vulnerabilities (asset_uuid, asset_ref, plugin_id, vulnerability_name, severity, severity_rank, lifecycle_state, external_system_id,
      first_found, last_found, last_fixed, finding_key, state, raw_data, poam_id)
    select a.asset_uuid::text, a.asset_uuid, split_part(p.poam_id, '-', 2), 'x', 'High', 3, case when p.id % 10 = 0 then 'fixed' else 'open' end, 1,
           '2026-02-01', '2026-03-01', case when p.id % 10 = 0 then timestamp '2026-04-01' end, gen_random_uuid(), 'Open', '{}', p.id
      from ingestion_poams p join ingestion_assets a on a.system_id = p.system_id;
  insert into finding_state_changes (vulnerability_id, state, occurred_at, external_system_id) select id, 'fixed', last_fixed, 1 from ingestion_vulnerabilities where last_fixed is not null;
  insert into weakness_findings (weakness_id, finding_id) select w.id, v.id from ingestion_vulnerabilities v join weaknesses w on w.poam_id = v.poam_id`);
await pool.query('vacuum analyze');

const context: Pick<RunContext, 'store' | 'now' | 'report'> = {
  store,
  now: () => new Date(),
  report: () => undefined,
};
const system = { id: 2, name: 'grc', policies: [] };
/** Milliseconds of CPU so far: of this process, and of those of the server that serve this database. */
async function cpuMs(): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database()`,
  );
  const server = rows.map(({ pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  });
  const { user, system: kernel } = process.cpuUsage();
  return (user + kernel) / 1000 + server.reduce((sum, each) => sum + each, 0);
}

for (const run of ['what moved', 'nothing moved', 'nothing moved', 'nothing moved']) {
  const [started, cpu] = [performance.now(), await cpuMs()];
  // The step asks no more of its context and system than is here.
  await livePoams(
    context as RunContext,
    system as unknown as ConnectedSystem,
    '00000000-0000-4000-8000-000000000001',
  );
  console.log(
    `${run.padEnd(15)} ${(performance.now() - started).toFixed(0).padStart(6)} ms, CPU ${((await cpuMs()) - cpu).toFixed(0).padStart(6)} ms`,
  );
}
await database.close();
