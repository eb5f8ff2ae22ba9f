/** Weakness rules in a real browser: a change is seen before it is saved, and what is excluded is counted and ended. */
import { describe, expect, it } from 'vitest';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { within } from '../support/http-world.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let boundary = '';

describe.runIf(hasChromium)(`weakness rules with the console${noChromium}`, () => {
  const { signIn } = consoleStories(
    async () => (world = await startTwoSystems([], { tenable: ['--machines', '12'] })),
    async () => {
      await world.sync();
      const [most] = await world.rows(
        `select system_id from weaknesses group by 1 order by count(*) desc, 1 limit 1`,
      );
      boundary = String(most?.['system_id']);
      await addPerson(world.app, 's.haddad', [{ role: 'issm' }]);
      await addPerson(world.app, 'm.okafor', [{ role: 'isso', scope: within(boundary) }]);
    },
  );

  it('an ISSM sees which POA&Ms a lower floor makes, saves it with a reason, and the next sync makes just those', async () => {
    const { page, faults } = await signIn('s.haddad', '/setup/rules');
    await page
      .getByRole('row')
      .filter({ hasText: boundary })
      .getByRole('link', { name: /^Rule of/ })
      .click();
    await page.getByText('This boundary has no rule of its own.').waitFor();
    await page.getByLabel('Least severity').selectOption('Medium');
    await page.getByRole('button', { name: 'Show what it would change' }).click();
    const shown = page.getByRole('region', { name: 'POA&Ms that change' });
    await shown.waitFor();
    const made = await shown.getByRole('row').filter({ hasText: 'Made' }).count();
    expect(made).toBeGreaterThan(0);
    expect(await world.rows(`select 1 from weakness_rules where system_id is not null`)).toEqual([]);

    await page.getByRole('button', { name: 'Save…' }).click();
    await page.getByLabel('Reason').fill('Moderate findings too');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. The next sync makes weaknesses by it.').waitFor();
    await page.getByRole('cell', { name: 'Moderate findings too' }).waitFor();
    expect(
      await world.rows(
        `select version, reason, changed_by, definition ->> 'floor' as floor from weakness_rules where system_id = $1`,
        boundary,
      ),
    ).toEqual([{ version: 1, reason: 'Moderate findings too', changed_by: 's.haddad', floor: 'Medium' }]);
    await world.sync();
    expect(
      await world.rows(
        `select count(*)::int as n from poam_rules m join weakness_rules r on r.id = m.rule_id where r.system_id = $1`,
        boundary,
      ),
    ).toEqual([{ n: made }]);
    await page.goto('/setup/rules');
    await page.getByText('Its own, version 1').waitFor();
    expect(faults).toEqual([]);
  });

  it('an ISSM excludes a network until a day, sees how many findings that leaves out, and ends it', async () => {
    const { page, faults } = await signIn('s.haddad', '/setup/rules');
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    const [one] = await world.rows(
      `select f.plugin_id::text as plugin, count(*)::int as n from weakness_findings k join ingestion_vulnerabilities f on f.id = k.finding_id join weaknesses w on w.id = k.weakness_id
        where w.system_id = $1 and f.lifecycle_state in ('open', 'reopened') group by 1 order by 2 desc, 1 limit 1`,
      boundary,
    );
    await page.getByRole('button', { name: 'Exclude findings…' }).click();
    await page.getByLabel('Boundary', { exact: true }).selectOption(boundary);
    await page.getByLabel('Plugin', { exact: true }).fill(String(one?.['plugin']));
    await page.getByLabel('Last day').fill(day);
    await page.getByLabel('Reason').fill('replaced in January');
    await page.getByRole('button', { name: 'Exclude', exact: true }).click();
    const row = page
      .getByRole('region', { name: 'Exclusions' })
      .getByRole('row')
      .filter({ hasText: 'replaced in January' });
    await row.waitFor();
    await row.getByRole('button', { name: new RegExp(`^${String(one?.['n'])} open findings`) }).click();
    await page
      .getByRole('listitem')
      .filter({ hasText: String(one?.['plugin']) })
      .first()
      .waitFor();
    await row.getByRole('button', { name: /^End the exclusion/ }).click();
    await page.getByLabel('Reason').fill('it stays');
    await page.getByRole('button', { name: 'End it' }).click();
    await page.getByText('Nothing is excluded.').waitFor();
    expect(faults).toEqual([]);
  });

  it('an ISSO reads the rule of his boundary and is told why he may not change it', async () => {
    const { page, faults } = await signIn('m.okafor', `/setup/rules/boundary/${boundary}`);
    await page.getByLabel('Weaknesses', { exact: true }).selectOption('solution');
    const show = page.getByRole('button', { name: 'Show what it would change' });
    expect(await show.getAttribute('aria-disabled')).toBe('true');
    expect(await show.getAttribute('title')).toContain('rule:write');
    expect(faults).toEqual([]);
  });
});
