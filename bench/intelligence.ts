/**
 * `npm run bench:intelligence`: EPSS of a day (300,000 scores), loaded first and then as the next day, in which the rank of every CVE and
 * a tenth of the scores moved; then the risk scores of all findings. In the world of api-world.ts.
 * `-- --findings N` for a smaller world, `-- --scores N` for fewer scores, `-- --directory D` to keep the world for the next time.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { assessRisks, openFeedFile } from '../src/modules/intelligence/index.ts';
import { loadFeedWithin } from '../src/modules/intelligence/load-feed.ts';
import { renewPluginIntelligence } from '../src/record/intelligence/index.ts';
import { sizeOf } from './api/draw.ts';
import { type ApiWorld, openApiWorld, worldNow } from './api-world.ts';

const { values } = parseArgs({
  options: {
    findings: { type: 'string', default: '1000000' },
    scores: { type: 'string', default: '300000' },
    directory: { type: 'string' },
  },
});
/** Seconds that the team set out for, on two cores. */
const aims = { epss: 10, scores: 60 };

/** A file of EPSS scores as FIRST publishes it. @param day number of the day: scores and ranks differ from one to the next. */
function epssOf(day: number): Buffer {
  const lines = [
    `#model_version:v2026.06.15,score_date:2026-11-${20 + day}T12:00:26Z`,
    'cve,epss,percentile',
  ];
  const all = Number(values.scores);
  for (let n = 0; n < all; n += 1) {
    // Every tenth score moves from day to day; the numbers of CVEs are those of the world's plugins, as far as there are so many.
    const moved = n % 10 === 0 ? day : 0;
    const score = (((n * 7919 + moved * 13) % 94_000) / 100_000).toFixed(5);
    const rank = (((n * 104_729 + day) % 100_000) / 100_000).toFixed(5);
    lines.push(`CVE-${2015 + (n % 12)}-${1000 + Math.floor(n / 12)},${score},${rank}`);
  }
  return gzipSync(`${lines.join('\n')}\n`);
}

async function timed<T>(name: string, aim: number | undefined, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const verdict = aim === undefined ? '' : seconds <= aim ? `  (aim: ${aim})` : `  MISSES its aim of ${aim}`;
  console.log(`${name.padEnd(60)} ${seconds.toFixed(1).padStart(7)} s${verdict}`);
  return result;
}

async function loadDays(world: ApiWorld, folder: string): Promise<void> {
  const { signal } = new AbortController();
  for (const day of [0, 1, 2]) {
    const path = join(folder, `epss-${day}.csv.gz`);
    await writeFile(path, epssOf(day));
    // Without the scores, which are measured by themselves.
    const outcome = await timed(
      day === 0 ? 'EPSS, first load' : 'EPSS, the next day',
      aims.epss,
      async () => {
        const file = await openFeedFile(path, signal);
        return world.database.store.transactionOnce(async (tx) => {
          const options = { by: 'bench', signal };
          const loaded = await loadFeedWithin(tx, { feed: 'epss', file, now: worldNow, options });
          return { ...loaded, plugins: await renewPluginIntelligence(tx) };
        });
      },
    );
    console.log(
      `  ${outcome.read} read, ${outcome.changed} changed, ${outcome.unchanged} unchanged, ${outcome.plugins} plugins renewed`,
    );
  }
}

async function scoreAll({ database: { store } }: ApiWorld): Promise<void> {
  for (const what of ['Scores of all findings', 'Scores of all findings, again']) {
    const outcome = await timed(what, aims.scores, () =>
      assessRisks({ store, now: () => worldNow }, 'command'),
    );
    console.log(
      `  ${outcome.findings} findings counted, ${outcome.assets} assets, ${outcome.changed} scores changed`,
    );
  }
}

const folder = await mkdtemp(join(tmpdir(), 'tieline-bench-'));
try {
  await using world = await openApiWorld(
    values.directory ?? join(folder, 'world'),
    sizeOf(Number(values.findings)),
  );
  await world.database.pool.query(
    'truncate intelligence_loads, cve_reports, cve_intelligence, cve_changes cascade',
  );
  await loadDays(world, folder);
  await scoreAll(world);
} finally {
  await rm(folder, { recursive: true, force: true });
}
