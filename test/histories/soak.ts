/**
 * `npm run soak -- --minutes 60 [--seed 1] [--only fields|everyday|life]`: generated histories over the whole engine until the time is
 * over: of fields that both sides edit under faults (`history.ts`), of the daily life of two scanners and two GRC systems
 * (`everyday/events.ts`), and of POA&Ms from finding to closure under a clock that jumps (`life/events.ts`), by turns. Ends with 1 at the first that breaks a promise, with its seed and the shrunk history.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/platform/postgres/database.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';
import { withDatabase } from '../support/database-url.ts';
import { openTestServer } from '../support/embedded-server.ts';
import { checkHistories } from './check-histories.ts';
import { checkStories } from './everyday/check-stories.ts';
import { startEverydayWorld } from './everyday/world.ts';
import { checkLives, playLife } from './life/check-lives.ts';
import type { Life } from './life/events.ts';
import { startLifeWorld } from './life/world.ts';
import { historiesInBatch } from './history.ts';
import { startHistoryWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string' },
    /** A file with a life of POA&Ms, as a failure prints it: it alone is played. */
    replay: { type: 'string' },
    /** Only the first batches of this seed, to play a failure again. */
    batches: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes must be a number above 0');

const home = await mkdtemp(join(tmpdir(), 'tieline-soak-'));
await chmod(home, 0o711);
process.env['TMPDIR'] = home;
const server = await openTestServer(join(home, 'data'));
const url = server.url.reveal();
const template = 'tieline_soak_template';
const started = performance.now();
const elapsed = (): number => (performance.now() - started) / 60_000;
const enough = (): boolean => elapsed() >= minutes;
const played = { fields: 0, everyday: 0, life: 0 };
const asked = (kind: keyof typeof played): boolean =>
  values.replay === undefined ? values.only === undefined || values.only === kind : kind === 'life';
let story: string | undefined;
try {
  const admin = await openDatabase(url, { maxConnections: 4 });
  await admin.pool.query(`create database ${template}`);
  await admin.close();
  const fresh = await openDatabase(withDatabase(url, template), { maxConnections: 4 });
  await migrate(fresh.pool, { folder: fileURLToPath(new URL('../../migrations', import.meta.url)) });
  await fresh.close();
  const fields = asked('fields') ? await startHistoryWorld(url, template, historiesInBatch) : undefined;
  const everyday = asked('everyday') ? await startEverydayWorld(url, template) : undefined;
  const life = asked('life') ? await startLifeWorld(url, template) : undefined;
  try {
    if (life && values.replay !== undefined)
      await playLife(life, JSON.parse(await readFile(values.replay, 'utf8')) as Life); // as a failure printed it
    for (
      let seed = Number(values.seed);
      values.replay === undefined && !enough() && story === undefined;
      seed += 1
    ) {
      if (fields) {
        const found = await checkHistories(fields, { seed, batches: Number(values.batches ?? 20), enough });
        played.fields += found.histories;
        story = found.story;
      }
      if (everyday && story === undefined) {
        const found = await checkStories(everyday, { seed, runs: Number(values.batches ?? 20), enough });
        played.everyday += found.played;
        story = found.story;
      }
      if (life && story === undefined) {
        const found = await checkLives(life, {
          seed,
          runs: Number(values.batches ?? 20),
          enough,
          onFailure: console.error,
        });
        played.life += found.played;
        story = found.story;
      }
      console.log(
        `seed ${seed}: ${played.fields} histories of fields, ${played.everyday} of daily life, ${played.life} of POA&Ms, ${elapsed().toFixed(1)} minutes`,
      );
      if (values.batches !== undefined) break;
    }
  } finally {
    await fields?.stop();
    await everyday?.stop();
    await life?.stop();
  }
} finally {
  await server.close();
  await rm(home, { recursive: true, force: true });
}
if (story !== undefined) console.error(`\n${story}`);
console.log(
  JSON.stringify({ ...played, minutes: Number(elapsed().toFixed(1)), failed: story !== undefined }),
);
process.exit(story === undefined ? 0 : 1);
