/**
 * `npm run bench:import`: findings from export chunks and .nessus files against baselines of the same run. How to read it:
 * bench/README.md. Rates are never a pass or a fail; memory and counts are.
 */
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { createFindings } from '../simulators/world/findings.ts';
import { generateWorld } from '../simulators/world/generate.ts';
import { assetJson } from '../simulators/tenable/asset-json.ts';
import { createFindingJson } from '../simulators/tenable/finding-json.ts';
import { openDatabase } from '../src/store/database.ts';
import { removeDataDirectory } from '../src/store/embedded/remove-data.ts';
import { openEmbeddedServer } from '../src/store/embedded/server.ts';
import { insertSystem } from '../src/store/external-systems.ts';
import { migrate } from '../src/store/migrations/migrate.ts';
import { consoleQueries } from './console-queries.ts';

const memoryLimitMegabytes = 350;
/** As bin/tieline.js starts the product. */
const nodeFlags = ['--max-semi-space-size=16'];
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '25' },
    runs: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const size = Number(values.size);
const runs = Number(values.runs);
const findingsPerFile = 20_000;
const work = mkdtempSync(join(tmpdir(), 'tieline-bench-import-'));
const dataDir = join(work, 'data');

interface Load {
  readonly seconds: number;
  readonly items: number;
  readonly peakMegabytes: number;
}

function load(kind: string, databaseUrl: string, files: readonly string[], systemId: number): Promise<Load> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeFlags, join(import.meta.dirname, 'import-process.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, BENCH: JSON.stringify({ databaseUrl, kind, files, systemId }) },
    });
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (line += text));
    child.on('exit', (code) =>
      code === 0
        ? resolve(JSON.parse(line) as Load)
        : reject(new Error(`${kind} ended with ${String(code)}`)),
    );
  });
}

/** Chunks as Tenable VM exports them, and one .nessus file of the same machines and findings. */
function writeFiles(): {
  readonly assets: string[];
  readonly findings: string[];
  readonly nessus: string;
  readonly count: number;
} {
  const options = { seed: 1, size, now: new Date('2026-11-01T12:00:00.000Z') };
  const world = generateWorld(options);
  const findingsOf = createFindings(options, world.plugins);
  const toJson = createFindingJson(options);
  const files = { assets: [join(work, 'assets.json')], findings: [] as string[] };
  writeFileSync(files.assets[0] ?? '', JSON.stringify(world.hosts.map((host) => assetJson(options, host))));
  const file = join(work, 'bench.nessus');
  writeFileSync(file, '<?xml version="1.0"?>\n<NessusClientData_v2><Report name="bench">\n');
  let chunk: unknown[] = [];
  let count = 0;
  const flush = (): void => {
    if (chunk.length === 0) return;
    const file = join(work, `findings-${files.findings.length}.json`);
    writeFileSync(file, JSON.stringify(chunk));
    files.findings.push(file);
    chunk = [];
  };
  const escape = (text: unknown): string =>
    (typeof text === 'string' ? text : '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('"', '&quot;');
  for (const [index, host] of world.hosts.entries()) {
    const nessus: string[] = [];
    nessus.push(
      `<ReportHost name="${host.ipv4}"><HostProperties><tag name="host-ip">${host.ipv4}</tag><tag name="bios-uuid">${host.biosUuid}</tag><tag name="HOST_END_TIMESTAMP">1790000000</tag></HostProperties>\n`,
    );
    for (const finding of findingsOf(host, index)) {
      const json = toJson(finding);
      chunk.push(json);
      count += 1;
      const { plugin } = json as { plugin: Record<string, unknown> };
      nessus.push(
        `<ReportItem port="${finding.plugin.port}" svc_name="x" protocol="${finding.plugin.protocol}" severity="${finding.severityId}" pluginID="${finding.plugin.id}" pluginName="${escape(plugin['name'])}" pluginFamily="${escape(plugin['family'])}"><synopsis>${escape(plugin['synopsis'])}</synopsis><description>${escape(plugin['description'])}</description><solution>${escape(plugin['solution'])}</solution><plugin_output>${escape(json['output'])}</plugin_output></ReportItem>\n`,
      );
      if (chunk.length >= findingsPerFile) flush();
    }
    nessus.push('</ReportHost>\n');
    appendFileSync(file, nessus.join(''));
  }
  flush();
  appendFileSync(file, '</Report></NessusClientData_v2>\n');
  return { ...files, nessus: file, count };
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Seconds to COPY the stored findings into an empty table of the same shape, indexes and all. */
async function timeCopy(client: pg.Client, file: string): Promise<number> {
  await client.query('drop table if exists bench_copy');
  await client.query('create table bench_copy (like ingestion_vulnerabilities including all)');
  await client.query('checkpoint');
  const started = performance.now();
  await client.query('begin');
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 20 }),
    client.query(copyFrom('copy bench_copy from stdin')),
  );
  await client.query('commit');
  return (performance.now() - started) / 1000;
}

const server = await openEmbeddedServer({ dataDir });
const url = server.url.reveal();
try {
  const database = await openDatabase(server.url);
  await migrate(database.pool, { folder: join(import.meta.dirname, '../migrations') });
  const files = writeFiles();
  const system = await insertSystem(database.db, {
    name: 'tenable',
    type: 'tenable',
    url: 'https://tenable.example',
    config: {},
  });
  const systemId = system?.id ?? 0;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const empty = (): Promise<unknown> =>
    client.query(
      'truncate ingestion_vulnerabilities, ingestion_vulnerability_cves, scan_plugins, finding_state_changes, sync_changes, imported_files cascade; checkpoint',
    );
  await load('assets', url, files.assets, systemId);

  const first: Load[] = [];
  const again: Load[] = [];
  const copies: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await empty();
    first.push(await load('findings', url, files.findings, systemId));
    await client.query('vacuum analyze ingestion_vulnerabilities');
    again.push(await load('findings', url, files.findings, systemId));
    if (run === 0)
      await pipeline(
        client.query(copyTo('copy ingestion_vulnerabilities to stdout')),
        createWriteStream(join(work, 'findings.copy')),
      );
    copies.push(await timeCopy(client, join(work, 'findings.copy')));
  }
  const { rows } = await client.query<{ n: number; table: number; indexes: number; version: string }>(
    `select count(*)::int as n, pg_table_size('ingestion_vulnerabilities')::float8 as table, pg_indexes_size('ingestion_vulnerabilities')::float8 as indexes,
            current_setting('server_version') as version from ingestion_vulnerabilities`,
  );
  const [stored] = rows;
  if (!stored) throw new Error('nothing was stored');
  await client.query('analyze');
  const queries = await timeQueries(client);

  const parsed: Load[] = [];
  const nessus: Load[] = [];
  for (let run = 0; run < runs; run += 1) {
    await empty();
    await client.query('truncate asset_sources, asset_identity_decisions');
    parsed.push(await load('parse', url, [files.nessus], systemId));
    nessus.push(await load('nessus', url, [files.nessus], systemId));
  }
  await client.end();
  await database.close();

  const seconds = (loads: readonly Load[]): number => median(loads.map((each) => each.seconds));
  const rate = (of: number): number => Math.round(files.count / of);
  const peak = (loads: readonly Load[]): number => Math.max(...loads.map((each) => each.peakMegabytes));
  const copySeconds = median(copies);
  const result = {
    findings: files.count,
    runs,
    firstLoad: rate(seconds(first)),
    unchanged: rate(seconds(again)),
    copyIndexed: rate(copySeconds),
    firstLoadToCopy: Number((copySeconds / seconds(first)).toFixed(3)),
    unchangedToFirstLoad: Number((seconds(first) / seconds(again)).toFixed(2)),
    nessusStored: rate(seconds(nessus)),
    nessusParsed: rate(seconds(parsed)),
    nessusToParsing: Number((seconds(parsed) / seconds(nessus)).toFixed(3)),
    peakMegabytes: { chunks: peak(first), unchanged: peak(again), nessus: peak(nessus) },
    bytesPerFinding: {
      table: Math.round(stored.table / stored.n),
      indexes: Math.round(stored.indexes / stored.n),
    },
    queryMilliseconds: queries,
    machine: {
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      postgres: stored.version,
    },
  };
  console.log(values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2));
  writeFileSync(
    join(import.meta.dirname, 'results', `import-${size}.json`),
    `${JSON.stringify(result, null, 2)}\n`,
  );
  if (
    Math.max(...Object.values(result.peakMegabytes)) >= memoryLimitMegabytes ||
    nessus.some((each) => each.items !== files.count)
  )
    process.exitCode = 1;
} finally {
  await server.close();
  await removeDataDirectory(dataDir);
  rmSync(work, { recursive: true, force: true });
}

/** The median time of each query at the database, in milliseconds. */
async function timeQueries(client: pg.Client): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const [name, query] of Object.entries(consoleQueries)) {
    const taken: number[] = [];
    for (let run = 0; run <= runs; run += 1) {
      const started = performance.now();
      await client.query(query);
      // The first one warms the cache.
      if (run > 0) taken.push(performance.now() - started);
    }
    times[name] = Number(median(taken).toFixed(1));
  }
  return times;
}
