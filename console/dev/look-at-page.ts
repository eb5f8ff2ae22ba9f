/** One page in one appearance: what is wrong with it by axe and by what the browser reports, and its picture. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { watchPage } from '../../test/support/chromium.ts';
import type { FoundIds } from './found-ids.ts';
import type { Shot } from './shot-pages.ts';

export interface Appearance {
  readonly name: string;
  readonly scheme: 'light' | 'dark';
  readonly forcedColors?: boolean;
  readonly width: number;
  readonly height: number;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Of WCAG 2.2 AA. Asked by `evaluate`: a script tag would be stopped by our own policy. */
async function violations(page: Page): Promise<readonly Violation[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const axe = (
      globalThis as unknown as { axe: { run: (options: unknown) => Promise<{ violations: Violation[] }> } }
    ).axe; // put there a line before
    const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
    return (await axe.run({ runOnly: { type: 'tag', values: tags } })).violations;
  });
}

/**
 * What a mouse can press and a keyboard cannot reach. Within a list, a menu or a set of tabs the arrow keys go on from its one tab stop.
 */
const unreachable = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`(() => {
    const composite = '[role=grid],[role=menu],[role=listbox],[role=tablist],[role=radiogroup],[role=combobox],.mantine-Spotlight-content';
    const pressable = 'a[href],button,input,select,textarea,summary,[role=button],[role=checkbox],[role=link]';
    const isHidden = (element) =>
      element.getClientRects().length === 0 || element.closest('[aria-hidden=true],[inert]') !== null;
    return [...document.querySelectorAll(pressable)]
      .filter((element) => element.tabIndex < 0 && !isHidden(element) && element.closest(composite) === null)
      .map((element) => element.outerHTML.slice(0, 120));
  })()`);

/** Signs in as a role of the demo. */
export const enter = (page: Page, address: string, role: string) =>
  page.context().request.post(`${address}/api/v1/session/demo`, {
    data: { role },
    headers: { 'X-Tieline': '1', 'Sec-Fetch-Site': 'same-origin' },
  });

/** @param picture path of the PNG; undefined: none is taken. @returns what is wrong, each with the page's name. */
export async function lookAtPage(
  browser: Browser,
  { address, ids }: { readonly address: string; readonly ids: FoundIds },
  shot: Shot,
  appearance: Appearance,
  picture?: string,
): Promise<string[]> {
  const faults: string[] = [];
  const { scheme, forcedColors, width, height } = appearance;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    forcedColors: forcedColors ? 'active' : 'none',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  watchPage(page, faults);
  try {
    if (shot.role !== null) await enter(page, address, shot.role ?? 'issm');
    await page.goto(address + shot.path(ids));
    await page.waitForSelector(shot.ready ?? 'main h1');
    await shot.act?.(page);
    await page.getByText('Loading…').first().waitFor({ state: 'hidden' });
    await page.waitForTimeout(200); // what opens has opened
    if (picture !== undefined) await page.screenshot({ path: picture });
    for (const element of await unreachable(page)) faults.push(`no key reaches ${element}`);
    for (const { id, nodes } of await violations(page))
      faults.push(
        `axe ${id}: ${nodes
          .slice(0, 3)
          .map((node) => `${node.html.slice(0, 160)} | ${node.failureSummary.slice(0, 200)}`)
          .join('\n    ')}`,
      );
  } catch (error) {
    faults.push(String(error));
    if (picture !== undefined) await page.screenshot({ path: picture }).catch(() => undefined);
  } finally {
    await context.close();
  }
  return faults.map((fault) => `${shot.name} ${appearance.name}: ${fault}`);
}
