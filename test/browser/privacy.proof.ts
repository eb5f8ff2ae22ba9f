/**
 * A request under the Privacy Act from receipt to closing, by the privacy officer in the console: search by the worker, review, a correction that
 * reaches the GRC system, the copy, the accounting of disclosures, and a statement of disagreement where the record is shown.
 */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

const poam = 'POAM-2026-0001';

describe.runIf(hasChromium)(`privacy requests in the console${noChromium}`, () => {
  let world: TwoSystems;

  /** Opens the dialog of a step, does what it asks, and waits until it is done. */
  async function step(
    page: Page,
    button: string,
    verb: string,
    fill: (of: ReturnType<Page['getByRole']>) => Promise<void> = () => Promise.resolve(),
  ) {
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog');
    await fill(dialog);
    await dialog.getByRole('button', { name: verb, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }
  async function receive(page: Page, type: string, asked: string): Promise<void> {
    await page.getByRole('button', { name: 'Receive a request…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Asks for').selectOption(type);
    await dialog.getByLabel(/^User id/).fill('jdoe');
    await dialog.getByLabel(/^Full name/).fill('Jane Doe');
    await dialog.getByLabel(/^(What is to be corrected|In their words)/).fill(asked);
    await dialog.getByRole('button', { name: 'Receive', exact: true }).click();
    await page.getByRole('heading', { name: /Jane Doe/ }).waitFor();
  }
  async function throughReview(page: Page): Promise<void> {
    await step(page, 'Acknowledge…', 'Acknowledge');
    await step(page, 'Identity verified…', 'Record');
    await step(page, 'Search…', 'Search');
    await page.getByText(/The search is complete/).waitFor({ timeout: 120_000 });
    await step(page, 'Begin the review…', 'Begin');
    await page.getByRole('button', { name: 'Refuse…' }).waitFor();
  }

  const { signIn } = consoleStories(
    async () => (world = await startTwoSystems([], { tenable: ['--machines', '12'] })),
    async () => {
      await world.sync();
      await world.rows(`update ingestion_poams set poc = 'Doe, Jane' where poam_id = '${poam}'`);
      await world.sync();
      await addPerson(world.app, 'j.brandt', [{ role: 'privacy_officer' }, { role: 'isso' }]);
    },
    180_000,
  );

  it('a person gets a copy of their record, which says what was found, and the copy is accounted for', async () => {
    const { page, faults } = await signIn('j.brandt', '/privacy');
    await receive(page, 'access', 'Everything.');
    await throughReview(page);
    await page.getByRole('cell', { name: 'ingestion_poams', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show rows of ingestion_poams' }).click();
    await page.getByText('Doe, Jane').first().waitFor();
    await page.getByRole('button', { name: 'Make the copy' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save to read (HTML)' }).click(),
    ]);
    const html = await readFile(await file.path(), 'utf8');
    expect(html).toContain('Record of Jane Doe');
    expect(html).toContain('Doe, Jane');
    await step(page, 'Grant…', 'Grant');
    await step(page, 'Close…', 'Close it');
    await page.getByText('Closed', { exact: true }).first().waitFor();
    await page.goto('/disclosures');
    await page.getByText('Copy of the record').waitFor();
    expect(faults).toEqual([]);
  });

  it('a correction reaches the GRC system with the next sync; what was refused stays with the record as a statement', async () => {
    const { page, faults } = await signIn('j.brandt', '/privacy');
    await receive(page, 'amendment', 'My name is Jane Doe-Smith.');
    await throughReview(page);
    await step(page, 'Correct a record…', 'Correct', async (dialog) => {
      await dialog.getByLabel('Which').fill(poam);
      await dialog.getByLabel('Field').fill('poc');
      await dialog.getByLabel('Corrected value').fill('Jane Doe-Smith');
    });
    await page.getByText('Record corrected').waitFor();
    await world.sync();
    const { poams } = await world.control<{ poams: { id: string; poc: string | null }[] }>(
      'xacta',
      'GET',
      '/state',
    );
    expect(poams.find(({ id }) => id === poam)?.poc).toBe('Jane Doe-Smith');
    await step(page, 'Refuse…', 'Refuse', async (dialog) => {
      await dialog.getByLabel(/^Why, for the person/).fill('The scan is right.');
      await dialog.getByLabel(/^How to appeal/).fill('Privacy Office, within 30 days');
    });
    await step(page, 'Statement of disagreement…', 'File', async (dialog) => {
      await dialog.getByLabel(/^Statement of the person/).fill('I left the team in March.');
      await dialog.getByLabel('Which').fill(poam);
    });
    await page.goto(`/poams/${poam}`);
    await page.getByText('I left the team in March.').waitFor();
    expect(faults).toEqual([]);
  });
});
