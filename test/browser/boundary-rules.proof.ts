/** The rules of a boundary in a real browser: an ISSM looks at what a rule would move, makes it, and ends it. */
import { describe, expect, it } from 'vitest';
import { hasChromium, noChromium, type Window } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;

describe.runIf(hasChromium)(`rules of a boundary in the console${noChromium}`, () => {
  /** A machine that is no component: only a rule puts it somewhere. */
  let stray = '';
  let systems: string[] = [];
  const { signIn } = consoleStories(
    async () => (world = await startTwoSystems()),
    async () => {
      await world.sync({ entities: ['system', 'component', 'asset'] });
      const [asset] = await world.rows(
        `select hostname from ingestion_assets where system_id is null and hostname is not null and not exists (
         select from asset_correlations k where k.asset_uuid = ingestion_assets.asset_uuid) order by hostname limit 1`,
      );
      stray = String(asset?.['hostname']);
      systems = (await world.rows('select system_id from ingestion_systems order by 1 limit 2')).map((row) =>
        String(row['system_id']),
      );
      await addPerson(world.app, 's.haddad', [{ role: 'issm' }]);
      await addPerson(world.app, 't.nakamura', [{ role: 'auditor' }]);
    },
  );

  /** Types a rule for the stray machine and makes it after its preview. */
  async function makeRule({ page }: Window, says: RegExp): Promise<void> {
    await page.getByRole('button', { name: 'New rule…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('An asset belongs here if its').selectOption('Name');
    await dialog.getByLabel('is one of (a line each)').fill(`${stray}*`);
    await dialog.getByRole('button', { name: 'See what it moves' }).click();
    await dialog.getByText(says).waitFor();
    await dialog.getByRole('button', { name: 'Make the rule' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  it('an ISSM sees what a rule would move, makes it, and finds the asset with its reason; a second boundary contests it', async () => {
    const [one = '', two = ''] = systems;
    const window = await signIn('s.haddad', `/systems/${one}/boundary`);
    const { page, faults } = window;
    await page.getByText('No rule yet').waitFor();
    await makeRule(window, /^1 asset moves\.$/);
    await page
      .getByRole('row')
      .filter({ hasText: stray })
      .getByText(/^Rule \d+: name/)
      .waitFor();
    await page.goto(`/systems/${two}/boundary`);
    await makeRule(window, /^1 asset moves, a person is asked about 1 asset\.$/);
    expect(
      await world.rows(`select kind from match_reviews where settled_at is null and kind = 'boundary'`),
    ).toHaveLength(1);
    await page.goto('/matches?kind=boundary');
    await page.getByRole('link', { name: stray }).first().click();
    await page.getByRole('button', { name: `It is in ${two}` }).click();
    await expect
      .poll(() => world.rows(`select system_id from ingestion_assets where hostname = $1`, stray))
      .toEqual([{ system_id: two }]);
    await page.goto(`/systems/${two}/boundary`);
    await page.getByRole('button', { name: /^End…/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('No asset moves, and nobody is asked anything.').waitFor();
    await dialog.getByRole('button', { name: 'End the rule' }).click();
    await page.getByText('No rule yet').waitFor();
    await page
      .getByRole('row')
      .filter({ hasText: stray })
      .getByText(/^A person:/)
      .waitFor();
    expect(faults).toEqual([]);
  });

  it('who may not change rules sees them without a button', async () => {
    const { page, faults } = await signIn('t.nakamura', `/systems/${systems[0] ?? ''}/boundary`);
    await page.getByRole('columnheader', { name: 'Assets whose' }).waitFor();
    expect(await page.getByRole('button', { name: /New rule|End…/ }).count()).toBe(0);
    expect(faults).toEqual([]);
  });
});
