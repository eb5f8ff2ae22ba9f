/**
 * `npm run bench -- due-dates`: 100,000 weaknesses judged again and stored, as a sync does, under the organization's matrix, BOD 26-04 and the
 * FedRAMP rules of 2026, with CVEs, exposures and evaluations: first all of them, then with nothing new, then with every hundredth CVE listed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DatedWeakness, fetchDueDates, type ReasonedDate } from '../src/modules/due-dates/due-dates.ts';
import { recordObligations } from '../src/modules/due-dates/obligations.sql.ts';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations/migrate.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { saveWeaknesses } from '../src/record/weaknesses/index.ts';

const { values } = parseArgs({ options: { weaknesses: { type: 'string', default: '100000' } } });
const count = Number(values.weaknesses);
const aimSeconds = 30;
const now = new Date('2026-12-10T12:00:00Z');
const operationId = '00000000-0000-0000-0000-000000000001';

const directory = mkdtempSync(join(tmpdir(), 'tieline-bench-'));
const server = await openEmbeddedServer({ dataDir: join(directory, 'data') });
const database = await openDatabase(server.url);
const { pool } = database;
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

async function fill(): Promise<void> {
  const each = `generate_series(0, ${count - 1}) n`;
  const statements = [
    `insert into ingestion_systems (system_id, name, uuid) select 'S-' || n, 'System ' || n, gen_random_uuid() from generate_series(0, 199) n`,
    `insert into ingestion_assets (asset_uuid, hostname, system_id) select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'web' || n, 'S-' || n % 200 from generate_series(0, 4999) n`,
    `insert into exposures (asset_uuid, exposed, set_at, set_by, set_by_principal) select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n % 3 = 0, now(), 'bench', 'bench' from generate_series(0, 4999) n where n % 4 > 0`,
    `insert into cve_intelligence (cve, automatable, technical_impact, loaded_at) select 'CVE-2026-' || (10000 + n), case when n % 3 > 0 then (array['yes', 'no'])[1 + n % 2] end, (array['total', 'partial', null])[1 + n % 3], now() from ${each}`,
    `insert into intelligence_loads (feed, source, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged, sha256, bytes) values ('kev', 'kev.json', now(), 'bench', 1, 1, 0, '00', 1)`,
    `insert into ingestion_poams (poam_id, system_id, status, scheduled_completion, weakness_description) select 'P-' || n, 'S-' || n % 200, 'Open', '2027-02-01', 'Weak' from ${each}`,
    `insert into due_date_policy_uses (system_id, policy_id, applies) values (null, 'cisa-bod-26-04', true), (null, 'fedramp-vdr', true)`,
    `insert into boundary_due_facts (system_id, class, set_at, set_by, set_by_principal) select 'S-' || n, (array['A', 'B', 'C', 'D'])[1 + n % 4], now(), 'bench', 'bench' from generate_series(0, 199) n`,
    `insert into weakness_evaluations (system_id, "grouping", identifier, evaluated_at, exploitable, reachable, agency_impact, set_at, set_by, set_by_principal)
     select 'S-' || n % 200, 'plugin', n::text, '2026-12-09', n % 2 = 0, n % 5 = 0, 'N' || 1 + n % 5, now(), 'bench', 'bench' from ${each} where n % 2 = 0`,
  ];
  for (const statement of statements) await pool.query(statement);
  await pool.query('analyze');
}

const weaknesses = Array.from({ length: count }, (_, n): DatedWeakness => ({
  systemId: `S-${n % 200}`,
  grouping: 'plugin',
  identifier: String(n),
  severity: n % 4 === 0 ? 'Critical' : 'High',
  detectedOn: n % 3 === 0 ? '2026-11-20' : '2026-12-08',
  cves: [`CVE-2026-${10_000 + n}`],
  assets: [0, 1].map((k) => `00000000-0000-4000-8000-${String((n + k * 200) % 5000).padStart(12, '0')}`),
}));

/** As the step `weaknesses` of a sync does. */
async function judge(): Promise<void> {
  await database.store.transaction(async ({ db }) => {
    const dueDatesOf = await fetchDueDates(db, weaknesses);
    const judged = weaknesses.map((weakness): DatedWeakness & { readonly due: ReasonedDate } => ({
      ...weakness,
      due: dueDatesOf(weakness),
    }));
    await saveWeaknesses(
      db,
      judged.map(({ systemId, identifier, severity, detectedOn, due }, n) => ({
        systemId,
        grouping: 'plugin',
        identifier,
        ruleId: 1,
        title: 'Weak',
        pluginId: null,
        severity,
        detectedOn,
        dueOn: due.on,
        dueReason: due.reason,
        controls: [],
        controlReason: 'any',
        poamId: `P-${n}`,
      })),
    );
    await recordObligations(db, { operationId, now }, judged);
  });
}

try {
  await migrate(pool, { folder: join(import.meta.dirname, '../migrations') });
  await fill();
  const first = await seconds(judge);
  await pool.query('analyze');
  const again = await seconds(judge);
  await pool.query(`update cve_intelligence set kev_added = '2026-12-09' where right(cve, 2) = '00'`);
  const listed = await seconds(judge);
  const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from poam_obligations');
  console.log(
    `${count.toLocaleString('en-US')} weaknesses, three policies: first ${first.toFixed(1)} s, nothing new ${again.toFixed(1)} s, every hundredth CVE listed ${listed.toFixed(1)} s; ${rows[0]?.n ?? 0} obligations. Aim: under ${aimSeconds} s.`,
  );
  process.exitCode = Math.max(again, listed) < aimSeconds ? 0 : 1;
} finally {
  await database.close();
  await server.close();
  await removeDataDirectory(join(directory, 'data'));
  rmSync(directory, { recursive: true, force: true });
}
