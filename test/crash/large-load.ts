/**
 * A first load from a Tenable, killed with SIGKILL at any time, again and again, and gone on with: it ends as one that nobody
 * disturbed. So does a .nessus file. Over processes of the product, as an operator starts them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { withDatabase } from '../support/database-url.ts';

const main = join(import.meta.dirname, '../../src/main/main.ts');

export interface LoadUnderKills {
  /** A PostgreSQL in which databases may be made. */
  readonly serverUrl: string;
  readonly simulatorUrl: string;
  readonly assetsInChunk: number;
  readonly keys: { readonly access: string; readonly secret: string };
  /** A scan file to import afterwards, killed likewise. */
  readonly scanFile?: string;
  readonly kills: number;
  readonly random: () => number;
  readonly say: (line: string) => void;
}

/** What is stored, without what depends on when and in which order it was; sums of hashes, since a million rows are not fetched. */
const contents: Readonly<Record<string, string>> = {
  assets: `select asset_uuid, hostname, last_seen, tenable_asset_uuid from ingestion_assets`,
  sources: `select s.system_name, x.external_id, x.asset_uuid, x.record from asset_sources x join external_systems s on s.id = x.external_system_id`,
  findings: `select finding_key, asset_ref, plugin_id, port, protocol, state, lifecycle_state, severity, severity_modification, first_found, last_found, last_fixed,
                    resurfaced_at, seen_at, tenable_vuln_id, raw_data, vulnerability_name, description, report_digest is null as undigested from ingestion_vulnerabilities`,
  cves: `select v.finding_key, c.cve_id from ingestion_vulnerability_cves c join ingestion_vulnerabilities v on v.id = c.vulnerability_id`,
  plugins: `select plugin_id, name, cves, raw_json from scan_plugins`,
  changes: `select v.finding_key, c.state, c.occurred_at from finding_state_changes c join ingestion_vulnerabilities v on v.id = c.vulnerability_id`,
  exposure: `select asset_uuid, open_info, open_low, open_medium, open_high, open_critical, accepted, severe_since from asset_exposure`,
  files: `select sha256, hosts, findings, is_partial from imported_files`,
  unfinished: `select entity_type from sync_reads where position is not null`,
};

export type LoadedState = Readonly<Record<string, { readonly rows: number; readonly hash: string }>>;

async function loadedState(databaseUrl: string): Promise<LoadedState> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const state: Record<string, { rows: number; hash: string }> = {};
    for (const [name, query] of Object.entries(contents)) {
      const { rows } = await client.query<{ rows: number; hash: string }>(
        `select count(*)::int as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as hash from (${query}) t`,
      );
      if (rows[0]) state[name] = rows[0];
    }
    return state;
  } finally {
    await client.end();
  }
}

interface Workplace {
  readonly databaseUrl: string;
  readonly env: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}

async function openWorkplace(
  { serverUrl, simulatorUrl, keys, assetsInChunk }: LoadUnderKills,
  name: string,
): Promise<Workplace> {
  const onServer = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await onServer(`create database ${name}`);
  const databaseUrl = withDatabase(serverUrl, name);
  const env = {
    DATABASE_URL: databaseUrl,
    TIELINE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    TENABLE_ACCESS_KEY: keys.access,
    TENABLE_SECRET_KEY: keys.secret,
  };
  const settings = [
    'requests_per_second=1000',
    'poll_interval_seconds=0.2',
    `num_assets_per_chunk=${assetsInChunk}`,
  ];
  await runTieline(
    env,
    ['systems', 'add', 'tenable', '--name', 'tenable', '--url', simulatorUrl].concat(
      settings.flatMap((setting) => ['--set', setting]),
    ),
  );
  return { databaseUrl, env, drop: () => onServer(`drop database ${name} with (force)`) };
}

/** @returns the seconds it took, or undefined if it was killed. @throws Error with its complaint when it fails. */
async function runTieline(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  killAfterSeconds?: number,
): Promise<number | undefined> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--max-semi-space-size=16', main, ...args, '--json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, npm_lifecycle_event: '', ...env },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const over = new AbortController();
  if (killAfterSeconds !== undefined)
    void delay(killAfterSeconds * 1000, undefined, { signal: over.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
  const [code] = (await once(child, 'exit')) as [number | null]; // the event's arguments
  over.abort();
  if (code === null) return undefined;
  if (code !== 0) throw new Error(`tieline ${args.join(' ')} ended with ${code}: ${complaint}`);
  return (performance.now() - started) / 1000;
}

/** Kills the command at a random time of its usual length, some times, and then lets it get through. */
async function runUnderKills(
  task: LoadUnderKills,
  env: Workplace['env'],
  args: readonly string[],
  usualSeconds: number,
): Promise<void> {
  let killed = 0;
  while (killed < task.kills) {
    const after = (0.1 + 0.9 * task.random()) * usualSeconds;
    const took = await runTieline(env, args, after);
    if (took !== undefined) {
      task.say(`  got through in ${took.toFixed(1)} s after ${killed} kills`);
      return;
    }
    killed += 1;
    task.say(`  killed after ${after.toFixed(1)} s`);
  }
  const took = (await runTieline(env, args)) ?? 0;
  task.say(`  got through in ${took.toFixed(1)} s after ${killed} kills`);
}

/** Loads once undisturbed and once under kills. @returns both end states. */
export async function loadUnderKills(
  task: LoadUnderKills,
): Promise<{ readonly undisturbed: LoadedState; readonly killed: LoadedState }> {
  const sync = ['sync', 'run', '--system', 'tenable', '--entity', 'asset', '--entity', 'finding'];
  const take = ['import', task.scanFile ?? '', '--system', 'files'];
  const suffix = Math.floor(task.random() * 1e9).toString(36);
  const calm = await openWorkplace(task, `tieline_load_calm_${suffix}`);
  const rough = await openWorkplace(task, `tieline_load_rough_${suffix}`);
  try {
    const syncSeconds = (await runTieline(calm.env, sync)) ?? 0;
    task.say(`undisturbed: ${syncSeconds.toFixed(1)} s`);
    await runUnderKills(task, rough.env, sync, syncSeconds);
    if (task.scanFile !== undefined) {
      const fileSeconds = (await runTieline(calm.env, take)) ?? 0;
      task.say(`the file undisturbed: ${fileSeconds.toFixed(1)} s`);
      await runUnderKills(task, rough.env, take, fileSeconds);
    }
    return { undisturbed: await loadedState(calm.databaseUrl), killed: await loadedState(rough.databaseUrl) };
  } finally {
    await calm.drop();
    await rough.drop();
  }
}
