/** What a press of a key or the mouse takes until the page has answered it on the screen, as the browser's Event Timing reports it. */
import type { Page } from 'playwright-core';
import { type SharedTimes, sharedTimes } from './window.ts';

interface Interaction {
  readonly name: string;
  readonly act: (page: Page) => Promise<void>;
  /** Done after each time, unmeasured, so that the next one finds the page as this one did. */
  readonly undo?: (page: Page) => Promise<void>;
}

const key = (press: string) => (page: Page) => page.keyboard.press(press);
const row = (index: number) => `[role="row"][data-index="${index}"]`;
const openRecord = '[data-open="true"]';

const interactions: readonly Interaction[] = [
  { name: 'next row', act: key('j') },
  { name: 'select a row', act: key('x'), undo: key('x') },
  {
    name: 'open a row beside the list',
    act: (page) =>
      page
        .locator(`${row(3)} [data-column]`)
        .last()
        .click(),
    undo: async (page) => {
      await page.waitForSelector(openRecord);
      await page.goBack();
      await page.waitForSelector(openRecord, { state: 'detached' });
    },
  },
  {
    name: 'sort by a column',
    act: (page) => page.locator('[role="columnheader"] button').nth(1).click(),
    undo: (page) => page.waitForSelector('[role="grid"][aria-busy="false"]').then(() => undefined),
  },
  { name: 'add a filter', act: key('f'), undo: key('Escape') },
  {
    name: 'a letter in the search of a list',
    act: async (page) => {
      await page.locator('[data-list-search]').focus();
      await page.keyboard.press('o');
    },
    undo: (page) => page.keyboard.press('Backspace').then(() => page.locator(row(0)).focus()),
  },
  {
    name: 'open the palette',
    act: key('Control+k'),
    undo: async (page) => {
      await page.keyboard.press('Escape');
      await page.waitForSelector('.mantine-Spotlight-content', { state: 'detached' });
    },
  },
  {
    name: 'go to another page',
    act: (page) =>
      page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'POA&Ms' }).click(),
    undo: async (page) => {
      await page.waitForURL('**/poams*');
      await page.waitForSelector(row(0));
      await page.goBack();
      await page.waitForURL('**/findings*');
      await page.waitForSelector(row(5));
    },
  },
];

/** Entries shorter than 16 ms are not reported by the browser: what none was seen of counts as 16. */
const leastMs = 16;
const observe = `window.longest = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
}).observe({ type: 'event', durationThreshold: ${leastMs} });`;

/** @param times how often each is done after a first, unmeasured one that loads what it needs. */
export async function measureInteractions(
  page: Page,
  times: number,
): Promise<readonly (SharedTimes & { readonly name: string })[]> {
  await page.goto('/findings?state=open,reopened');
  await page.waitForSelector(row(5));
  await page.evaluate(observe);
  await page.locator(row(0)).focus();
  const measured: (SharedTimes & { readonly name: string })[] = [];
  for (const { name, act, undo } of interactions) {
    const taken: number[] = [];
    for (let at = 0; at <= times; at += 1) {
      await page.evaluate('window.longest = 0');
      await act(page);
      await page.waitForTimeout(400); // entries are reported some frames later
      const longest = await page.evaluate<number>('window.longest');
      if (at > 0) taken.push(Math.max(longest, leastMs));
      await undo?.(page);
      await page.waitForTimeout(100);
    }
    measured.push({ name, ...sharedTimes(taken) });
  }
  return measured;
}
