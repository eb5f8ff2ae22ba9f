/** A workflow from its first line to the trace of its run: written from one that ships, mended, approved by another, simulated, then live. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
const dialog = (page: Page): Locator => page.getByRole('dialog');

/** What a person who is signed in there sends to the API. */
async function sent(page: Page, path: string, body: object): Promise<void> {
  const answer = await page.evaluate(
    async ([to, text]) => {
      const { status } = await fetch(`/api/v1${to}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'X-Tieline': '1',
          'Idempotency-Key': crypto.randomUUID(),
        },
        body: text ?? '',
      });
      return status;
    },
    [path, JSON.stringify(body)],
  );
  expect(answer, path).toBeLessThan(300);
}

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
      const { page, faults } = await signIn('s.haddad', '/workflows/new?shipped=milestone-slip&as=yaml');
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
      const { page, faults } = await signIn('s.haddad', '/workflows/milestone-slip/edit?as=yaml');
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
      await page.goto('/workflows/milestone-slip/edit?as=yaml');
      await text.fill(first.replace(/^limit: \d+$/m, 'limit: 7'));
      await save('Saved as version 2.');
      const approve = (of: Page): Locator => of.getByRole('button', { name: 'Approve…' });
      await approve(page).and(page.getByTitle('You saved this version: another person decides.')).waitFor();
      expect(await approve(page).getAttribute('aria-disabled')).toBe('true');
      await page.goto('/workflows/milestone-slip/edit?as=yaml');
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

  it(
    'a person makes a workflow with the form alone, mends what is wrong at its field, tries it and saves it',
    { timeout: 240_000 },
    async () => {
      const { page, faults } = await signIn('s.haddad', '/workflows/new?as=yaml');
      // What somebody wrote into the YAML before stays, whatever the form does.
      const text = page.getByRole('textbox', { name: 'The workflow, as YAML' });
      await text.fill(`# as the runbook says, chapter 4\n${await text.inputValue()}`);
      await page.getByRole('link', { name: 'Form', exact: true }).click();
      const field = (name: string): Locator => page.getByRole('textbox', { name, exact: true });
      await field('Title').fill('Late: say when');
      await field('Name').fill('late-say-when');
      await page.getByLabel('It starts').selectOption({ label: 'When something happens' });
      await page.getByLabel('What happens').selectOption('poam.changed');
      const condition = field('Only where').first();
      await condition.fill('');
      await condition.pressSequentially('poam.ope');
      await page.getByRole('option', { name: /^poam\.open / }).waitFor();
      await condition.press('Enter');
      await condition.pressSequentially(' && has(poam.duw)');
      await page.getByLabel('A further step').selectOption('action:task');
      await page.getByRole('button', { name: 'Add', exact: true }).press('Enter');
      const task = page
        .getByRole('listitem')
        .filter({ has: page.getByRole('button', { name: 'Remove task' }) });
      await page.getByRole('button', { name: 'Check' }).click();
      const wrong = page.getByRole('alert', { name: 'What keeps it from being saved' });
      await wrong.getByRole('button', { name: 'steps.1.with.what' }).click();
      const what = task.getByRole('textbox', { name: 'What', exact: true });
      expect(await what.and(page.locator(':focus')).count()).toBe(1);
      expect(await what.getAttribute('aria-invalid')).toBe('true');
      await task.getByText('is required', { exact: true }).waitFor();
      await what.pressSequentially('Say when {poam.i');
      await page.getByRole('option', { name: /^poam\.id\}/ }).waitFor();
      await what.press('Tab');
      await what.pressSequentially(' will be done');
      expect(await what.inputValue()).toBe('Say when {poam.id} will be done');
      // What is mended is said to be right without asking again; the other one is left.
      await wrong.getByText('steps.1.with.what').waitFor({ state: 'detached' });
      await page
        .getByText(/Did you mean due\?/)
        .first()
        .waitFor();
      expect(await condition.getAttribute('aria-invalid')).toBe('true');
      await condition.fill('poam.open && has(poam.due)');
      await page.getByText('Nothing is wrong with it.').waitFor();

      await page.getByRole('button', { name: 'Move task up' }).press('Enter');
      await page.getByLabel('A further step').selectOption('waitUntil');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('button', { name: 'Remove tell' }).click();
      await field('Days').fill('5');
      await page.getByText('Nothing is wrong with it.').waitFor();
      const [played] = await Promise.all([
        page.waitForRequest(/workflow-replays/),
        page.getByRole('button', { name: 'Play it' }).click(),
      ]);
      expect(played.postDataJSON()).toMatchObject({
        source: expect.stringContaining('# as the runbook says'),
      });
      await page.getByText(/ runs? from /).waitFor();
      await page.getByRole('button', { name: 'Save…' }).click();
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await page.getByText('not approved').first().waitFor();

      await page.goto('/workflows/late-say-when/edit');
      expect(await field('Title').inputValue()).toBe('Late: say when');
      await page.getByRole('link', { name: 'YAML', exact: true }).click();
      expect(await text.inputValue()).toBe(`# as the runbook says, chapter 4
name: late-say-when
title: 'Late: say when'
purpose: For whom, and why.
trigger: { event: poam.changed }
record: poam
when: poam.open && has(poam.due)
limit: 100
steps:
  - id: task
    action: task
    with:
      what: Say when {poam.id} will be done
  - id: wait
    waitUntil:
      days: 5
`);
      expect(faults).toEqual([]);
    },
  );

  it(
    'what the form has no field for stays in the YAML, and is shown in its place',
    { timeout: 120_000 },
    async () => {
      const { page, faults } = await signIn('s.haddad', '/workflows/new?as=yaml');
      const text = page.getByRole('textbox', { name: 'The workflow, as YAML' });
      await text.fill(
        `${(await text.inputValue()).replace('limit: 100', 'limit: 100\nticket: {id: 7} # ours')}`,
      );
      await page.getByRole('link', { name: 'Form', exact: true }).click();
      expect(await page.getByRole('textbox', { name: 'ticket', exact: true }).inputValue()).toBe(
        '{ id: 7 } # ours',
      );
      await page.getByRole('textbox', { name: 'Title', exact: true }).fill('Another');
      await page.getByRole('link', { name: 'YAML', exact: true }).click();
      expect(await text.inputValue()).toContain('title: Another\n');
      expect(await text.inputValue()).toContain('ticket: { id: 7 } # ours');
      await text.fill('name: [');
      await page.getByRole('link', { name: 'Form', exact: true }).click();
      await page.getByText(/^Line 1 is no YAML that can be read/).waitFor();
      expect(faults).toEqual([]);
    },
  );

  it(
    'a question is delegated to another person, who finds it in the inbox and decides in that place',
    { timeout: 240_000 },
    async () => {
      const owner = await signIn('s.haddad', '/workflows');
      const source = `name: look-closer
title: Look closer
trigger: {by_hand: true}
record: poam
steps:
  - {id: ask, approve: {ask: look closer at it, levels: [{who: [isso]}]}}
  - {id: note, action: comment, with: {say: Looked at}}
`;
      await sent(owner.page, '/workflows', { source });
      const approver = await signIn('m.silva', '/workflows');
      await sent(approver.page, '/workflows/look-closer/decide', { version: 1, approved: true });
      await sent(approver.page, '/workflows/look-closer/mode', { mode: 'live' });
      await sent(owner.page, '/workflows/look-closer/runs', { records: [poam] });

      const open = (of: Page): Promise<void> =>
        of
          .locator('[data-inbox-row]')
          .filter({ hasText: 'look closer at it' })
          .locator('[data-inbox-focus]')
          .click({ timeout: 60_000 });
      const { page, faults } = await signIn('o.isso', '/inbox?kind=approval');
      await open(page);
      await page.getByRole('button', { name: 'Delegate…' }).click();
      const give = dialog(page).getByRole('button', { name: 'Delegate' });
      expect(await give.isDisabled()).toBe(true);
      await dialog(page).getByLabel('To').fill('nobody.there');
      await give.click();
      await dialog(page).getByRole('alert').waitFor();
      await dialog(page).getByLabel('To').fill('m.silva');
      await dialog(page).getByLabel('Reason (optional)').fill('I am on leave');
      await give.click();
      await page.getByText('m.silva may decide as ISSO').waitFor();
      await page.getByText('m.silva may decide in place of o.isso').waitFor();

      await approver.page.goto('/inbox?kind=approval');
      await open(approver.page);
      await approver.page.getByRole('button', { name: 'Agree…' }).click();
      await dialog(approver.page).getByRole('button', { name: 'Agree' }).click();
      await approver.page.getByText(/^Approved: /).waitFor();

      await page.reload();
      await page.getByText(/agreed: m\.silva in place of o\.isso as ISSO/).waitFor();
      expect(await page.getByRole('button', { name: 'Delegate…' }).count()).toBe(0);
      await expect
        .poll(
          () =>
            world.rows(`select body from poam_comments where poam_id = '${poam}' and body like 'Looked at%'`),
          { timeout: 60_000 },
        )
        .toHaveLength(1);
      expect([...owner.faults, ...approver.faults, ...faults]).toEqual([]);
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
