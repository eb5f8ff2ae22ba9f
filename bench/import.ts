/**
 * `npm run bench`: findings from export chunks and .nessus files against baselines of the same run, and a million of them for memory,
 * storage and queries. How to read it: bench/README.md. Rates are never a pass or a fail; memory and counts are.
 */
import nodeSettings from '../bin/node-settings.json' with { type: 'json' };
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { insertSystem } from '../src/ledger/external-systems/external-systems.sql.ts';
import { migrate } from '../src/platform/migrations/migrate.ts';
import { checkpoint } from './checkpoint.ts';
import { median } from './own-cpu.ts';
import { consoleQueries } from './console-queries.ts';
import { writeFiles, type ImportFiles } from './import-files.ts';

const memoryLimitMegabytes = 350;
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '50' },
    runs: { type: 'string', default: '5' },
    large: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
});

interface Load {
  readonly seconds: number;
  readonly items: number;
  readonly peakMegabytes: number;
}
type Kind = 'assets' | 'findings' | 'nessus' | 'parse';

/** A database with the files of one size, and what is loaded into it in processes of their own. */
interface Bench {
  readonly files: ImportFiles;
  readonly client: pg.Client;
  readonly load: (kind: Kind) => Promise<Load>;
  /** Forgets findings, plugins and what the files of scans told, not the assets of the server. */
  readonly empty: () => Promise<void>;
}

async function withBench<T>(size: number, measure: (bench: Bench, work: string) => Promise<T>): Promise<T> {
  const work = mkdtempSync(join(tmpdir(), 'tieline-bench-import-'));
  const dataDir = join(work, 'data');
  const server = await openEmbeddedServer({ dataDir });
  const client = new pg.Client({ connectionString: server.url.reveal() });
  try {
    const database = await openDatabase(server.url);
    await migrate(database.pool, { folder: join(import.meta.dirname, '../migrations') });
    const system = await insertSystem(database.db, {
      name: 'tenable',
      type: 'tenable',
      url: 'https://tenable.example',
      config: {},
    });
    await database.close();
    await client.connect();
    const files = writeFiles(work, size);
    const paths: Record<Kind, readonly string[]> = {
      assets: files.assets,
      findings: files.findings,
      nessus: [files.nessus],
      parse: [files.nessus],
    };
    const bench: Bench = {
      files,
      client,
      load: (kind) =>
        runLoad({ databaseUrl: server.url.reveal(), kind, files: paths[kind], systemId: system?.id ?? 0 }),
      empty: async () => {
        await client.query(
          `truncate ingestion_vulnerabilities, ingestion_vulnerability_cves, scan_plugins, finding_state_changes, sync_changes, imported_files, asset_exposure cascade;
           delete from asset_sources where external_system_id <> ${system?.id ?? 0}; delete from asset_identity_decisions`,
        );
        await checkpoint(client);
      },
    };
    await bench.load('assets');
    return await measure(bench, work);
  } finally {
    await client.end();
    await server.close();
    await removeDataDirectory(dataDir);
    rmSync(work, { recursive: true, force: true });
  }
}

function runLoad(work: object): Promise<Load> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...nodeSettings.flags, join(import.meta.dirname, 'import-process.ts')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, BENCH: JSON.stringify(work) },
      },
    );
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (line += text));
    child.on('exit', (code) =>
      code === 0
        ? resolve(JSON.parse(line) as Load)
        : reject(new Error(`${JSON.stringify(work)} ended with ${String(code)}`)),
    );
  });
}

const peak = (loads: readonly Load[]): number => Math.max(...loads.map((each) => each.peakMegabytes));

/** Seconds to COPY the stored findings into an empty table of the same shape, indexes and all. */
async function timeCopy(client: pg.Client, file: string): Promise<number> {
  await client.query('drop table if exists bench_copy');
  await client.query('create table bench_copy (like ingestion_vulnerabilities including all)');
  await checkpoint(client);
  const started = performance.now();
  await client.query('begin');
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 20 }),
    client.query(copyFrom('copy bench_copy from stdin')),
  );
  await client.query('commit');
  const seconds = (performance.now() - started) / 1000;
  await client.query('drop table bench_copy');
  return seconds;
}

/** Rates, each beside its baseline: the loads take turns, so that a slow moment of the machine meets all of them. */
async function measureRates({ files, client, load, empty }: Bench, work: string, runs: number) {
  const loads: Record<'first' | 'again' | 'nessus' | 'parse', Load[]> = {
    first: [],
    again: [],
    nessus: [],
    parse: [],
  };
  const copies: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await empty();
    loads.first.push(await load('findings'));
    await client.query('vacuum analyze ingestion_vulnerabilities');
    loads.again.push(await load('findings'));
    const copied = join(work, 'findings.copy');
    if (run === 0)
      await pipeline(
        client.query(copyTo('copy ingestion_vulnerabilities to stdout')),
        createWriteStream(copied),
      );
    copies.push(await timeCopy(client, copied));
    await empty();
    loads.parse.push(await load('parse'));
    loads.nessus.push(await load('nessus'));
  }
  const seconds = {
    first: median(loads.first.map((each) => each.seconds)),
    again: median(loads.again.map((each) => each.seconds)),
    copy: median(copies),
    nessus: median(loads.nessus.map((each) => each.seconds)),
    parse: median(loads.parse.map((each) => each.seconds)),
  };
  const rate = (of: number): number => Math.round(files.count / of);
  return {
    isWhole: [...loads.nessus, ...loads.parse].every((each) => each.items === files.count),
    rates: {
      findings: files.count,
      runs,
      firstLoad: rate(seconds.first),
      copyIndexed: rate(seconds.copy),
      firstLoadToCopy: Number((seconds.copy / seconds.first).toFixed(3)),
      unchanged: rate(seconds.again),
      unchangedToFirstLoad: Number((seconds.first / seconds.again).toFixed(2)),
      nessusStored: rate(seconds.nessus),
      nessusParsed: rate(seconds.parse),
      nessusToParsing: Number((seconds.parse / seconds.nessus).toFixed(3)),
      peakMegabytes: { chunks: peak(loads.first), unchanged: peak(loads.again), nessus: peak(loads.nessus) },
    },
  };
}

/** Memory, storage and the time of queries where there is much. */
async function measureLarge({ files, client, load, empty }: Bench, runs: number) {
  await empty();
  const first = await load('findings');
  await client.query('vacuum analyze');
  const again = await load('findings');
  const { rows } = await client.query<{ n: number; table: number; indexes: number; version: string }>(
    `select count(*)::int as n, pg_table_size('ingestion_vulnerabilities')::float8 as table, pg_indexes_size('ingestion_vulnerabilities')::float8 as indexes,
            current_setting('server_version') as version from ingestion_vulnerabilities`,
  );
  const [stored] = rows;
  if (!stored) throw new Error('nothing was stored');
  const queryMilliseconds = await timeQueries(client, runs);
  await empty();
  const nessus = await load('nessus');
  return {
    isWhole: stored.n === files.count && nessus.items === files.count,
    postgres: stored.version,
    large: {
      findings: files.count,
      firstLoad: Math.round(files.count / first.seconds),
      unchanged: Math.round(files.count / again.seconds),
      nessusStored: Math.round(files.count / nessus.seconds),
      peakMegabytes: {
        chunks: first.peakMegabytes,
        unchanged: again.peakMegabytes,
        nessus: nessus.peakMegabytes,
      },
      bytesPerFinding: {
        table: Math.round(stored.table / stored.n),
        indexes: Math.round(stored.indexes / stored.n),
      },
      queryMilliseconds,
    },
  };
}

/** The median time of each query at the database, in milliseconds. */
async function timeQueries(client: pg.Client, runs: number): Promise<Record<string, number>> {
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

const runs = Number(values.runs);
const ofRates = await withBench(Number(values.size), (bench, work) => measureRates(bench, work, runs));
const ofLarge = await withBench(Number(values.large), (bench) => measureLarge(bench, runs));
const result = {
  rates: ofRates.rates,
  large: ofLarge.large,
  machine: {
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    postgres: ofLarge.postgres,
  },
};
console.log(values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2));
writeFileSync(
  join(import.meta.dirname, 'results', `import-${values.size}-${values.large}.json`),
  `${JSON.stringify(result, null, 2)}\n`,
);
const peaks = [...Object.values(result.rates.peakMegabytes), ...Object.values(result.large.peakMegabytes)];
if (Math.max(...peaks) >= memoryLimitMegabytes || !ofRates.isWhole || !ofLarge.isWhole) process.exitCode = 1;
