/** What an administrator and an operator do in the console, in a real browser against the real server, database and simulators. */
import { describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { makeFirstAdministratorLink } from '../../src/operate/accounts/index.ts';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { machine } from '../support/http-world.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;

const press = (on: Page | Locator, name: string): Promise<void> =>
  on.getByRole('button', { name, exact: true }).click();
const dialog = (page: Page): Locator => page.getByRole('dialog');
const submit = (page: Page): Promise<void> => dialog(page).locator('button[type=submit]').click();
const closed = (page: Page): Promise<void> => dialog(page).waitFor({ state: 'detached' });
async function chooses(page: Page, chosen: string): Promise<void> {
  const fields = page.locator('input[type=password]');
  await fields.nth(0).fill(chosen);
  await fields.nth(1).fill(chosen);
  await press(page, 'Set the password and enter');
}

describe.runIf(hasChromium)(`the administrator's pages${noChromium}`, () => {
  const stories = consoleStories(
    async () =>
      (world = await startTwoSystems([], { tenable: ['--machines', '8'], xacta: ['--systems', '2'] })),
    async () => {
      await addPerson(world.app, 'p.kovacs', [{ role: 'operator' }]);
      await addPerson(world.app, 'v.reyes', [{ role: 'viewer' }]);
    },
  );
  const signIn = async (name: string, path: string): Promise<Page> => (await stories.signIn(name, path)).page;
  /** Written down by React (a page that may not be seen) and by the browser (a server that refuses a secret) are no faults. */
  const faults = (): readonly string[] =>
    stories.windows.flatMap((window) => window.faults).filter((text) => !/status (403|of 502)/.test(text));

  it('the first administrator enters by a link whose secret no request bears, and lets another person in', async () => {
    const link = await makeFirstAdministratorLink(world.app, machine);
    const { page } = await stories.open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(link?.path ?? '');
    await chooses(page, 'password1234567');
    await page.getByRole('alert').getByText('many passwords').waitFor();
    await chooses(page, 'Heron basalt teacup 4');
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    expect(asked.filter((address) => address.includes(link?.path.slice(6) ?? ''))).toEqual([]);

    await page.goto('/users');
    await press(page, 'Add a user');
    await dialog(page).getByLabel('Name to sign in with').fill('m.okafor');
    await submit(page);
    const shown = (await page.locator('[data-secret]').textContent()) ?? '';
    await press(page, 'I have it');
    await page.getByRole('heading', { name: 'm.okafor' }).waitFor();
    await press(page, 'Give a grant…');
    await dialog(page).getByLabel('Role or permission').selectOption('isso');
    await submit(page);
    await page.getByRole('cell', { name: 'ISSO', exact: true }).waitFor();

    const { page: other } = await stories.open();
    await other.goto(shown);
    await chooses(other, 'Walnut ferry gossip 8');
    await other.getByRole('link', { name: 'POA&Ms', exact: true }).waitFor();
    // A lock reaches the other's open page by itself.
    await press(page, 'Lock…');
    await dialog(page).getByLabel('Reason').fill('left the building');
    await submit(page);
    await closed(page);
    await page.getByText('Locked', { exact: true }).waitFor();
    await other.waitForURL(/sign-in/, { timeout: 10_000 });
    expect(faults()).toEqual([]);
  });

  it('an operator sees a dead connection, enters its secret again, checks it, and the sync goes on', async () => {
    const page = await signIn('p.kovacs', '/connections/xacta/settings');
    await press(page, 'Enter secrets again…');
    await dialog(page)
      .getByRole('textbox', { name: /^password/ })
      .fill('not the password');
    await submit(page);
    await dialog(page).getByText('would not work').waitFor();
    await dialog(page).getByLabel('Try it at the server first').uncheck();
    await submit(page);
    await closed(page);

    await page.goto('/connections/xacta');
    await press(page, 'Check now');
    await page.locator('[data-check=failed]').waitFor();
    await page.goto('/connections');
    await page.getByRole('row', { name: /xacta/ }).getByText('Failing').waitFor();

    await page.getByRole('link', { name: 'xacta', exact: true }).click();
    await press(page, 'Check now');
    await press(page, 'Enter secrets again…');
    await dialog(page)
      .getByRole('textbox', { name: /^password/ })
      .fill(world.secrets()['password'] ?? '');
    await submit(page);
    await closed(page);
    await press(page, 'Check now');
    await page.getByText('All is well.').waitFor();

    await page.goto('/sync');
    await press(page, 'Run now');
    await page.getByRole('link', { name: 'See this run' }).waitFor();
    await expect
      .poll(async () => world.rows(`select 1 from external_systems where last_sync_time is null`), {
        timeout: 60_000,
      })
      .toEqual([]);
    await page.goto('/connections');
    await page.getByRole('row', { name: /xacta/ }).getByText('On time').waitFor();
    expect(faults()).toEqual([]);
  });

  it('a connection is added by its wizard, begins read only, and is trusted by one step', async () => {
    const page = await signIn('p.kovacs', '/connections');
    await page.getByRole('link', { name: 'Add a connection' }).click();
    await page.getByRole('button', { name: /^Xacta/ }).click();
    await page.getByRole('textbox', { name: /^Name/ }).fill('xacta-two');
    await page.getByLabel('Address').fill(world.urls.xacta);
    await page.getByLabel('username').fill('tieline');
    await press(page, 'Next');
    await page.getByRole('textbox', { name: /^password/ }).fill(world.secrets()['password'] ?? '');
    await press(page, 'Check it');
    await press(page, 'Check now');
    await page.getByText('All is well.').waitFor();
    await press(page, 'Next');
    await press(page, 'Add xacta-two');
    await page.getByRole('heading', { name: 'xacta-two' }).waitFor();
    const step = page.locator('li[aria-current=step]');
    await step.getByText('Read only').waitFor();
    await press(page, 'Plan what would be sent');
    await submit(page);
    await step.getByText('Plan only').waitFor();
    await press(page, 'Remove…');
    await dialog(page).getByLabel('Reason').fill('it was a drill');
    await submit(page);
    await page.waitForURL(/connections$/);
    expect(faults()).toEqual([]);
  });

  it('who needs a second factor by the rules is named there, whatever their name is', async () => {
    await addPerson(world.app, 'a.admin', [{ role: 'admin' }]); // here: where one is, the first administrator gets no link
    await addPerson(world.app, 'sign-in-rules', [{ role: 'issm' }]);
    const page = await signIn('a.admin', '/sign-in-rules');
    await page.getByRole('link', { name: 'sign-in-rules', exact: true }).click();
    await page.getByRole('heading', { name: 'sign-in-rules' }).waitFor();
    expect(faults()).toEqual([]);
  });

  it('who may only look sees no button, and who may not look no entry', async () => {
    const page = await signIn('v.reyes', '/connections/xacta');
    await page.getByRole('heading', { name: 'Trust' }).waitFor();
    expect(await page.locator('main').getByRole('button').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Users & access' }).count()).toBe(0);
    await page.goto('/users');
    await page.getByRole('heading', { name: 'You may not see this page' }).waitFor();
  });
});
