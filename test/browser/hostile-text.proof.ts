/** Text that wants to be more than text, as scanners, remotes and people may deliver it: on each page, in exports and on the terminal. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  hasChromium,
  keepPictures,
  noChromium,
  type OpenBrowser,
  openBrowser,
  signInByForm,
  type Window,
} from '../support/chromium.ts';
import { tieline } from '../support/command.ts';
import { addPerson, password, startServe } from '../support/served.ts';
import type { ServeProcess } from '../support/serve-process.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

const escape = String.fromCharCode(27);
const override = '\u202E';
const hostile = [
  `<script>window.hit = 1</script><img src=x onerror="window.hit = 2">`,
  `=cmd|' /C calc'!A0`,
  `${escape}[2J${escape}]0;owned`,
  `evil${override}txt.exe`,
  '👩‍🚒 Ünïcödé',
  'x'.repeat(5000),
].join(' ');
const short = hostile.slice(0, 250);

describe.runIf(hasChromium)(`text that wants to be more than text${noChromium}`, () => {
  let world: TwoSystems;
  let served: ServeProcess;
  let browser: OpenBrowser;
  let window: Window;
  let asset: string;
  let finding: string;
  let poam: string;
  beforeAll(async () => {
    world = await startTwoSystems([], { tenable: ['--machines', '6'], xacta: ['--systems', '1'] });
    await world.sync();
    [{ asset = '', finding = '' } = {}] = (await world.rows(
      `select asset_ref::text as asset, finding_key::text as finding from ingestion_vulnerabilities
        where asset_ref is not null order by severity_rank desc limit 1`,
    )) as { asset: string; finding: string }[];
    [{ poam = '' } = {}] = (await world.rows(
      `select poam_id as poam from ingestion_poams where poam_id like 'POAM%' order by poam_id limit 1`,
    )) as { poam: string }[];
    await world.rows('update ingestion_assets set hostname = $2 where asset_uuid = $1::uuid', asset, short);
    await world.rows('update scan_plugins set name = $1, description = $2', short, hostile);
    await world.rows(
      `update ingestion_vulnerabilities set vulnerability_name = $2 where finding_key = $1::uuid`,
      finding,
      short,
    );
    await world.rows(
      `update ingestion_poams set weakness_description = $2, comments = $2, poc = $3 where poam_id = $1`,
      poam,
      hostile,
      short.slice(0, 100),
    );
    await addPerson(world.app, 'mallory', [{ role: 'issm' }, { role: 'admin' }]);
    await world.rows(`update principals set display_name = $1 where name = 'mallory'`, short);
    [served, browser] = await Promise.all([startServe(world.environment()), openBrowser()]);
    window = await browser.open(served.address);
    await signInByForm(window.page, '/', 'mallory', password);
  }, 180_000);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await served?.stop();
    await world?.stop();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepPictures([window], task.name);
  });

  const paths = (): readonly string[] => [
    '/',
    '/findings',
    `/findings/${finding}`,
    '/findings?group=plugin',
    '/assets',
    `/assets/${asset}`,
    '/poams',
    `/poams/${poam}`,
    `/poams/${poam}/history`,
    '/poams/board',
    '/systems',
    '/sync',
  ];

  it('no page runs it, is turned by it or is made wider than the window', async () => {
    const { page, faults } = window;
    for (const path of paths()) {
      await page.goto(path);
      await page.waitForSelector('main h1');
      await page.getByText('Loading…').first().waitFor({ state: 'hidden' });
      const seen = {
        hit: await page.evaluate<unknown>('window.hit'),
        images: await page.locator('main img').count(),
        text: await page.locator('body').innerText(),
        isWide: await page.evaluate<boolean>(
          'document.documentElement.scrollWidth > document.documentElement.clientWidth',
        ),
      };
      expect({ path, hit: seen.hit, images: seen.images, isWide: seen.isWide }).toEqual({
        path,
        hit: undefined,
        images: 0,
        isWide: false,
      });
      expect(seen.text, path).not.toContain(override);
      expect(seen.text, path).not.toContain(escape);
    }
    expect(faults).toEqual([]);
  }, 120_000);

  it('a person sees that the text holds what turns it', async () => {
    const { page } = window;
    await page.goto(`/poams/${poam}`);
    await page.waitForSelector('main table');
    expect(await page.locator('main').innerText()).toContain(String.raw`evil\u202etxt.exe`);
  });

  it('an export holds no formula and no control character', async () => {
    const { page } = window;
    for (const path of ['/poams', '/assets', '/findings']) {
      await page.goto(path);
      await page.getByRole('button', { name: 'Export' }).click();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: 'As CSV', exact: true }).click(),
      ]);
      const text = await readFile(await file.path(), 'utf8');
      expect(text, path).toContain('<script>');
      expect(text.match(/(^|,|\n)"?[=+@-](?![\d,"])[^\n]{0,20}/g) ?? [], path).toEqual([]);
    }
  });

  it('the terminal shows it escaped', async () => {
    for (const command of [
      ['poams', 'show', poam],
      ['assets', 'list'],
      ['findings', 'show', finding],
      ['users', 'list'],
    ]) {
      const { out, code } = await tieline(command, world.environment());
      expect({ command, code }).toEqual({ command, code: 0 });
      expect(out).not.toContain(override);
      expect(out.replaceAll(new RegExp(`${escape}\\[\\d+m`, 'g'), '')).not.toContain(escape);
    }
  });
});
