/** From what waits to its answer: a promise that stands, a POA&M that is proven fixed, a file of POA&Ms; and the Story of the POA&M tells it. */
import { describe, expect, it } from 'vitest';
import { everywhere } from '../../src/canonical/access/actor.ts';
import { evaluateAlerts, raiseAlert } from '../../src/modules/alerts/index.ts';
import { tagByWorkflow } from '../../src/modules/tags/index.ts';
import { demoPoamFile } from '../../src/main/demo-files.ts';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { within } from '../support/http-world.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

describe.runIf(hasChromium)(`the inbox and what comes of it${noChromium}`, { timeout: 180_000 }, () => {
  let world: TwoSystems;
  let boundary: string;

  const { signIn } = consoleStories(
    async () => (world = await startTwoSystems([], { tenable: ['--machines', '12'] })),
    async () => {
      await world.sync();
      const [first] = await world.rows(
        `select p.system_id from ingestion_poams p join poam_due_dates d on d.poam_ref = p.id
        where p.scheduled_completion::date > d.obliged_by and p.status = 'Open'
          and exists (select from ingestion_poams m where m.system_id = p.system_id and m.ingestion_source = 'tieline' and m.xacta_poam_id is not null)
        group by p.system_id order by count(*) desc, p.system_id limit 1`,
      );
      boundary = String(first?.['system_id']);
      await addPerson(world.app, 's.haddad', [{ role: 'issm', scope: within(boundary) }]);
      await addPerson(world.app, 'p.raman', [{ role: 'issm', scope: everywhere }]);
    },
  );

  it('a promise that is let stand leaves the inbox, and the Story of the POA&M says by whom and why', async () => {
    const { page, faults } = await signIn('s.haddad', '/inbox?kind=late_obligation');
    const row = page.locator('[data-inbox-row]').first();
    const poam = /^[^:]+/.exec(await row.locator('[data-inbox-focus]').innerText())?.[0] ?? '';
    await row.getByRole('button', { name: 'Let it stand…' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Let it stand' }).isDisabled()).toBe(true);
    await dialog.getByLabel(/^Reason/).fill('The authorizing official knows of it.');
    await dialog.getByRole('button', { name: 'Let it stand' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: new RegExp(`^${poam}:`) }).waitFor({ state: 'hidden' });
    await page.goto(`/poams/${poam}/story`);
    const told = page.locator('ol li', { hasText: 'The authorizing official knows of it.' });
    await told.waitFor();
    expect(await told.innerText()).toContain('s.haddad');
    expect(faults).toEqual([]);
  });

  it('what the server tells of is read without keeping the session of who has left the desk', async () => {
    const { page } = await signIn('s.haddad', '/inbox');
    await page.getByRole('heading', { name: /^Inbox/ }).waitFor();
    const news = `new BroadcastChannel('tieline-events').postMessage('inbox.changed')`;
    const passive = async (): Promise<string | undefined> => {
      const [asked] = await Promise.all([page.waitForRequest(/\/me\/inbox/), page.evaluate(news)]);
      return asked.headers()['x-tieline-passive'];
    };
    await page.keyboard.press('Shift');
    expect(await passive()).toBeUndefined();
    await page.waitForTimeout(11_000);
    expect(await passive()).toBe('1');
  });

  it('a POA&M whose findings are proven fixed is completed by a word, with its evidence told', async () => {
    const [made] = await world.rows(
      `select poam_id from ingestion_poams where ingestion_source = 'tieline' and system_id = $1 and xacta_poam_id is not null
        order by scheduled_completion desc, poam_id limit 1`,
      boundary,
    );
    const poam = String(made?.['poam_id']);
    await world.rows(
      `update ingestion_vulnerabilities v set lifecycle_state = 'fixed', state = 'Fixed', last_fixed = now() at time zone 'UTC'
        from ingestion_poams p where p.poam_id = $1 and v.poam_id = p.id`,
      poam,
    );
    await world.rows(
      `insert into finding_state_changes (vulnerability_id, state, occurred_at, external_system_id)
       select v.id, 'fixed', v.last_fixed, v.external_system_id from ingestion_vulnerabilities v join ingestion_poams p on p.id = v.poam_id
        where p.poam_id = $1 on conflict do nothing`,
      poam,
    );
    await world.rows(`update ingestion_assets set last_seen = now()`);
    await world.rows(
      `update asset_sources set record = record || jsonb_build_object('last_authenticated_at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))`,
    );
    const { page, faults } = await signIn('s.haddad', `/poams/${poam}`);
    await page.getByRole('button', { name: 'Complete…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/a scan proves it/).waitFor();
    await dialog.getByLabel(/^Reason/).fill('Checked the scan of last night.');
    await dialog.getByRole('button', { name: 'Complete', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.goto(`/poams/${poam}/story`);
    await page.locator('ol li', { hasText: 'Checked the scan of last night.' }).first().waitFor();
    expect(faults).toEqual([]);
  });

  it('an alert that somebody acknowledges leaves the inbox, and its story says who', async () => {
    await evaluateAlerts(world.app, { heavy: true });
    const { page, faults } = await signIn('s.haddad', '/inbox?kind=alert');
    await page.locator('[data-inbox-row] [data-inbox-focus]').first().click();
    await page.getByRole('button', { name: 'Acknowledge…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Reason/).fill('I look into it.');
    await dialog.getByRole('button', { name: 'Acknowledge' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page
      .getByRole('row')
      .filter({ hasText: 'I look into it.' })
      .filter({ hasText: 's.haddad' })
      .waitFor();
    const { pathname } = new URL(page.url());
    await page.goto('/inbox?kind=alert');
    await page.getByRole('heading', { name: /^Inbox/ }).waitFor();
    await page.locator(`[data-inbox-row] a[href="${pathname}"]`).waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });

  it('an alert that a workflow raised is over when a person says so, and the asset says which workflow tagged it', async () => {
    const [asset] = await world.rows(
      `select asset_uuid::text as uuid, hostname from ingestion_assets where system_id = $1 order by id limit 1`,
      boundary,
    );
    const [id, title] = [String(asset?.['uuid']), String(asset?.['hostname'])];
    const step = { workflow: 'patch-late', by: 'p.raman', reason: 'workflow patch-late' };
    const raised = await raiseAlert(
      world.app,
      { ...step, record: { kind: 'asset', id, title, boundary } },
      { severity: 'High', title: `Patch ${title}`, detail: 'Its patches are late.' },
    );
    await tagByWorkflow(world.app, { ...step, assetUuid: id, tag: { category: 'Patch', value: 'late' } });
    const { page, faults } = await signIn('s.haddad', `/alerts/${raised.alertId}`);
    await page.getByRole('heading', { name: `Patch ${title}` }).waitFor();
    await page.getByRole('button', { name: 'It is over…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Reason/).fill('Patched last night.');
    await dialog.getByRole('button', { name: 'Say that it is over' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText(/closed by s\.haddad: Patched last night\./).waitFor();
    await page.goto(`/assets/${id}`);
    await page.getByText(/Patch:late by workflow patch-late/).waitFor();
    expect(faults).toEqual([]);
  });

  it('a file of POA&Ms is shown with its held row before anything is imported, and imported once it is approved', async () => {
    const { page, faults } = await signIn('p.raman', '/imports');
    await page.getByLabel('Boundary of POA&M files').selectOption(boundary);
    await page.getByLabel('Files', { exact: true }).setInputFiles({
      name: 'plant.json',
      mimeType: 'application/json',
      buffer: demoPoamFile(new Date('2026-11-01T12:00:00Z')),
    });
    await page.getByText('Waits for approval').waitFor();
    await page.getByRole('heading', { name: 'Held rows (1)' }).waitFor();
    await page.getByText(/the status "on hold" of its risk/).waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Imported', { exact: true }).waitFor();
    const kept = await world.rows(
      `select count(*)::int as n from ingestion_poams where weakness_description like 'Historian runs%'`,
    );
    expect(kept).toEqual([{ n: 1 }]);
    expect(faults).toEqual([]);
  });
});
