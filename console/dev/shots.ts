/**
 * Pictures of every page over the demo, for looking at: `npm run shots [-- --at ADDRESS] [FOLDER] [NAME…]`. Light at 1280 pixels and dark at
 * 1920, or all four with `--all`. Ends with 1 where axe or the browser finds a fault.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium } from '../../test/support/chromium.ts';
import { startDemo } from './demo-process.ts';
import { findIds } from './found-ids.ts';
import { type Appearance, enter, lookAtPage, windowsOf } from './look-at-page.ts';
import { pages } from './shot-pages.ts';

const { values, positionals } = parseArgs({
  options: { at: { type: 'string' }, all: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [folder = 'node_modules/.cache/tieline-shots', ...names] = positionals;
const small = { width: 1280, height: 800 };
const large = { width: 1920, height: 1080 };
const usual: readonly Appearance[] = [
  { name: 'light-1280', scheme: 'light', ...small },
  { name: 'dark-1920', scheme: 'dark', ...large },
];
const appearances = values.all
  ? [
      ...usual,
      { name: 'dark-1280', scheme: 'dark', ...small } as const,
      { name: 'light-1920', scheme: 'light', ...large } as const,
    ]
  : usual;

mkdirSync(folder, { recursive: true });
const demo = values.at === undefined ? await startDemo() : undefined;
const address = values.at ?? demo?.address ?? '';
const browser = await launchChromium();
const faults: string[] = [];
try {
  const asker = await browser.newPage();
  await enter(asker, address, 'issm');
  const ids = await findIds(address, asker.context().request);
  await asker.close();
  const place = { address, ids, windowOf: windowsOf(browser) };
  for (const shot of pages.filter(({ name }) => names.length === 0 || names.includes(name)))
    // Each in a tab of its own: a page is laid out for the size that it opens at.
    for (const appearance of appearances) {
      const picture = join(folder, `${shot.name}-${appearance.name}.png`);
      const found = await lookAtPage(place, shot, [appearance], () => picture);
      faults.push(...found);
      process.stdout.write(`${picture}${found.length > 0 ? `  ${found.length} faults` : ''}\n`);
    }
} finally {
  await browser.close();
  await demo?.stop();
}
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`${faults.length} faults; pictures in ${folder}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
