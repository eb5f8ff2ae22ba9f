/**
 * The day's work of the people of the product, done by mouse and keyboard in a real browser against the real server, database and
 * simulators. What they see and what arrives on the other side are both looked at.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { within } from '../support/http-world.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';
import { fetchSystem } from '../../src/engine/connections/systems.ts';
import { editPolicies } from '../../src/engine/policies/policies.ts';

let world: TwoSystems;

interface RemotePoam {
  readonly id: string;
  readonly comments: string | null;
  readonly scheduled_completion: string | null;
}
async function there(id: string): Promise<RemotePoam | undefined> {
  return (await world.control<{ poams: RemotePoam[] }>('xacta', 'GET', '/state')).poams.find(
    (poam) => poam.id === id,
  );
}
const editHere = (id: string, field: string, value: string) =>
  world.rows(`update ingestion_poams set ${field} = $2 where poam_id = $1`, id, value);
const editThere = (id: string, fields: object) =>
  world.control('xacta', 'POST', '/edit', { entity: 'poam', id, fields });

describe.runIf(hasChromium)(`a day with the console${noChromium}`, () => {
  let boundary: string;
  let ids: string[];
  const { signIn } = consoleStories(
    async () => (world = await startTwoSystems([], { tenable: ['--machines', '12'] })),
    async () => {
      await world.sync();
      const [first] = await world.rows(
        `select system_id, array_agg(poam_id order by poam_id) as ids from ingestion_poams
        where poam_id like 'POAM-2026-%' group by system_id order by count(*) desc, system_id limit 1`,
      );
      boundary = String(first?.['system_id']);
      ids = first?.['ids'] as string[];
      await addPerson(world.app, 'm.okafor', [{ role: 'isso', scope: within(boundary) }]);
      await addPerson(world.app, 's.haddad', [{ role: 'issm' }]);
      await addPerson(world.app, 'a.lindqvist', [{ role: 'analyst' }]);
      await addPerson(world.app, 't.nakamura', [{ role: 'auditor' }]);
    },
  );

  it('an ISSO settles a due-date conflict of her system, and sees it agreed when it has arrived in Xacta', async () => {
    const [id = ''] = ids;
    await editHere(id, 'scheduled_completion', '2027-03-01');
    await editThere(id, { scheduled_completion: '2027-05-15' });
    await world.sync();
    const { page, faults } = await signIn('m.okafor');
    await page
      .getByRole('link', { name: /conflict/i })
      .first()
      .click();
    await page.getByRole('row').filter({ hasText: id }).getByRole('link', { name: id }).click();
    await page.getByText('May 15, 2027').or(page.getByText('2027-05-15')).first().waitFor();
    await page.getByLabel(/^Reason/).fill('Agreed with the owner on the phone.');
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page
      .getByText(/Nothing to settle|both sides agree|settled/i)
      .first()
      .waitFor();
    await page.goto(`/poams/${id}`);
    const marks = page.locator('[data-marks]');
    await marks.getByText('Waits to go out').waitFor();
    expect((await there(id))?.scheduled_completion).toBe('2027-05-15');
    await world.sync();
    await marks.getByText('Agreed').waitFor();
    expect((await there(id))?.scheduled_completion).toBe('2027-03-01');
    expect(
      await world.rows(
        `select resolved_by, resolution ->> 'reason' as reason from sync_conflicts where entity_id = $1`,
        id,
      ),
    ).toEqual([{ resolved_by: 'm.okafor', reason: 'Agreed with the owner on the phone.' }]);
    expect(faults).toEqual([]);
  });

  it('an approver reads what waits, rejects one record and approves the rest', async () => {
    const [, one = '', two = '', three = ''] = ids;
    const { id: xacta } = await fetchSystem(world.app, 'xacta');
    await editPolicies(
      world.app.store,
      { id: xacta, name: 'xacta' },
      { do: 'change', change: { entity: 'poam', approval: {} } },
      { way: 'none' },
    );
    for (const id of [one, two, three]) await editHere(id, 'comments', `patched, see ticket ${id}`);
    await world.sync();
    const { page, faults } = await signIn('s.haddad', '/approvals');
    await page
      .getByRole('link', { name: /^No\. / })
      .first()
      .click();
    await page.getByLabel(`Choose ${two}`).check();
    await page.getByRole('button', { name: /^Reject/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/Reason/).fill('The ticket is about another machine.');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText(/2 changes for xacta/).waitFor();
    await page.getByRole('button', { name: /^Approve/ }).click();
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await world.sync();
    const comments = await Promise.all([one, two, three].map(async (id) => (await there(id))?.comments));
    expect(comments.map((text) => text?.startsWith('patched') ?? false)).toEqual([true, false, true]);
    expect(faults).toEqual([]);
  });

  it('an ISSM moves many dates at once after seeing what would change, and a worker does it', async () => {
    const { page, faults } = await signIn('s.haddad', '/poams?open=yes');
    await page.locator('[role="row"][data-index="0"] [data-check]').click();
    await page.locator('[role="row"][data-index="2"] [data-check]').click({ modifiers: ['Shift'] });
    await page.getByRole('button', { name: 'Change…', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/What is changed/).selectOption('poc');
    await dialog.getByLabel(/New owner/).fill('Platform team');
    await dialog.getByLabel(/Reason/).fill('The team took over.');
    await dialog.getByRole('button', { name: 'See what would change' }).click();
    await dialog.getByText('3 POA&Ms would change').waitFor();
    await dialog.getByRole('button', { name: 'Change 3 POA&Ms' }).click();
    await dialog.getByText(/^3 POA&Ms changed/).waitFor();
    expect(
      await world.rows(`select count(*)::int as n from ingestion_poams where poc = 'Platform team'`),
    ).toEqual([{ n: 3 }]);
    expect(faults).toEqual([]);
  });

  it('an analyst drops a scan file, and finds its new critical on the page of the asset', async () => {
    const { page, faults } = await signIn('a.lindqvist', '/imports');
    const file = join(tmpdir(), `weekly-${process.pid}.nessus`);
    await writeFile(
      file,
      `<NessusClientData_v2><Report name="weekly"><ReportHost name="198.51.100.77"><HostProperties><tag name="HOST_START_TIMESTAMP">1764100000</tag><tag name="HOST_END_TIMESTAMP">1764100600</tag><tag name="host-fqdn">carried.over.example</tag><tag name="host-ip">198.51.100.77</tag></HostProperties><ReportItem port="445" svc_name="cifs" protocol="tcp" severity="4" pluginID="97833" pluginName="MS17-010: Security Update for Microsoft Windows SMB Server" pluginFamily="Windows"><solution>Install the update.</solution><risk_factor>Critical</risk_factor></ReportItem></ReportHost></Report></NessusClientData_v2>`,
    );
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('grid').getByText('Imported', { exact: true }).waitFor();
    await page.goto('/assets?q=carried.over');
    await page
      .getByRole('link', { name: /carried\.over/ })
      .first()
      .click();
    await page.locator('main').getByRole('link', { name: 'Findings', exact: true }).click();
    await page.waitForURL(/findings$/);
    await page
      .getByRole('grid')
      .getByText(/MS17-010/)
      .waitFor();
    expect(faults).toEqual([]);
  });

  it('an auditor reads and exports everything, and finds no button that writes', async () => {
    const [id = '', other = ''] = ids;
    await editHere(other, 'poc', 'J. Ours');
    await editThere(other, { poc: 'J. Theirs' });
    await world.sync();
    const { page, faults } = await signIn('t.nakamura', '/poams');
    await page.getByRole('button', { name: 'Export' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'As CSV', exact: true }).click(),
    ]);
    const rows = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
    const [{ n } = {}] = await world.rows('select count(*)::int as n from ingestion_poams');
    expect(rows).toHaveLength(Number(n) + 2); // the marking and the head
    const writes =
      /approve|reject|\bedit\b|run now|keep|settle\b|retry|drop|pause|resume|\badd\b|\bnew\b|undo|cancel|delete|remove|import|upload|save|set /i;
    const [{ id: conflict } = {}] = await world.rows(
      `select id from sync_conflicts where resolution_status = 'pending' limit 1`,
    );
    expect(conflict).toBeDefined();
    const [{ id: operation } = {}] = await world.rows(
      `select batch_id as id from ingestion_batches order by started_at desc limit 1`,
    );
    for (const path of [
      '/',
      '/findings',
      '/poams',
      `/poams/${id}`,
      `/poams/${id}/milestones`,
      '/systems',
      `/systems/${boundary}`,
      '/assets',
      '/conflicts',
      `/conflicts/${String(conflict)}`,
      '/approvals',
      '/sync',
      `/operations/${String(operation)}`,
    ]) {
      await page.goto(path);
      await page.waitForSelector('main h1');
      await page.getByText('Loading…').first().waitFor({ state: 'hidden' });
      const buttons = await page.locator('main button:visible:not([aria-label="Views"] *)').allInnerTexts();
      const marked = await page.locator('main [data-edit]').count();
      expect({ path, writes: buttons.filter((text) => writes.test(text)), marked }).toEqual({
        path,
        writes: [],
        marked: 0,
      });
    }
    expect(faults).toEqual([]);
  });
});
