/**
 * `node bin/run.js bench/privacy-search.ts`: a privacy search through the whole world of api-world.ts (1,000,000 findings, 20,000 assets, 20,000
 * POA&Ms), beside one sequential pass of PostgreSQL over the texts of its findings in the same run. Prints seconds, CPU of PostgreSQL, which
 * neighbours disturb less, and the ratio of CPU by row: what it costs to be resumable and to look for a person. `--findings N` for a smaller
 * world, `--directory D` to keep it for the next time. Exits with 1 where a million findings would take ten minutes or more by the lower of the two.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import {
  acknowledgePrivacyRequest,
  findPrivacySearch,
  identifySubject,
  receivePrivacyRequest,
  runPrivacySearch,
  startPrivacySearch,
} from '../src/modules/privacy/index.ts';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { sizeOf } from './api/draw.ts';
import { type ApiWorld, openApiWorld } from './api-world.ts';

const { values } = parseArgs({
  options: { findings: { type: 'string', default: '1000000' }, directory: { type: 'string' } },
});
const findings = Number(values.findings);
/** For a million. */
const aimSeconds = 600;
const by = { name: 'bench' };

interface Cost {
  readonly seconds: number;
  /** Of the processes that serve the bench. Needs Linux. */
  readonly cpuSeconds: number;
}

async function cpuSeconds({ database: { pool } }: ApiWorld): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'tieline bench'`,
  );
  return rows
    .map(({ pid }) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    })
    .reduce((sum, each) => sum + each, 0);
}

async function measured<T>(world: ApiWorld, work: () => Promise<T>): Promise<Cost & { readonly result: T }> {
  const before = await cpuSeconds(world);
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  return { result, seconds, cpuSeconds: (await cpuSeconds(world)) - before };
}

/** One look through all that a finding holds in words, as the database does it by itself: one core, one term, one statement. */
const plainPass = (world: ApiWorld): Promise<Cost> =>
  measured(world, () =>
    world.database.store.transaction(async ({ db }) => {
      await sql`set local max_parallel_workers_per_gather = 0`.execute(db);
      await sql`select count(*) from ingestion_vulnerabilities v where lower(v::text) like '%issuer 17%'`.execute(
        db,
      );
    }),
  );

async function searched(world: ApiWorld): Promise<{ readonly read: number; readonly found: number }> {
  const { db, store } = world.database;
  const app = { db, store, now: () => new Date() };
  const { id } = await receivePrivacyRequest(app, { type: 'access', subjectId: 'ISSO 17' }, by);
  await acknowledgePrivacyRequest(app, id, { by });
  await identifySubject(app, id, { how: 'smart_card', consent: 'the_person', by });
  const { searchId } = await startPrivacySearch(app, id, { terms: [], by });
  const watch = { signal: new AbortController().signal, note: () => undefined };
  const outcome = await runPrivacySearch(app, searchId, watch);
  const tables = (await findPrivacySearch(app, id))?.tables ?? [];
  const unread = tables.filter((table) => !table.isDone && table.notSearchedBecause === null);
  if (tables.length === 0 || unread.length > 0)
    throw new Error(`not searched, and nobody says why: ${unread.map(({ table }) => table).join(', ')}`);
  return outcome;
}

const directory = values.directory ?? (await mkdtemp(join(tmpdir(), 'tieline-bench-')));
try {
  await using world = await openApiWorld(join(directory, 'data'), sizeOf(findings));
  // The first of two warms the cache for both kinds.
  await plainPass(world);
  const plain = await plainPass(world);
  const search = await measured(world, () => searched(world));
  const { read, found } = search.result;
  const byRow = search.cpuSeconds / read / (plain.cpuSeconds / findings);
  const costOf = ({ seconds, cpuSeconds: cpu }: Cost): string =>
    `${seconds.toFixed(1).padStart(7)} s, CPU ${cpu.toFixed(1).padStart(6)} s`;
  console.log(`plain pass over ${findings} findings: ${costOf(plain)}`);
  console.log(`search of the whole database: ${costOf(search)}, ${read} rows read, ${found} found`);
  console.log(`search to plain pass, CPU by row: ${byRow.toFixed(2)}`);
  const ofMillion = (seconds: number): number => (seconds * 1_000_000) / findings;
  const isMissed = ofMillion(Math.min(search.seconds, search.cpuSeconds)) >= aimSeconds;
  console.log(
    `a million findings at that rate: ${ofMillion(search.seconds).toFixed(0)} s, CPU ${ofMillion(search.cpuSeconds).toFixed(0)} s${isMissed ? '  MISSES its aim of' : ', aim'} ${aimSeconds} s`,
  );
  process.exitCode = isMissed ? 1 : 0;
} finally {
  if (values.directory === undefined) {
    await removeDataDirectory(join(directory, 'data'));
    await rm(directory, { recursive: true, force: true });
  }
}
