/**
 * Due-date policies, tasks and controls by the people whose work they are: what a policy moves is shown before it is set, a task is given and done,
 * and a control's status that follows from its weaknesses reaches the GRC system only after a person accepted it.
 */
import { describe, expect, it } from 'vitest';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { within } from '../support/http-world.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

describe.runIf(hasChromium)(`policies, tasks and controls in the console${noChromium}`, () => {
  let world: TwoSystems;
  let boundary: string;
  let poam: string;

  const { signIn } = consoleStories(
    async () => (world = await startTwoSystems([], { tenable: ['--machines', '12'] })),
    async () => {
      await world.sync();
      const [first] = await world.rows(
        `select r.system_id, min(p.poam_id) as poam from (
         select c.system_id, count(*) as n from control_status_proposals r join ingestion_controls c on c.id = r.control_ref
          where r.settled_at is null and r.code = 'weaknesses_open' group by 1) r
         join ingestion_poams p on p.system_id = r.system_id and p.status = 'Open'
        group by r.system_id, r.n order by r.n desc, 1 limit 1`,
      );
      boundary = String(first?.['system_id']);
      poam = String(first?.['poam']);
      await addPerson(world.app, 's.haddad', [{ role: 'issm' }]);
      await addPerson(world.app, 'm.okafor', [{ role: 'isso', scope: within(boundary) }]);
    },
  );

  it('an ISSO accepts the status of a control that follows from its weaknesses, and only then the GRC system has it', async () => {
    const proposals = await world.rows(
      `select c.control_id, r.proposed, c.implementation_status as present, c.xacta_control_id as remote
         from control_status_proposals r join ingestion_controls c on c.id = r.control_ref
        where r.settled_at is null and c.system_id = $1 and r.code = 'weaknesses_open' order by c.control_id`,
      boundary,
    );
    const control = String(proposals[0]?.['control_id']);
    expect(proposals[0]?.['present']).not.toBe('Partially Implemented');
    const { page, faults } = await signIn('m.okafor', `/systems/${boundary}/controls`);
    const proposed = page.getByRole('region', { name: 'Proposed statuses' });
    await proposed.getByText('last seen by', { exact: false }).first().waitFor();
    await proposed.getByRole('button', { name: `Accept Partially Implemented for ${control}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Reason/).fill('agreed with the assessor');
    await dialog.getByRole('button', { name: 'Accept' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.goto(`/systems/${boundary}/controls/${control}`);
    await page.getByText('accepted by m.okafor').waitFor();

    await page.getByRole('button', { name: 'Edit Assessment frequency months' }).click();
    await page.getByRole('spinbutton').fill('12');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved here. The next sync sends it.').waitFor();
    await world.sync();
    const [link] = await world.rows(
      `select l.base ->> 'implementation_status' as agreed, c.assessment_frequency_months as every, c.next_assessment_date is not null as planned
         from ingestion_controls c join sync_links l on l.entity_type = 'control' and l.entity_id = c.id::text and l.retired_at is null
        where c.system_id = $1 and c.control_id = $2`,
      boundary,
      control,
    );
    expect(link).toEqual({ agreed: 'Partially Implemented', every: 12, planned: true });
    expect(faults).toEqual([]);
  });

  it('an ISSM sees which POA&Ms a policy would oblige earlier before it applies to a system', async () => {
    const { page, faults } = await signIn('s.haddad', '/setup/due-policies');
    await page.getByRole('link', { name: 'CISA BOD 26-04' }).click();
    const table = page.getByRole('region', { name: 'Table of version 1' });
    await table.waitFor();
    expect(await table.getByRole('row').count()).toBe(17);
    await page.goto(`/systems/${boundary}/policies`);
    await page.getByRole('button', { name: 'Set CISA BOD 26-04' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Whether it applies').selectOption('yes');
    await dialog.getByRole('button', { name: 'Show what it would move' }).click();
    await dialog.getByText(/of open POA&Ms were looked at/).waitFor();
    expect(await world.rows(`select 1 from due_date_policy_uses where system_id = $1`, boundary)).toEqual([]);
    await dialog.getByLabel(/^Reason/).fill('civilian agency');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(
      await world.rows(
        `select policy_id, applies, set_by from due_date_policy_uses where system_id = $1`,
        boundary,
      ),
    ).toEqual([{ policy_id: 'cisa-bod-26-04', applies: true, set_by: 's.haddad' }]);
    await page.goto('/setup/due-policies');
    const row = page
      .getByRole('region', { name: 'By system' })
      .getByRole('row')
      .filter({ hasText: boundary });
    await row.getByText('CISA BOD 26-04', { exact: false }).waitFor();
    expect(faults).toEqual([]);
  });

  it('a task about a POA&M is given to an ISSO, who says that it is done and what came of it', async () => {
    const issm = await signIn('s.haddad', '/tasks');
    await issm.page.getByRole('button', { name: 'New task…' }).click();
    const dialog = issm.page.getByRole('dialog');
    await dialog.getByLabel(/^Which/).fill(poam);
    await dialog.getByLabel(/^What is to be done/).fill('Ask the vendor for a date');
    await dialog.getByLabel(/^For/).fill('m.okafor');
    await dialog.getByRole('button', { name: 'Give the task' }).click();
    await dialog.waitFor({ state: 'hidden' });

    const isso = await signIn('m.okafor', '/tasks?waits=me');
    await isso.page.getByRole('link', { name: 'Ask the vendor for a date' }).click();
    await isso.page.getByRole('button', { name: 'Done…' }).click();
    const done = isso.page.getByRole('dialog');
    await done.getByLabel(/^Note/).fill('They promise January');
    await done.getByRole('button', { name: 'Done', exact: true }).click();
    await done.waitFor({ state: 'hidden' });
    await isso.page.getByText('They promise January').waitFor();
    expect(await world.rows(`select entity_id, done_by, done_note from work_tasks`)).toEqual([
      { entity_id: poam, done_by: 'm.okafor', done_note: 'They promise January' },
    ]);
    expect([...issm.faults, ...isso.faults]).toEqual([]);
  });

  it('late reviews are said to be done for all that match, after how many that are was shown', async () => {
    await world.rows(
      `insert into review_intervals (system_id, interval_days, set_by, set_at) values ($1, 1, 'test', now())`,
      boundary,
    );
    await world.rows(
      `update ingestion_poams set created_at = now() - interval '90 days' where system_id = $1`,
      boundary,
    );
    const { page, faults } = await signIn('m.okafor', '/reviews');
    await page.locator('[role="row"][data-index="0"]').waitFor();
    await page.locator('[role="row"][data-index="0"] [data-check]').click();
    await page.getByRole('button', { name: 'Reviewed, no change…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Note/).fill('looked at it');
    await dialog.getByRole('button', { name: 'Reviewed, no change' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await world.rows(`select reviewed_by, note from poam_reviews`)).toEqual([
      { reviewed_by: 'm.okafor', note: 'looked at it' },
    ]);
    expect(faults).toEqual([]);
  });
});
