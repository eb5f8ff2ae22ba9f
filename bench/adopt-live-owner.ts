/**
 * The existing application, as adopt-live.ts runs it in a process of its own: two writers, two readers and a reporting
 * tool on a connection each, on the tables as that application knows them. Its statements name their columns, know none of
 * Tieline's, and are prepared once, so that an added column meets a cached plan.
 *
 * Input: a line `phase NAME` before each phase, and `stop` (or the end). Output: the line `ready`, and at the end one line
 * of JSON, an `OwnerFacts`.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { assetUuid, rowCounts } from './adopt-live-rows.ts';

export interface Latency {
  readonly phase: string;
  readonly kind: string;
  readonly count: number;
  readonly medianMs: number;
  readonly p999Ms: number;
  readonly longestMs: number;
}

export interface OwnerFacts {
  readonly latencies: readonly Latency[];
  readonly failures: readonly { readonly phase: string; readonly kind: string; readonly message: string }[];
}

type Transaction = (run: Run) => Promise<unknown>;
type Run = (kind: string, text: string, values?: readonly unknown[]) => Promise<number>;

const { url, findings } = JSON.parse(process.env['OWNER'] ?? '{}') as { url: string; findings: number };
const counts = rowCounts(findings);
const writerPauseMs = 20; // two of them: 100 transactions a second
const readerPauseMs = 40;
const reportPauseMs = 10_000;
const reportHoldsMs = 3000;

let phase = 'start';
let nextPhase = Promise.withResolvers<void>();
const stopping = new AbortController();
let serial = 0;
const samples = new Map<string, number[]>();
const failures: { phase: string; kind: string; message: string }[] = [];

/** Counted in the phase in which it ended, so that what the next phase holds up is the next phase's. */
function note(kind: string, ms: number): void {
  for (const key of [`${phase}\t${kind}`, `${phase}\tall`]) {
    const list = samples.get(key) ?? [];
    list.push(ms);
    samples.set(key, list);
  }
}

/** Ends early when it is told to stop. */
async function pause(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
}

const below = (limit: number): number => Math.floor(Math.random() * limit);
const pick = <T>(values: readonly [T, ...T[]]): T => values[below(values.length)] ?? values[0];
const severity = (): string => pick(['Critical', 'High', 'Medium', 'Low', 'Info']);
const anyFinding = (): number => 1 + below(findings);
const anyAsset = (): string => assetUuid(1 + below(counts.assets));

const raw = JSON.stringify({
  plugin: { id: 19506, name: 'Scan Information', description: 'words of a plugin '.repeat(60) },
  port: { port: 443, protocol: 'TCP' },
});

const updateFinding: readonly Transaction[] = [
  (run) =>
    run('update severity', `update ingestion_vulnerabilities set severity = $2 where id = $1`, [
      anyFinding(),
      severity(),
    ]),
  (run) =>
    run('update state', `update ingestion_vulnerabilities set state = $2, last_found = now() where id = $1`, [
      anyFinding(),
      pick(['Open', 'Fixed', 'Accepted']),
    ]),
];

const firstWriter: readonly Transaction[] = [
  ...updateFinding,
  async (run) => {
    const id = await run(
      'insert finding',
      `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, cvss_score, state, first_found, last_found, asset_uuid, raw_data)
       values ($1, 'Found just now', $2, 7.5, 'Open', now(), now(), $3::uuid::text, $4) returning id`,
      [String(20_000 + below(4000)), severity(), anyAsset(), raw],
    );
    await run(
      'insert cve',
      `insert into ingestion_vulnerability_cves (vulnerability_id, cve_id) values ($1, 'CVE-2026-1')`,
      [id],
    );
  },
];

const secondWriter: readonly Transaction[] = [
  ...updateFinding,
  async (run) => {
    const uuid = assetUuid(counts.assets + (serial += 1));
    await run(
      'insert asset',
      `insert into ingestion_assets (asset_uuid, hostname, system_id, first_seen, last_seen) values ($1, 'new', 'SYS-1', now(), now()) returning id`,
      [uuid],
    );
    await run(
      'insert link',
      `insert into ingestion_system_assets (system_id, asset_uuid) values ('SYS-1', $1)`,
      [uuid],
    );
  },
  (run) =>
    run('update asset', `update ingestion_assets set last_seen = now() where asset_uuid = $1`, [anyAsset()]),
  async (run) => {
    const poam = `POAM-new-${(serial += 1)}`;
    await run(
      'insert poam',
      `insert into ingestion_poams (poam_id, system_id, weakness_description, status) values ($1, 'SYS-1', 'a weakness', 'Open')`,
      [poam],
    );
    await run(
      'insert milestone',
      `insert into ingestion_poam_milestones (poam_id, milestone_id, status) values ($1, 'M1', 'Open')`,
      [poam],
    );
  },
  (run) =>
    run('update poam', `update ingestion_poams set status = $2 where id = $1`, [
      1 + below(counts.poams),
      pick(['Open', 'In Progress', 'Completed']),
    ]),
  (run) =>
    run(
      'update control',
      `update ingestion_controls set implementation_status = $2, last_assessed = now() where id = $1`,
      [1 + below(counts.controls), pick(['Implemented', 'Not Implemented'])],
    ),
];

const reader: readonly Transaction[] = [
  (run) =>
    run(
      'read by asset',
      `select id, plugin_id, severity, state, raw_data from ingestion_vulnerabilities where asset_uuid = $1::uuid::text limit 100`,
      [anyAsset()],
    ),
  (run) =>
    run(
      'count severity',
      `select count(*) from (select from ingestion_vulnerabilities where state = 'Open' and severity = $1 limit 20000) few`,
      [severity()],
    ),
  (run) =>
    run(
      'read view',
      `select id, severity, hostname from open_findings where severity = 'Critical' and system_id = $1 limit 50`,
      [`SYS-${1 + below(20)}`],
    ),
  (run) =>
    run(
      'read poams',
      `select p.poam_id, p.status, m.milestone_id, c.control_id from ingestion_poams p left join ingestion_poam_milestones m on m.poam_id = p.poam_id
         left join ingestion_controls c on c.system_id = p.system_id where p.id = $1 limit 100`,
      [1 + below(counts.poams)],
    ),
];

/**
 * Holds its locks for three seconds after the answers came, as reporting tools do: it keeps ALTER TABLE waiting, and that
 * keeps all others waiting. Runs at the beginning of each phase too, so that none is spared by its shortness.
 */
const report: Transaction = async (run) => {
  await run('report', `select id, hostname, severity from open_findings limit 500`);
  await run('report', `select poam_id, status from ingestion_poams order by id limit 500`);
  await run(
    'report',
    `select control_id, implementation_status from ingestion_controls order by id limit 500`,
  );
  await pause(reportHoldsMs);
};

/** Transactions one after another, of the kinds in turn, until it is told to stop. */
async function work(name: string, transactions: readonly Transaction[], pauseMs: number): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: `owner ${name}` });
  client.on('error', (error) => failures.push({ phase, kind: name, message: error.message }));
  await client.connect();
  let kind = 'begin';
  const run: Run = async (next, text, values = []) => {
    kind = next;
    const started = performance.now();
    const { rows } = await client.query<{ id?: number }>({
      name: text.slice(0, 60),
      text,
      values: [...values],
    });
    note(kind, performance.now() - started);
    return rows[0]?.id ?? 0;
  };
  for (let turn = 0; !stopping.signal.aborted; turn += 1) {
    const due = performance.now() + pauseMs;
    const phaseBegins = nextPhase.promise;
    try {
      await client.query('begin');
      await transactions[turn % transactions.length]?.(run);
      await run('commit', 'commit');
    } catch (error) {
      failures.push({ phase, kind, message: error instanceof Error ? error.message : String(error) });
      const rolledBack = await client.query('rollback').catch(() => undefined);
      if (rolledBack === undefined) break; // the connection is gone
    }
    await Promise.race([pause(due - performance.now()), phaseBegins]);
  }
  await client.end();
}

function latencyOf(key: string, list: readonly number[]): Latency {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
  const [inPhase = '', kind = ''] = key.split('\t');
  const times = { medianMs: at(0.5), p999Ms: at(0.999), longestMs: at(1) };
  return { phase: inPhase, kind, count: list.length, ...times };
}

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  if (line === 'stop') stopping.abort();
  else {
    phase = line.slice('phase '.length);
    nextPhase.resolve();
    nextPhase = Promise.withResolvers();
  }
});
input.on('close', () => stopping.abort());

console.log('ready');
await Promise.all([
  work('writer 1', firstWriter, writerPauseMs),
  work('writer 2', secondWriter, writerPauseMs),
  work('reader 1', reader, readerPauseMs),
  work('reader 2', reader.toReversed(), readerPauseMs),
  work('report', [report], reportPauseMs),
]);
const latencies = [...samples].map(([key, list]) => latencyOf(key, list));
const facts: OwnerFacts = { latencies, failures };
console.log(JSON.stringify(facts));
