/** One page in one appearance: what is wrong with it by axe and by what the browser reports, and its picture. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { watchPage } from '../../test/support/chromium.ts';
import type { FoundIds } from './found-ids.ts';
import type { Shot } from './shot.ts';

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

const wcag = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] };
/** What another appearance of a page that is open can break: the rest is the same document. */
const ofColours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** Rows that have the colours of those above them: half of the time went into the contrast of a table's every cell. */
const repeatedRows = 'tbody tr:nth-child(n + 9)';

/** Of WCAG 2.2 AA. Asked by `evaluate`: a script tag would be stopped by our own policy. */
async function violations(page: Page, isNew: boolean): Promise<readonly Violation[]> {
  if (isNew) await page.evaluate(axeSource);
  const asked = {
    excluded: isNew ? [] : [repeatedRows],
    // Of what passes nothing is told: to say where each of it stands costs more than to test it.
    options: { runOnly: isNew ? wcag : ofColours, resultTypes: ['violations'], preload: false },
  };
  return page.evaluate(async ({ excluded, options }) => {
    const axe = (
      globalThis as unknown as {
        axe: { run: (where: unknown, options: unknown) => Promise<{ violations: Violation[] }> };
      }
    ).axe; // put there when the page was opened
    return (await axe.run({ include: ['html'], exclude: excluded }, options)).violations;
  }, asked);
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

const usualRole = 'issm';

/** Signs in as a role of the demo. */
export const enter = (page: Page, address: string, role: string) =>
  page.context().request.post(`${address}/api/v1/session/demo`, {
    data: { role },
    headers: { 'X-Tieline': '1', 'Sec-Fetch-Site': 'same-origin' },
  });

/** What is wrong with the page as it stands: all of it in the first appearance, in the others what colours break. */
async function faultsOfView(page: Page, isNew: boolean): Promise<string[]> {
  const faults = isNew ? (await unreachable(page)).map((element) => `no key reaches ${element}`) : [];
  for (const { id, nodes } of await violations(page, isNew)) {
    const shown = nodes
      .slice(0, 3)
      .map((node) => `${node.html.slice(0, 160)} | ${node.failureSummary.slice(0, 200)}`);
    faults.push(`axe ${id}: ${shown.join('\n    ')}`);
  }
  return faults;
}

/** Opens the page as the role of the shot, and does what the shot does there. */
async function openShot(page: Page, { address, ids }: Place, shot: Shot): Promise<void> {
  if (shot.role !== null) await enter(page, address, shot.role ?? usualRole);
  await page.goto(address + shot.path(ids));
  await page.waitForSelector(shot.ready ?? 'main h1');
  await shot.act?.(page);
  await page.getByText('Loading…').first().waitFor({ state: 'hidden' });
}

/** What opens has opened, and every colour is that of the scheme. */
async function settled(page: Page, scheme: Appearance['scheme']): Promise<void> {
  await page.waitForSelector(`html[data-mantine-color-scheme=${scheme}]`);
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  await page.waitForTimeout(200);
}

/** A page in another size is another page: it wraps, folds and hides. */
const isResized = (appearances: readonly Appearance[], at: number): boolean =>
  appearances[at]?.width !== appearances[at - 1]?.width ||
  appearances[at]?.height !== appearances[at - 1]?.height;

export interface Place {
  readonly address: string;
  readonly ids: FoundIds;
  /** The window of a role, or a new one for nobody. */
  readonly windowOf: (role: string | null) => Promise<BrowserContext>;
}

/** One window for each role, as a person has: what one page loaded the next one need not load. */
export function windowsOf(browser: Browser): Place['windowOf'] {
  const windows = new Map<string, Promise<BrowserContext>>();
  const openWindow = async (): Promise<BrowserContext> => {
    const window = await browser.newContext({ reducedMotion: 'reduce' });
    window.setDefaultTimeout(30_000);
    return window;
  };
  return (role) => {
    if (role === null) return openWindow();
    const known = windows.get(role) ?? openWindow();
    windows.set(role, known);
    return known;
  };
}

/**
 * The page is opened once, in the first appearance, and then shown in the others, as where a person changes the theme of their system.
 *
 * @param pictureOf path of the PNG of an appearance; undefined: none is taken.
 * @returns what is wrong, each with the page's name.
 */
export async function lookAtPage(
  place: Place,
  shot: Shot,
  appearances: readonly [Appearance, ...Appearance[]],
  pictureOf?: (appearance: Appearance) => string,
): Promise<string[]> {
  const told: string[] = [];
  const window = await place.windowOf(shot.role === undefined ? usualRole : shot.role);
  const page = await window.newPage();
  const seen: string[] = [];
  watchPage(page, seen);
  let isOpen = false;
  for (const [at, appearance] of appearances.entries()) {
    const picture = pictureOf?.(appearance);
    try {
      await page.emulateMedia({
        colorScheme: appearance.scheme,
        forcedColors: appearance.forcedColors ? 'active' : 'none',
      });
      await page.setViewportSize({ width: appearance.width, height: appearance.height });
      if (!isOpen) await openShot(page, place, shot);
      isOpen = true;
      await settled(page, appearance.scheme);
      if (picture !== undefined) await page.screenshot({ path: picture });
      seen.push(...(await faultsOfView(page, isResized(appearances, at))));
    } catch (error) {
      seen.push(String(error));
      if (picture !== undefined) await page.screenshot({ path: picture }).catch(() => undefined);
    }
    told.push(...seen.splice(0).map((fault) => `${shot.name} ${appearance.name}: ${fault}`));
    if (!isOpen) break;
  }
  await page.close();
  return told;
}
