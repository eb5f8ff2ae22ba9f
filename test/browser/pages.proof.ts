/** Every page of the console over the demo: WCAG 2.2 AA in light, dark and forced colours, no breach of the policy, nothing asked elsewhere. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoProcess, startDemo } from '../../console/dev/demo-process.ts';
import { findIds } from '../../console/dev/found-ids.ts';
import { type Appearance, enter, lookAtPage, type Place, windowsOf } from '../../console/dev/look-at-page.ts';
import { pages } from '../../console/dev/shot-pages.ts';
import { hasChromium, launchChromium, noChromium } from '../support/chromium.ts';

const size = { width: 1280, height: 800 };
const appearances: readonly [Appearance, ...Appearance[]] = [
  { name: 'in light', scheme: 'light', ...size },
  { name: 'in forced colours', scheme: 'light', forcedColors: true, ...size },
  { name: 'in dark', scheme: 'dark', ...size },
];

describe.runIf(hasChromium)(`every page of the console${noChromium}`, () => {
  let demo: DemoProcess;
  let browser: Browser;
  let place: Place;
  beforeAll(async () => {
    demo = await startDemo();
    browser = await launchChromium();
    const asker = await browser.newPage();
    await enter(asker, demo.address, 'issm');
    const ids = await findIds(demo.address, asker.context().request);
    await asker.close();
    place = { address: demo.address, ids, windowOf: windowsOf(browser) };
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  it.each(pages.map((page) => [page.name, page] as const))(
    'the page %s has no fault for a screen reader, the eye or the policy',
    async (_name, page) => {
      expect(await lookAtPage(place, page, appearances)).toEqual([]);
    },
    120_000,
  );
});
