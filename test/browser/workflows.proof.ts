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

/** Starts one run about the POA&M, and opens the trace of the newest. */
async function runAndRead(page: Page, poam: string, runs: number): Promise<Locator> {
  await page.goto('/workflows/milestone-slip');
  await page.getByRole('button', { name: 'Run…' }).click();
  await dialog(page).getByLabel('Ids of records').fill(poam);
  await dialog(page).getByRole('button', { name: 'Start' }).click();
  await page.getByText('1 started, 0 held').waitFor();
  const newest = `select execution_id as id from workflow_executions order by started_at desc limit 1`;
  await expect
    .poll(() => world.rows(`select 1 from workflow_executions where completed_at is not null`), {
      timeout: 60_000,
    })
    .toHaveLength(runs);
  const [run] = await world.rows(newest);
  await page.goto(`/workflow-runs/${String(run?.['id'])}`);
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
      const simulated = await runAndRead(page, poam, 1);
      await simulated.getByText('nobody to tell: o.isso has no mail address').waitFor();
      await page.getByText('simulated: nothing was changed').waitFor();

      await page.goto('/workflows/milestone-slip');
      await switchTo(page, 'live', 'live');
      const live = await runAndRead(page, poam, 2);
      await live.getByText('nobody to tell: o.isso has no mail address').waitFor();
      expect(await page.getByText('simulated: nothing was changed').count()).toBe(0);
      expect([...faults, ...other.faults]).toEqual([]);
    },
  );
});
