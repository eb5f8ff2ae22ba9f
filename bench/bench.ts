/**
 * `npm run bench`: the load of findings against a raw COPY of the very same rows, in the same run, and the memory of the
 * sync process. How to read it: bench/README.md. Times are never a pass or a fail; memory and counts are.
 */
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations/migrate.ts';
import { checkpoint } from './checkpoint.ts';

const memoryLimitMegabytes = 400;
const { values } = parseArgs({
  options: { size: { type: 'string', default: '100' }, json: { type: 'boolean', default: false } },
});
const size = Number(values.size);
const work = mkdtempSync(join(tmpdir(), 'tieline-bench-'));
const dataDir = join(work, 'data');

interface SyncFacts {
  readonly seconds: { readonly asset: number; readonly finding: number };
  readonly peakMegabytes: number;
}

function runSync(databaseUrl: string, tenableUrl: string, masterKey: string): Promise<SyncFacts> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--max-semi-space-size=16', join(import.meta.dirname, 'sync-process.ts')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, BENCH: `${databaseUrl} ${tenableUrl} ${masterKey}` },
      },
    );
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (line += text));
    child.on('exit', (code) =>
      code === 0
        ? resolve(JSON.parse(line) as SyncFacts)
        : reject(new Error(`the sync ended with ${String(code)}`)),
    );
  });
}

async function startTenable(): Promise<{ url: string; stop(): void }> {
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../simulators/tenable/main.ts'),
      '--port',
      '0',
      '--size',
      String(size),
      '--exit-with-parent',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: child.stdout }))
    return { url: (JSON.parse(line) as { url: string }).url, stop: () => void child.kill() };
  throw new Error('the simulator did not start');
}

/** Seconds to COPY the stored findings into an empty table of the same shape. */
async function timeCopy(client: pg.Client, file: string, including: string): Promise<number> {
  await client.query(
    `drop table if exists bench_copy; create table bench_copy (like ingestion_vulnerabilities ${including})`,
  );
  await checkpoint(client);
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
const tenable = await startTenable();
const masterKey = randomBytes(32).toString('base64');
try {
  const database = await openDatabase(server.url);
  await migrate(database.pool, { folder: join(import.meta.dirname, '../migrations') });
  const first = await runSync(server.url.reveal(), tenable.url, masterKey);
  const again = await runSync(server.url.reveal(), tenable.url, masterKey);

  const client = new pg.Client({ connectionString: server.url.reveal() });
  await client.connect();
  const { rows } = await client.query<{ findings: number; version: string; bytes: number }>(
    `select count(*)::int as findings, current_setting('server_version') as version, pg_total_relation_size('ingestion_vulnerabilities')::float8 as bytes from ingestion_vulnerabilities`,
  );
  const [stored] = rows;
  if (!stored) throw new Error('nothing was stored');
  const file = join(work, 'findings.copy');
  await pipeline(client.query(copyTo('copy ingestion_vulnerabilities to stdout')), createWriteStream(file));
  const copySeconds = await timeCopy(client, file, 'including all');
  const bareCopySeconds = await timeCopy(client, file, '');
  await client.end();
  await database.close();

  const perSecond = (seconds: number): number => Math.round(stored.findings / seconds);
  const result = {
    findings: stored.findings,
    firstLoad: { seconds: first.seconds.finding, findingsPerSecond: perSecond(first.seconds.finding) },
    unchangedLoad: { seconds: again.seconds.finding, findingsPerSecond: perSecond(again.seconds.finding) },
    copyIndexed: { seconds: copySeconds, findingsPerSecond: perSecond(copySeconds) },
    copyBare: { seconds: bareCopySeconds, findingsPerSecond: perSecond(bareCopySeconds) },
    firstLoadToCopyIndexed: Number((copySeconds / first.seconds.finding).toFixed(3)),
    firstLoadToUnchanged: Number((first.seconds.finding / again.seconds.finding).toFixed(2)),
    peakMegabytes: Math.max(first.peakMegabytes, again.peakMegabytes),
    bytesPerFinding: Math.round(stored.bytes / stored.findings),
    machine: {
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      postgres: stored.version,
    },
  };
  if (values.json) console.log(JSON.stringify(result));
  else {
    const line = (what: string, value: string): void => console.log(`  ${what.padEnd(46)} ${value}`);
    console.log(`${stored.findings.toLocaleString('en-US')} findings, one run of each:`);
    line(
      'sync, first load (export over HTTP to stored)',
      `${result.firstLoad.findingsPerSecond.toLocaleString('en-US')} a second`,
    );
    line(
      'sync, the same again unchanged',
      `${result.unchangedLoad.findingsPerSecond.toLocaleString('en-US')} a second`,
    );
    line(
      'baseline: COPY of the same rows, all indexes',
      `${result.copyIndexed.findingsPerSecond.toLocaleString('en-US')} a second`,
    );
    line(
      'baseline: COPY of the same rows, no index',
      `${result.copyBare.findingsPerSecond.toLocaleString('en-US')} a second`,
    );
    line('first load as a share of COPY with indexes', result.firstLoadToCopyIndexed.toFixed(2));
    line('peak memory of the sync process', `${result.peakMegabytes} MB (limit ${memoryLimitMegabytes})`);
    line(
      'storage for each finding, table and indexes',
      `${result.bytesPerFinding.toLocaleString('en-US')} bytes`,
    );
  }
  writeFileSync(
    join(import.meta.dirname, 'results', `load-${size}.json`),
    `${JSON.stringify(result, null, 2)}\n`,
  );
  if (stored.findings !== 2000 * size || result.peakMegabytes >= memoryLimitMegabytes) process.exitCode = 1;
} finally {
  tenable.stop();
  await server.close();
  await removeDataDirectory(dataDir);
  rmSync(work, { recursive: true, force: true });
}
