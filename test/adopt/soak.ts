/**
 * `npm run soak:adopt [-- --count 200 --from 1 --server URL]`: awkward databases at random, each moved into, filled,
 * killed on the way and checked. Ends with 1 at the first that does not hold, naming its seed.
 */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openTestServer } from '../support/embedded-server.ts';
import { startDebianServer } from '../support/debian-server.ts';
import { adoptOne, type AdoptionOutcome } from './adopt-one.ts';
import { randomOf } from './traits.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    /** The most findings of a database; most have far fewer. */
    largest: { type: 'string', default: '1000000' },
    /** `embedded`, `debian`, or a URL. */
    server: { type: 'string', default: 'embedded' },
    out: { type: 'string' },
  },
});

async function startServer(): Promise<{ url: string; close(): Promise<void> }> {
  if (values.server === 'debian') {
    const debian = await startDebianServer();
    if (!debian) throw new Error('PostgreSQL of Debian is not installed (apt-get install -y postgresql)');
    return debian;
  }
  if (values.server !== 'embedded') return { url: values.server, close: () => Promise.resolve() };
  const home = await mkdtemp(join(tmpdir(), 'tieline-soak-'));
  await chmod(home, 0o711);
  const server = await openTestServer(join(home, 'data'));
  return {
    url: server.url.reveal(),
    async close() {
      await server.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** 1,000 rows at least; one in fifty the largest, the others spread over the powers of ten between. */
function sizeOf(seed: number): number {
  const draw = randomOf(seed + 77);
  const largest = Number(values.largest);
  if (seed % 50 === 0) return largest;
  return Math.round(Math.min(largest, 1000 * 10 ** (draw() ** 3 * 2)));
}

const outcomes: AdoptionOutcome[] = [];
const server = await startServer();
const started = performance.now();
let failed = false;
try {
  const from = Number(values.from);
  for (let seed = from; seed < from + Number(values.count); seed += 1) {
    const begun = performance.now();
    const outcome = await adoptOne({ serverUrl: server.url, seed, findings: sizeOf(seed), kills: true });
    outcomes.push(outcome);
    console.log(
      `seed ${seed}: ${outcome.findings} findings, ${outcome.result}${outcome.problems.length > 0 ? ` (${outcome.problems.join(', ')})` : ''}, ${outcome.filled} rows filled, ${outcome.refusedRows} not readable, ${outcome.kills} kills${outcome.removed ? ', taken out again' : ''}, ${((performance.now() - begun) / 1000).toFixed(1)} s`,
    );
  }
} catch (error) {
  failed = true;
  console.error(error instanceof Error ? error.message : error);
} finally {
  await server.close();
}
const total = {
  databases: outcomes.length,
  movedIn: outcomes.filter((each) => each.result === 'moved in').length,
  refused: outcomes.filter((each) => each.result === 'refused').length,
  kills: outcomes.reduce((sum, each) => sum + each.kills, 0),
  takenOutAgain: outcomes.filter((each) => each.removed).length,
  findings: outcomes.reduce((sum, each) => sum + each.findings, 0),
  seconds: Math.round((performance.now() - started) / 1000),
  failed,
};
console.log(JSON.stringify(total));
if (values.out !== undefined)
  await writeFile(values.out, `${JSON.stringify({ ...total, outcomes }, null, 1)}\n`);
process.exit(failed ? 1 : 0);
