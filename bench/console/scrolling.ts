/** How a list of 5,000 loaded rows scrolls. */
import type { Page } from 'playwright-core';
import { type SharedTimes, sharedTimes, until } from './window.ts';

const rowsWanted = 5000;

/** Runs in the page: scrolls 400 px a frame, and tells how long each took. */
const scrollThrough = `(async () => {
  const grid = document.querySelector('[role="grid"]');
  const times = [];
  let before = performance.now();
  for (let at = 0; at < 300; at += 1) {
    grid.scrollTo(0, at * 400);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    times.push(performance.now() - before);
    before = performance.now();
  }
  return times.slice(5);
})()`;

const heightOfRows = `document.querySelector('[role="grid"] [role="rowgroup"]').clientHeight`;
const heightOfRow = `document.querySelector('[role="row"][data-index]').getBoundingClientRect().height`;

/** Scrolls to the end again and again, as a person must, until all rows are loaded that a list keeps. */
async function loadRows(page: Page): Promise<void> {
  await page.goto('/findings');
  await page.waitForSelector('[role="row"][data-index="5"]');
  const wanted = rowsWanted * (await page.evaluate<number>(heightOfRow));
  for (let height = 0; height < wanted;) {
    await page.evaluate(`document.querySelector('[role="grid"]').scrollTo(0, 1e9)`);
    await until(page, `${heightOfRows} > ${height}`);
    height = await page.evaluate<number>(heightOfRows);
  }
}

/** @returns frames, and `cpuMs`: of the page's main thread for each, which other programs on the machine do not change. */
export async function measureScrolling(
  page: Page,
): Promise<SharedTimes & { readonly rows: number; readonly cpuMs: number }> {
  await loadRows(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpu = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  const before = await cpu();
  const frames = await page.evaluate<number[]>(scrollThrough);
  const cpuMs = ((await cpu()) - before) / frames.length;
  return { ...sharedTimes(frames), rows: rowsWanted, cpuMs: Number(cpuMs.toFixed(1)) };
}
