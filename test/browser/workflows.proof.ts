/** A workflow from its first line to the trace of its run: written from one that ships, mended, approved by another, simulated, then live. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
const dialog = (page: Page): Locator => page.getByRole('dialog');

async function switchTo(page: Page, mode: 'simulate' | 'live', told: string): Promise<void> {
  await page.getByRole('button', { name: 'Mode…' }).click();
  await dialog(page).getByLabel('Mode').selectOption(mode);
  await dialog(page).getByRole('button', { name: 'Switch' }).click();
  await page.getByText(`It is ${told} now.`).waitFor();
}

/** Starts one run about the POA&M, and reads its trace once it is over. */
async function runAndRead(page: Page, poam: string): Promise<Locator> {
  await page.goto('/workflows/milestone-slip');
  await page.getByRole('button', { name: 'Run…' }).click();
  await dialog(page).getByLabel('Ids of records').fill(poam);
  await dialog(page).getByRole('button', { name: 'Start' }).click();
  await page.getByText('1 started, 0 held').waitFor();
  const [run] = await world.rows(
    `select execution_id as id from workflow_executions order by started_at desc limit 1`,
  );
  // Opened while it is under way: the page goes along with it.
  await page.goto(`/workflow-runs/${String(run?.['id'])}`);
  await page.getByText('completed', { exact: true }).waitFor({ timeout: 60_000 });
  const trace = page.getByRole('region', { name: 'Trace, to scroll' });
  await trace.waitFor();
  return trace;
}

describe.runIf(hasChromium)(`workflows in the console${noChromium}`, () => {
  let poam: string;
  const { signIn } = consoleStories(
    async () => (world = await startTwoSystems([], { tenable: ['--machines', '12'] })),
    async () => {
      await world.sync();
      const [first] = await world.rows(
        `select poam_id as id from ingestion_poams where poam_id like 'POAM-2026-%' and scheduled_completion is not null order by poam_id limit 1`,
      );
      poam = String(first?.['id']);
      await addPerson(world.app, 'o.isso', [{ role: 'isso' }]);
      await addPerson(world.app, 's.haddad', [{ role: 'issm' }]);
      await addPerson(world.app, 'm.silva', [{ role: 'issm' }]);
    },
  );

  it(
    'one ISSM writes it, another approves it, and it is simulated before it changes anything',
    { timeout: 240_000 },
    async () => {
      const { page, faults } = await signIn('s.haddad', '/workflows/new?shipped=milestone-slip');
      const text = page.getByRole('textbox', { name: 'The workflow, as YAML' });
      const shipped = await text.inputValue();
      await text.fill('record: poam\nwhen: ');
      await text.pressSequentially('poam.ope');
      await page.getByRole('option', { name: /^poam\.open / }).waitFor();
      await text.press('Enter');
      expect(await text.inputValue()).toBe('record: poam\nwhen: poam.open');
      const always = shipped
        .replace(/when: >-\n[\s\S]*?\nlimit:/, 'when: poam.open && has(poam.due)\nlimit:')
        .replace('when: daysUntil(poam.due) >= 0', 'when: has(poam.due)');
      expect(always).not.toBe(shipped);
      const line = always.split('\n').findIndex((each) => each.startsWith('when:')) + 1;
      await text.fill(always.replace('poam.open', 'poam.opne'));
      await page.getByRole('button', { name: 'Check' }).click();
      const wrong = page.getByRole('alert', { name: 'What keeps it from being saved' });
      await wrong.getByText(`Line ${line}:`).waitFor();
      await wrong.getByText('Did you mean open?').waitFor();
      expect(await page.getByRole('button', { name: 'Save…' }).count()).toBe(0);
      await text.fill(always);
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByRole('button', { name: 'Save…' }).click();
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await page.getByText('not approved').first().waitFor();
      expect(await page.getByRole('button', { name: 'Mode…' }).count()).toBe(0);

      const other = await signIn('m.silva', '/workflows/milestone-slip');
      await other.page.getByRole('button', { name: 'Approve…' }).click();
      await dialog(other.page).getByRole('button', { name: 'Approve' }).click();
      await other.page.getByText('this version runs from now on').waitFor();

      await page.reload();
      await switchTo(page, 'simulate', 'simulating');
      const simulated = await runAndRead(page, poam);
      await simulated.getByText('nobody to tell: o.isso has no mail address').waitFor();
      await page.getByText('simulated: nothing was changed').waitFor();

      await page.goto('/workflows/milestone-slip');
      await switchTo(page, 'live', 'live');
      const live = await runAndRead(page, poam);
      await live.getByText('nobody to tell: o.isso has no mail address').waitFor();
      expect(await page.getByText('simulated: nothing was changed').count()).toBe(0);
      expect([...faults, ...other.faults]).toEqual([]);
    },
  );

  it(
    'an approver reads and plays the version that waits, and whoever saved it may not decide',
    { timeout: 240_000 },
    async () => {
      const { page, faults } = await signIn('s.haddad', '/workflows/milestone-slip/edit');
      const text = page.getByRole('textbox', { name: 'The workflow, as YAML' });
      const save = async (told: string): Promise<void> => {
        await page.getByRole('button', { name: 'Check' }).click();
        await page.getByRole('button', { name: 'Save…' }).click();
        await dialog(page).getByRole('button', { name: 'Save' }).click();
        await page.getByText(told).waitFor();
      };
      await text.waitFor();
      const first = await text.inputValue();
      await save('Nothing was saved: version 1 says the same already.');
      await page.goto('/workflows/milestone-slip/edit');
      await text.fill(first.replace(/^limit: \d+$/m, 'limit: 7'));
      await save('Saved as version 2.');
      const approve = (of: Page): Locator => of.getByRole('button', { name: 'Approve…' });
      await approve(page).and(page.getByTitle('You saved this version: another person decides.')).waitFor();
      expect(await approve(page).getAttribute('aria-disabled')).toBe('true');
      await page.goto('/workflows/milestone-slip/edit');
      await page.getByText('It begins as version 2 says; version 1 is the one that runs.').waitFor();
      expect(await text.inputValue()).toContain('limit: 7');

      const { page: other, faults: others } = await signIn('m.silva', '/inbox?kind=workflow');
      await other
        .locator('[data-inbox-row]')
        .getByRole('link', { name: /^milestone-slip/ })
        .click();
      await other.getByText('Version 2, saved by s.haddad, waits').waitFor();
      const written = other.getByLabel('The workflow as YAML');
      await other.getByRole('heading', { name: 'As it is written, version 2' }).waitFor();
      expect(await written.innerText()).toContain('limit: 7');
      const differing = other.getByRole('group', { name: 'Lines that differ' });
      expect(await differing.locator('ins').allInnerTexts()).toEqual(['limit: 7']);
      expect(await differing.locator('del').allInnerTexts()).toEqual([/^limit: \d+$/m.exec(first)?.[0]]);
      const [played] = await Promise.all([
        other.waitForRequest(/workflow-replays/),
        other.getByRole('button', { name: 'Play it' }).click(),
      ]);
      expect(played.postDataJSON()).toMatchObject({ source: expect.stringContaining('limit: 7') });

      await other.getByRole('link', { name: 'Version 1', exact: true }).click();
      await other.getByRole('heading', { name: 'As it is written, version 1' }).waitFor();
      await approve(other)
        .and(other.getByTitle(/read it first/))
        .waitFor();
      await other.getByRole('link', { name: 'Show version 2' }).click();
      await approve(other).click();
      await dialog(other).getByRole('button', { name: 'Approve' }).click();
      await other.getByText('this version runs from now on').waitFor();
      expect([...faults, ...others]).toEqual([]);
    },
  );

  it('a run that failed is opened from the inbox, and who began it is named once', async () => {
    await world.rows(`update workflow_executions set status = 'failed'`);
    const { page, faults } = await signIn('m.silva', '/inbox?kind=workflow_run');
    await page.locator('[data-inbox-row] [data-inbox-focus]').first().click();
    const trace = page.getByRole('region', { name: 'Trace, to scroll' });
    await trace.getByText('started by s.haddad').waitFor();
    expect(await trace.innerText()).not.toContain('by s.haddad by s.haddad');
    expect(faults).toEqual([]);
  });

  it('a workflow that was removed leads back to the others', async () => {
    const { page, faults } = await signIn('s.haddad', '/workflows/milestone-slip');
    await page.getByRole('button', { name: 'Remove…' }).click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await page.waitForURL(/\/workflows$/);
    await page.getByText('was removed').waitFor();
    await page.getByRole('heading', { name: 'Workflows' }).waitFor();
    expect(await page.getByRole('link', { name: 'milestone-slip' }).count()).toBe(0);
    expect(faults).toEqual([]);
  });
});
