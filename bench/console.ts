/**
 * `npm run bench:console`: the console in a real browser over the world of api-world.ts: the first page in a browser that has seen nothing of it,
 * what is fetched for it, presses of keys and mouse, scrolling. How to read it: bench/README.md. Times are never a pass or a fail.
 */
import { writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium } from '../test/support/chromium.ts';
import { fullSize, sizeOf } from './api/draw.ts';
import { signInPeople, signOutPeople } from './api/people.ts';
import { startServer } from './api/server.ts';
import { openApiWorld } from './api-world.ts';
import { entrySizes, firstPages, measureFirstPage } from './console/first-page.ts';
import { measureInteractions } from './console/interactions.ts';
import { measureScrolling } from './console/scrolling.ts';
import { openAs } from './console/window.ts';

const { values } = parseArgs({
  options: {
    findings: { type: 'string', default: String(fullSize.findings) },
    directory: { type: 'string' },
    times: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});
const findings = Number(values.findings);
const times = Number(values.times);
const directory = values.directory ?? join(tmpdir(), `tieline-bench-world-${findings}`);
const aims = {
  firstPage: 1500,
  scriptKilobytes: 180,
  styleKilobytes: 20,
  interaction: 100,
  frameMedian: 25,
  frameP95: 60,
};

async function measure() {
  await using world = await openApiWorld(directory, sizeOf(findings));
  await using server = await startServer(world.url);
  const people = await signInPeople(world.database, server.address);
  const [reader] = people;
  if (!reader) throw new Error('nobody signed in');
  await using browser = await launchChromium();
  const entryKilobytes = await entrySizes(server.address, reader);
  const pages = [];
  for (const first of firstPages)
    pages.push({
      page: first.name,
      ...(await measureFirstPage(browser, server.address, reader, first, times)),
    });
  const { page, context } = await openAs(browser, server.address, reader);
  const interactions = await measureInteractions(page, times);
  const scrolling = await measureScrolling(page);
  await context.close();
  await signOutPeople(server.address, people);
  return {
    findings,
    entryKilobytes,
    pages,
    interactions,
    scrolling,
    machine: {
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      cpu: cpus()[0]?.model ?? 'unknown',
      node: process.version,
      chromium: browser.version(),
    },
  };
}

const result = await measure();
const word = (met: boolean): string => (met ? 'met' : 'MISSED');
const line = (what: string, median: number, p95: number, aim: string, met: boolean): string =>
  `${what.padEnd(48)}${median.toFixed(1).padStart(9)}${p95.toFixed(1).padStart(9)}  ${aim.padEnd(10)} ${word(met)}`;
const { scrolling, entryKilobytes } = result;
const table = [
  `${'milliseconds'.padEnd(48)}   median      p95  aim`,
  ...result.pages.map(({ page, median, p95 }) =>
    line(`first page, cold: ${page}`, median, p95, '< 1500', p95 < aims.firstPage),
  ),
  ...result.interactions.map(({ name, median, p95 }) =>
    line(name, median, p95, '< 100', p95 < aims.interaction),
  ),
  line(
    `frame of a scroll through ${scrolling.rows} rows`,
    scrolling.median,
    scrolling.p95,
    '< 25, < 60',
    scrolling.median < aims.frameMedian && scrolling.p95 < aims.frameP95,
  ),
  `${'  CPU of the page for a frame'.padEnd(48)}${scrolling.cpuMs.toFixed(1).padStart(9)}`,
  '',
  `Entry, gzip: ${entryKilobytes.script} kB of script (aim < ${aims.scriptKilobytes}: ${word(entryKilobytes.script < aims.scriptKilobytes)}), ${entryKilobytes.style} kB of styles (aim < ${aims.styleKilobytes}: ${word(entryKilobytes.style < aims.styleKilobytes)})`,
];
console.log(values.json ? JSON.stringify(result) : table.join('\n'));
writeFileSync(
  join(import.meta.dirname, 'results', `console-${findings}.json`),
  `${JSON.stringify(result, null, 2)}\n`,
);
