/** Debian's Chromium, as users have it; without it the tests of pages are skipped, and say so. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((path) => existsSync(path));

export const hasChromium = executablePath !== undefined;
/** What a skipped test says. */
export const noChromium = hasChromium ? '' : ' (skipped: no Chromium here; apt-get install chromium)';

/** Each with what it did that no page of ours may: a request to another machine, a breach of the content security policy, an error. */
export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly faults: readonly string[];
}

export interface OpenBrowser extends AsyncDisposable {
  /** A window with cookies of its own, at 1280 by 800. */
  open(address: string, options?: { readonly colorScheme?: 'light' | 'dark' }): Promise<Window>;
}

/** Answers that a page asks for and handles are written to the console too; they are no faults. */
const isHandled = (text: string): boolean => /status of (4\d\d|503)/.test(text);

/** Writes down what the page does that no page of ours may. */
export function watchPage(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' && !isHandled(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && !['127.0.0.1', 'localhost'].includes(url.hostname))
      faults.push(`asks ${request.url()}`);
  });
}

/** Headless, and quiet towards the outside. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });

/** By the form, as a person does it. @param path the page that was asked for, which follows the sign-in. */
export async function signInByForm(page: Page, path: string, name: string, password: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel('Name').fill(name);
  await page.locator('input[type=password]').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

export async function openBrowser(): Promise<OpenBrowser> {
  const browser = await launchChromium();
  return {
    async open(address, { colorScheme = 'light' } = {}) {
      const context = await browser.newContext({
        baseURL: address,
        viewport: { width: 1280, height: 800 },
        colorScheme,
        reducedMotion: 'reduce',
        timezoneId: 'America/New_York',
      });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      const faults: string[] = [];
      watchPage(page, faults);
      return { page, context, faults };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Of every open window, into a folder that the failure names. */
export async function keepPictures(windows: readonly Window[], name: string): Promise<void> {
  const folder = join(import.meta.dirname, '../../node_modules/.cache/tieline-pages');
  mkdirSync(folder, { recursive: true });
  for (const [at, { page, faults }] of windows.entries()) {
    const path = join(folder, `${name.replaceAll(/\W+/g, '-').slice(0, 60)}-${at}.png`);
    await page.screenshot({ path }).catch(() => undefined); // the page may be gone
    process.stderr.write(`The page, as it was: ${path}\n${faults.join('\n')}\n`);
  }
}
