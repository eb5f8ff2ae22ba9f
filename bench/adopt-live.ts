/**
 * `npm run bench:adopt`: the database commands on the database of an application that goes on working. It fails if any
 * statement of that application took longer than a second while they ran, or failed. How to read it: bench/README.md.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { tieline } from '../test/support/command.ts';
import type { OwnerFacts } from './adopt-live-owner.ts';
import { measure, megabytes, type PhaseFacts } from './adopt-live-measure.ts';
import { makeOwnersDatabase, rowCounts } from './adopt-live-rows.ts';

interface Step {
  readonly phase: string;
  readonly args: readonly string[];
  /** The exit codes with which it has done its work. */
  readonly wellCodes: readonly number[];
}

/** What is measured after the baseline, in this order. */
const steps: readonly Step[] = [
  { phase: 'check', args: ['db', 'check', '--json'], wellCodes: [0] },
  { phase: 'migrate', args: ['db', 'migrate', '--json'], wellCodes: [0] },
  // 3: some rows hold what cannot be read, as some of ours do.
  { phase: 'backfill', args: ['db', 'backfill', '--json'], wellCodes: [0, 3] },
];
const longestAllowedMs = 1000;
const warmUpMs = 3000;
const baselineMs = 10_000;
const reportBeginsMs = 500; // the owner's report holds its locks by then, and for three seconds

const { values } = parseArgs({
  options: {
    findings: { type: 'string', default: '2000000' },
    'database-url': { type: 'string' },
    only: { type: 'string' },
  },
});
const findings = Number(values.findings);
const chosen = steps.filter((step) => values.only === undefined || values.only === step.phase);
const work = mkdtempSync(join(tmpdir(), 'tieline-adopt-'));
chmodSync(work, 0o711); // the account that runs PostgreSQL for root passes through it

interface Owner {
  enter(phase: string): void;
  /** Lets every statement that runs come to its end. */
  stop(): Promise<OwnerFacts>;
  kill(): void;
}

async function startOwner(url: string): Promise<Owner> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'adopt-live-owner.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OWNER: JSON.stringify({ url, findings }) },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== 'ready') throw new Error("the owner's application did not start");
  return {
    enter: (phase) => child.stdin.write(`phase ${phase}\n`),
    stop: async () => {
      child.stdin.end('stop\n');
      return JSON.parse((await lines.next()).value ?? '') as OwnerFacts;
    },
    kill: () => void child.kill(),
  };
}

function printPhases(phases: readonly PhaseFacts[], owner: OwnerFacts): void {
  const all = (phase: string) => owner.latencies.find((one) => one.phase === phase && one.kind === 'all');
  const row = (cells: readonly unknown[]): void =>
    console.log(
      cells.map((cell, at) => (at === 0 ? String(cell).padEnd(18) : String(cell).padStart(15))).join(''),
    );
  row([
    'phase',
    'seconds',
    'WAL MB',
    'peak WAL MB/s',
    'peak pg_wal MB',
    'owner did',
    '99.9% ms',
    'of baseline',
    'longest ms',
  ]);
  const usual = all('baseline')?.p999Ms ?? 0;
  for (const facts of phases) {
    const latency = all(facts.phase);
    row([
      facts.phase,
      facts.seconds,
      facts.walMegabytes,
      facts.peakWalMegabytesPerSecond,
      facts.peakWalDirectoryMegabytes,
      latency?.count ?? '-',
      latency?.p999Ms ?? '-',
      latency === undefined || usual === 0 ? '-' : `${(latency.p999Ms / usual).toFixed(1)}x`,
      latency?.longestMs ?? '-',
    ]);
  }
  console.log("\nthe owner's statements: longest in ms");
  row(['', ...phases.map((facts) => facts.phase)]);
  for (const kind of new Set(owner.latencies.map((one) => one.kind)))
    row([
      kind,
      ...phases.map(
        ({ phase }) =>
          owner.latencies.find((one) => one.phase === phase && one.kind === kind)?.longestMs ?? '-',
      ),
    ]);
  for (const { phase, longestLockWait: wait } of phases)
    if (wait)
      console.log(
        `\nin ${phase}, ${wait.waiting} was seen to wait ${wait.ms} ms behind ${wait.behind.replaceAll(/\s+/g, ' ')}`,
      );
}

interface Facts {
  readonly version: string;
  readonly bytes: number;
}

async function fetchFacts(client: pg.Client): Promise<Facts> {
  const { rows } = await client.query<Facts>(
    `select current_setting('server_version') as version, pg_database_size(current_database())::float8 as bytes`,
  );
  return rows[0] ?? { version: '', bytes: 0 };
}

/** Runs a command of ours; prints what it said if it did not do its work. */
async function runStep(step: Step, url: string): Promise<number> {
  const outcome = await tieline(step.args, {
    DATABASE_URL: url,
    TIELINE_DATA_DIR: join(work, 'tieline'),
  });
  if (!step.wellCodes.includes(outcome.code ?? 1))
    console.log(`${outcome.out.slice(-2000)}${outcome.err.slice(-2000)}`);
  return outcome.code ?? 1;
}

/** The baseline and each step, up to the first that fails. */
async function measureSteps(
  client: pg.Client,
  url: string,
  ownerAtWork: Owner,
): Promise<{ phases: PhaseFacts[]; wentWell: boolean }> {
  ownerAtWork.enter('baseline');
  const phases = [await measure(client, 'baseline', () => sleep(baselineMs, 0))];
  for (const step of chosen) {
    console.log(`tieline ${step.args.join(' ')}`);
    ownerAtWork.enter(step.phase);
    await sleep(reportBeginsMs);
    const facts = await measure(client, step.phase, () => runStep(step, url));
    phases.push(facts);
    if (!step.wellCodes.includes(facts.exitCode)) return { phases, wentWell: false };
  }
  return { phases, wentWell: true };
}

async function bench(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'adopt-live' });
  client.on('error', () => undefined); // the query that runs reports it
  await client.connect();
  console.log("making the owner's database");
  await makeOwnersDatabase(client, rowCounts(findings), (line) => console.log(`  ${line}`));
  const before = await fetchFacts(client);
  owner = await startOwner(url);
  await sleep(warmUpMs);
  const { phases, wentWell } = await measureSteps(client, url, owner);
  const facts = await owner.stop();
  const after = await fetchFacts(client);
  await client.end();
  const isGood = conclude({ before, after, phases, owner: facts });
  if (!isGood || !wentWell) process.exitCode = 1;
}

/** Prints and keeps the result. @returns whether nothing of the owner's failed or took too long. */
function conclude(seen: {
  readonly before: Facts;
  readonly after: Facts;
  readonly phases: readonly PhaseFacts[];
  readonly owner: OwnerFacts;
}): boolean {
  const { phases } = seen;
  const result = {
    findings,
    databaseMegabytes: { before: megabytes(seen.before.bytes), after: megabytes(seen.after.bytes) },
    phases,
    ownersStatements: seen.owner.latencies.filter((one) => phases.some(({ phase }) => phase === one.phase)),
    ownersFailures: seen.owner.failures.slice(0, 20),
    machine: {
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      postgres: seen.before.version,
    },
  };
  printPhases(phases, seen.owner);
  console.log(
    `\ndatabase: ${result.databaseMegabytes.before} MB before, ${result.databaseMegabytes.after} MB after`,
  );
  for (const { phase, kind, message } of result.ownersFailures)
    console.log(`FAILED in ${phase}, ${kind}: ${message}`);
  const slow = result.ownersStatements.filter(
    (one) => one.phase !== 'baseline' && one.kind !== 'all' && one.longestMs > longestAllowedMs,
  );
  for (const one of slow) console.log(`TOO LONG in ${one.phase}, ${one.kind}: ${one.longestMs} ms`);
  if (values.only === undefined)
    writeFileSync(
      join(import.meta.dirname, 'results', `adopt-live-${findings}.json`),
      `${JSON.stringify(result, null, 2)}\n`,
    );
  return slow.length === 0 && seen.owner.failures.length === 0;
}

let owner: Owner | undefined;
const dataDir = join(work, 'data');
const given = values['database-url'];
const server = given === undefined ? await openEmbeddedServer({ dataDir }) : undefined;
let cleaning: Promise<void> | undefined;
const cleanUp = async (): Promise<void> => {
  owner?.kill();
  await server?.close();
  await removeDataDirectory(dataDir);
  rmSync(work, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    cleaning ??= cleanUp();
    void cleaning.finally(() => process.exit(1));
  });
try {
  await bench(server?.url.reveal() ?? given ?? '');
} catch (error) {
  // Whoever broke it off knows why its connections ended.
  if (cleaning === undefined) throw error;
} finally {
  cleaning ??= cleanUp();
  await cleaning;
}
