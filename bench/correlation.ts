/**
 * `npm run bench -- correlation`: which asset is which component, against the ground truth that both simulators are made from and never
 * serve. Then addresses move between machines (DHCP) and everything is read again. How to read it: bench/README.md. It fails if one
 * automatic match is wrong, or if fewer than 95 percent of the right ones are made.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addSystem } from '../src/engine/connections/systems.ts';
import { startSimulator } from '../src/main/simulator-process.ts';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations/migrate.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { Secret } from '../src/platform/values/secret.ts';
import { syncSystems } from '../src/runs/sync/sync-systems.ts';
import { generateWorld } from '../simulators/world/generate.ts';
import type { World } from '../simulators/world/world.ts';
import { composeApp, type TestApp } from '../test/support/compose-app.ts';

const { values } = parseArgs({
  options: {
    /** Worlds, each of another seed. */
    seeds: { type: 'string', default: '3' },
    /** Blocks of 60 components and some 90 machines. */
    size: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const aims = { precision: 1, recall: 0.95 };
const now = '2026-11-01T12:00:00.000Z';

interface Truth {
  /** By component the machine that it is, of machines that one system lists. */
  readonly once: ReadonlyMap<string, string>;
  /** Machines that two systems list: nothing says which of them has it, so a person is to be asked. */
  readonly twice: ReadonlySet<string>;
}

function truthOf({ components }: World): Truth {
  const byHost = Map.groupBy(
    components.filter(({ hostUuid }) => hostUuid !== undefined),
    ({ hostUuid }) => hostUuid ?? '',
  );
  return {
    once: new Map(
      [...byHost].flatMap(([host, [only, ...more]]) => (only && more.length === 0 ? [[only.id, host]] : [])),
    ),
    twice: new Set([...byHost].filter(([, list]) => list.length > 1).map(([host]) => host)),
  };
}

interface Score {
  readonly phase: string;
  readonly right: number;
  readonly wrong: number;
  /** Right ones that were not made. */
  readonly missed: number;
  /** Of machines that two systems list: those that a person is asked about, and those of which one was guessed. */
  readonly asked: number;
  readonly guessed: number;
}

async function score(app: TestApp, { once, twice }: Truth, phase: string): Promise<Score> {
  const { rows } = await app.pool.query<{ host: string; component: string }>(
    `select a.tenable_asset_uuid::text as host, c.component_id as component
       from asset_correlations k join ingestion_assets a using (asset_uuid) join system_components c on c.id = k.component_id
      where k.decision = 'linked' and k.decided_by_kind = 'rule'`,
  );
  const { rows: reviews } = await app.pool.query<{ host: string }>(
    `select a.tenable_asset_uuid::text as host from match_reviews r join ingestion_assets a using (asset_uuid) where r.settled_at is null and r.kind = 'component'`,
  );
  const decided = rows.filter(({ host }) => !twice.has(host));
  const right = decided.filter(({ host, component }) => once.get(component) === host).length;
  const askedAbout = new Set(reviews.map(({ host }) => host));
  return {
    phase,
    right,
    wrong: decided.length - right,
    missed: once.size - right,
    asked: [...twice].filter((host) => askedAbout.has(host)).length,
    guessed: rows.length - decided.length,
  };
}

/** Every tenth machine gets the address of the one after it: what networks with DHCP look like the next day. */
async function moveAddresses(url: string, { hosts }: World): Promise<void> {
  const moving = hosts.filter((_, index) => index % 10 === 0);
  for (const [at, { tenableUuid }] of moving.entries()) {
    const next = moving[(at + 1) % moving.length];
    const answer = await fetch(`${url}/__control/edit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ asset: tenableUuid, fields: { ipv4s: [next?.ipv4] } }),
    });
    if (!answer.ok) throw new Error(`an address did not move: ${await answer.text()}`);
  }
}

async function measure(seed: number): Promise<Score[]> {
  const size = Number(values.size);
  const world = generateWorld({ seed, size, now: new Date(now) });
  const work = mkdtempSync(join(tmpdir(), 'tieline-bench-correlation-'));
  const dataDir = join(work, 'data');
  const secret = (): Secret => new Secret(randomBytes(16).toString('hex'));
  const keys = { access: secret(), secret: secret(), password: secret() };
  const args = ['--seed', String(seed), '--size', String(size), '--now', now];
  const server = await openEmbeddedServer({ dataDir });
  const [tenable, xacta] = await Promise.all([
    startSimulator('tenable', [...args, '--processing-ms', '30', '--queued-ms', '0'], {
      SIMULATOR_ACCESS_KEY: keys.access,
      SIMULATOR_SECRET_KEY: keys.secret,
    }),
    startSimulator('xacta', args, {
      SIMULATOR_USERNAME: new Secret('tieline'),
      SIMULATOR_PASSWORD: keys.password,
    }),
  ]);
  const database = await openDatabase(server.url);
  try {
    await migrate(database.pool, { folder: join(import.meta.dirname, '../migrations') });
    const app = composeApp(database, randomBytes(32).toString('base64'));
    const fast = { requests_per_second: 1000, concurrency: 8 };
    await addSystem(app, {
      type: 'tenable',
      name: 'tenable',
      url: tenable.url,
      settings: { ...fast, poll_interval_seconds: 0.02 },
      secrets: { access_key: keys.access, secret_key: keys.secret },
    });
    await addSystem(app, {
      type: 'xacta',
      name: 'xacta',
      url: xacta.url,
      settings: { ...fast, username: 'tieline' },
      secrets: { password: keys.password },
    });
    const read = () =>
      syncSystems(
        app,
        { systems: [], entities: ['system', 'component', 'asset'], full: true },
        { signal: new AbortController().signal, report: () => undefined },
      );
    const truth = truthOf(world);
    await read();
    const first = await score(app, truth, 'first read');
    await moveAddresses(tenable.url, world);
    await read();
    return [first, await score(app, truth, 'addresses moved')];
  } finally {
    await Promise.all([tenable.stop(), xacta.stop()]);
    await database.close();
    await server.close();
    await removeDataDirectory(dataDir);
    rmSync(work, { recursive: true, force: true });
  }
}

const scores: (Score & { readonly seed: number })[] = [];
for (let seed = 1; seed <= Number(values.seeds); seed += 1)
  scores.push(...(await measure(seed)).map((each) => ({ seed, ...each })));

const sum = (of: (each: Score) => number): number => scores.reduce((all, each) => all + of(each), 0);
const [right, wrong, missed] = [
  sum((each) => each.right),
  sum((each) => each.wrong),
  sum((each) => each.missed),
];
const precision = right / Math.max(1, right + wrong);
const recall = right / Math.max(1, right + missed);
if (values.json) console.log(JSON.stringify({ precision, recall, aims, scores }));
else {
  for (const each of scores)
    console.log(
      `seed ${each.seed}, ${each.phase.padEnd(16)} right ${each.right}, wrong ${each.wrong}, missed ${each.missed}; listed twice: asked ${each.asked}, guessed ${each.guessed}`,
    );
  console.log(
    `precision ${precision.toFixed(4)} (aim: ${aims.precision}), recall ${recall.toFixed(4)} (aim: ${aims.recall})`,
  );
}
if (precision < aims.precision || recall < aims.recall || sum((each) => each.guessed) > 0)
  process.exitCode = 1;
