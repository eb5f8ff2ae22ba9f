/** Windows of a person who has signed in, and times as they are reported. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Person } from '../api/people.ts';

/** A window with a cache of its own, 1280 by 800, in which motion is not reduced: what people wait for is measured. */
export async function openAs(
  browser: Browser,
  address: string,
  { headers }: Person,
): Promise<{ readonly page: Page; readonly context: BrowserContext }> {
  const context = await browser.newContext({ baseURL: address, viewport: { width: 1280, height: 800 } });
  const [name = '', value = ''] = (headers['cookie'] ?? '').split('=', 2);
  await context.addCookies([{ name, value, url: address }]);
  context.setDefaultTimeout(30_000);
  return { context, page: await context.newPage() };
}

/** Asks until it holds; `waitForFunction` would need what our content security policy forbids. @param expression in the words of the page. */
export async function until(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) await delay(20);
}

/** Milliseconds. */
export interface SharedTimes {
  readonly times: number;
  readonly median: number;
  readonly p95: number;
  readonly worst: number;
}

export function sharedTimes(taken: readonly number[]): SharedTimes {
  const sorted = taken.toSorted((one, other) => one - other);
  const at = (part: number): number =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1));
  return { times: taken.length, median: at(0.5), p95: at(0.95), worst: at(1) };
}
