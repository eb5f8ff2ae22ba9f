/**
 * `npm run soak -- --minutes 60 [--seed 1]`: generated histories over the whole engine until the time is over. Ends with 1 at the
 * first that breaks a promise, with its seed and the shrunk history.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/store/database.ts';
import { openTestServer } from '../support/embedded-server.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { withDatabase } from '../support/database-url.ts';
import { checkHistories } from './check-histories.ts';
import { historiesInBatch } from './history.ts';
import { startHistoryWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    /** Only the first batches of this seed, to play a failure again. */
    batches: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes must be a number above 0');

const home = await mkdtemp(join(tmpdir(), 'tieline-soak-'));
await chmod(home, 0o711);
const server = await openTestServer(join(home, 'data'));
const template = 'tieline_soak_template';
const started = performance.now();
const elapsed = (): number => (performance.now() - started) / 60_000;
let histories = 0;
let story: string | undefined;
try {
  const admin = await openDatabase(server.url, { maxConnections: 1 });
  await admin.pool.query(`create database ${template}`);
  await admin.close();
  const url = server.url.reveal();
  const fresh = await openDatabase(withDatabase(url, template), { maxConnections: 1 });
  await migrate(fresh.pool, { folder: fileURLToPath(new URL('../../migrations', import.meta.url)) });
  await fresh.close();
  const world = await startHistoryWorld(url, template, historiesInBatch);
  try {
    for (let seed = Number(values.seed); elapsed() < minutes && story === undefined; seed += 1) {
      const found = await checkHistories(world, {
        seed,
        batches: Number(values.batches ?? 50),
        enough: () => elapsed() >= minutes,
      });
      histories += found.histories;
      story = found.story;
      console.log(
        `seed ${seed}: ${found.histories} histories, ${histories} in all, ${(histories / elapsed() / 60).toFixed(1)} a second`,
      );
      if (values.batches !== undefined) break;
    }
  } finally {
    await world.stop();
  }
} finally {
  await server.close();
  await rm(home, { recursive: true, force: true });
}
if (story !== undefined) console.error(`\n${story}`);
console.log(
  JSON.stringify({ histories, minutes: Number(elapsed().toFixed(1)), failed: story !== undefined }),
);
process.exit(story === undefined ? 0 : 1);
