/** How fast a list of 5,000 loaded rows scrolls: `node console/dev/scroll.ts ADDRESS`. Prints the frame times of a scroll through all rows. */
import { chromium } from 'playwright-core';

const [address = 'http://127.0.0.1:7480'] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.request.post(`${address}/api/v1/session/demo`, { data: { role: 'issm' } });
await page.goto(`${address}/findings`);
await page.waitForSelector('[role="row"][data-index="5"]');
/** Runs in the page: scrolls 400 px a frame and tells how long each took. */
const scrollThrough = `(async () => {
  const grid = document.querySelector('[role="grid"]');
  const times = [];
  let before = performance.now();
  for (let at = 0; at < 150; at += 1) {
    grid.scrollTo(0, at * 400);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    times.push(performance.now() - before);
    before = performance.now();
  }
  return times.slice(5).sort((one, other) => one - other);
})()`;

// Loads page after page: to the end, as often as it takes.
for (let loaded = 0; loaded < 49; loaded += 1) {
  await page.evaluate(`document.querySelector('[role="grid"]').scrollTo(0, 1e9)`);
  await page.waitForTimeout(250);
}
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable', { timeDomain: 'threadTicks' });
/** CPU time of the page's main thread, in ms: what other programs do on the machine does not count. */
const cpuMs = async (): Promise<number> => {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
};
const cpuBefore = await cpuMs();
const frames = await page.evaluate<number[]>(scrollThrough);
const cpuEach = ((await cpuMs()) - cpuBefore) / 150;
const rows = await page.getAttribute('[role="grid"]', 'aria-rowcount');
const at = (part: number): string => (frames[Math.floor(frames.length * part)] ?? 0).toFixed(1);
console.log(
  `frames: median ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(0.999)} ms; CPU ${cpuEach.toFixed(1)} ms a frame; rows ${rows}`,
);
await browser.close();
