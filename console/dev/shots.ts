/**
 * Pictures of pages and what axe says of them: `node console/dev/shots.ts ADDRESS FOLDER [NAME…]`. Each page in light and dark, at two sizes.
 * Fails on a violation of WCAG 2.2 AA, on an error in the browser's console and on a request that leaves the machine.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { pages, type Shot } from './shot-pages.ts';

const [address = 'http://127.0.0.1:8440', folder = '/tmp/shots', ...names] = process.argv
  .slice(2)
  .filter((word) => word !== '--all');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Both modes and both sizes are seen on every page; `--all` takes all four. */
const all = process.argv.includes('--all');
const small = { width: 1280, height: 800 };
const large = { width: 1920, height: 1080 };
const sizesOf = (mode: Mode) => (all ? [small, large] : [mode === 'light' ? small : large]);
const modes = ['light', 'dark'] as const;
type Mode = (typeof modes)[number];
const faults: string[] = [];

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function violations(page: Page): Promise<readonly Violation[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const axe = (
      globalThis as unknown as { axe: { run: (options: unknown) => Promise<{ violations: Violation[] }> } }
    ).axe; // put there a line before
    const result = await axe.run({
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] },
    });
    return result.violations;
  });
}

function watch(page: Page, name: string): void {
  page.on('console', (message) => {
    if (
      message.type() === 'error' &&
      !message.text().includes('status of 4') &&
      !name.startsWith('forbidden')
    )
      faults.push(`${name}: ${message.text()}`);
  });
  page.on('pageerror', (error) => {
    if (!name.startsWith('forbidden')) faults.push(`${name}: ${error.message}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.hostname !== '127.0.0.1')
      faults.push(`${name}: asks ${request.url()}`);
  });
}

async function shoot(browser: Browser, shot: Shot, mode: Mode): Promise<void> {
  for (const viewport of sizesOf(mode)) {
    const context = await browser.newContext({ viewport, colorScheme: mode, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const name = `${shot.name}-${mode}-${viewport.width}`;
    watch(page, name);
    if (shot.role !== undefined)
      await context.request.post(`${address}/api/v1/session/demo`, {
        data: { role: shot.role },
        headers: { 'X-Tieline': '1' },
      });
    await page.goto(address + shot.path, { waitUntil: 'load' });
    await page.waitForLoadState('domcontentloaded');
    await page.waitForSelector(shot.ready ?? 'h1');
    await shot.act?.(page);
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    if (viewport === sizesOf(mode)[0])
      for (const { id, nodes } of await violations(page))
        faults.push(
          `${name}: axe ${id}: ${nodes
            .slice(0, 3)
            .map((node) => `${node.html.slice(0, 160)} | ${node.failureSummary.slice(0, 200)}`)
            .join('\n    ')}`,
        );
    await context.close();
  }
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
const chosen = pages.filter(({ name }) => names.length === 0 || names.includes(name));
for (const shot of chosen) {
  for (const mode of modes)
    await shoot(browser, shot, mode).catch((error: unknown) =>
      faults.push(`${shot.name} ${mode}: ${String(error)}`),
    );
  console.log(shot.name);
}
await browser.close();
for (const fault of faults) console.log(fault);
console.log(`${chosen.length} pages, ${faults.length} faults, pictures in ${folder}`);
process.exit(faults.length > 0 ? 1 : 0);
