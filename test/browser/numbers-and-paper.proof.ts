/**
 * From a number to paper: an ISSM opens the Executive dashboard, sees a missed target, goes down to the records behind it, makes the monthly POA&M workbook of one
 * boundary and schedules it; an auditor, who did not make it, checks the file by its hash, and sees that a changed one is none.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { localOperator } from '../../src/canonical/access/index.ts';
import { setTarget, takeMetrics } from '../../src/modules/metrics/index.ts';
import { hasChromium, noChromium, type Window } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { within } from '../support/http-world.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

describe.runIf(hasChromium)(`numbers and paper in the console${noChromium}`, () => {
  let world: TwoSystems;
  let boundary: string;
  let folder: string;

  const { signIn } = consoleStories(
    async () => (world = await startTwoSystems([], { tenable: ['--machines', '12'] })),
    async () => {
      folder = await mkdtemp(join(tmpdir(), 'tieline-paper-'));
      await world.sync();
      const [first] = await world.rows(
        `select p.system_id from ingestion_poams p where p.poam_id like 'POAM-2026-%' group by p.system_id order by count(*) desc, p.system_id limit 1`,
      );
      boundary = String(first?.['system_id']);
      await setTarget(world.app, localOperator('op'), {
        metric: 'M08',
        measure: 'findings',
        aim: { comparison: 'at_most', target: 1 },
        reason: 'none but one',
      });
      await takeMetrics(world.app);
      await addPerson(world.app, 's.haddad', [{ role: 'issm', scope: within(boundary) }]);
      await addPerson(world.app, 'q.ames', [{ role: 'auditor', scope: within(boundary) }]);
      await addPerson(world.app, 'p.officer', [{ role: 'privacy_officer' }]);
    },
    240_000,
  );
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('a missed target leads to its records, the monthly package is made and scheduled, and an auditor verifies it', async () => {
    const issm = await signIn('s.haddad', '/dashboards/executive');
    const { page } = issm;
    const tile = page.getByRole('region', { name: 'Open findings', exact: true });
    await tile.getByText('✗ target missed').waitFor();
    await tile.getByText(/Target: at most 1/).waitFor();
    const number = Number(
      (
        await tile
          .getByText(/^[\d,]+$/)
          .first()
          .innerText()
      ).replaceAll(',', ''),
    );
    expect(number).toBeGreaterThan(1);

    await tile.getByRole('link', { name: 'Records' }).click();
    await page.waitForURL(/show=records/);
    await page.getByRole('table').locator('tbody tr').first().waitFor();
    const [open] = await world.rows(
      `select count(*)::int as n from ingestion_vulnerabilities v
        where v.severity_rank > 0 and v.lifecycle_state in ('open', 'reopened') and coalesce(v.severity_modification, 'none') not in ('accepted', 'false_positive')
          and v.asset_ref in (select asset_uuid from ingestion_system_assets where system_id = '${boundary}' union select asset_uuid from ingestion_assets where system_id = '${boundary}')`,
    );
    expect(number).toBe(open?.['n']);
    await page.getByRole('table').locator('tbody tr').first().getByRole('link').first().click();
    await page.waitForURL(/\/findings\//);
    await page.getByRole('heading', { level: 1 }).waitFor();

    await page.goto('/reports');
    const form = page.locator('form').filter({ has: page.getByLabel('Report', { exact: true }) });
    const report = form.getByLabel('Report', { exact: true });
    await report.selectOption({ label: await labelOf(report, /FedRAMP POA&M/) });
    await form.getByLabel('Authorization boundary').selectOption(boundary);
    await form.getByRole('button', { name: 'Make the report' }).click();
    await page.getByText(/was requested\. A worker is making it/).waitFor();
    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('button', { name: 'Download' }) })
      .first();
    await row.waitFor({ timeout: 60_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      row.getByRole('button', { name: 'Download' }).click(),
    ]);
    const bytes = await readFile(await download.path());
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await row.getByText(sha256.slice(0, 12)).waitFor();

    await form.getByText('Schedule it…').click();
    await form.getByLabel('Name of the schedule').fill('Monthly package');
    await form.getByLabel('When', { exact: true }).fill('0 6 1 * *');
    await form.getByRole('button', { name: 'Schedule', exact: true }).click();
    await page.getByText(/Scheduled: Monthly package\. The first report is made on/).waitFor();
    await page.getByRole('cell', { name: /Monthly package/ }).waitFor();

    const auditor = await signIn('q.ames', '/reports');
    const [genuine, changed] = [join(folder, 'package.xlsx'), join(folder, 'changed.xlsx')];
    await writeFile(genuine, bytes);
    await writeFile(changed, Buffer.concat([bytes, Buffer.from(' ')]));
    await auditor.page.getByLabel('File', { exact: true }).setInputFiles(genuine);
    await auditor.page.getByText(/package\.xlsx is genuine: .*made by s\.haddad/).waitFor();
    await auditor.page.getByText(`SHA-256 ${sha256}`).waitFor();
    await auditor.page.getByLabel('File', { exact: true }).setInputFiles(changed);
    await auditor.page.getByText(/changed\.xlsx is not a report made here/).waitFor();
    expect([...issm.faults, ...auditor.faults]).toEqual([]);
  });

  it('the numbers of a dashboard go to somebody outside the agency once it is said who and why, and are accounted for', async () => {
    const { page, faults } = await signIn('q.ames', '/dashboards/executive');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('menuitem', { name: 'As CSV, with recipient and purpose…' }).click();
    const dialog = page.getByRole('dialog');
    const record = dialog.getByRole('button', { name: 'Record and save' });
    expect(await record.isDisabled()).toBe(true);
    await dialog.getByLabel('Recipient').fill('Joint Audit Office');
    await dialog.getByLabel('Purpose').fill('Yearly audit');
    await dialog.getByLabel('Authority').fill('5 U.S.C. 552a(b)(10)');
    const [file] = await Promise.all([page.waitForEvent('download'), record.click()]);
    expect(file.suggestedFilename()).toMatch(/^executive.*\.csv$/);
    expect(await readFile(await file.path(), 'utf8')).toContain('Open findings');
    await dialog.waitFor({ state: 'detached' });
    const officer = await signIn('p.officer', '/disclosures');
    const row = officer.page.getByRole('row').filter({ hasText: 'Joint Audit Office' });
    await row.getByText('Yearly audit').waitFor();
    expect(await row.count()).toBe(1);

    // What stays in the agency is saved without a question, and is no disclosure.
    await page.goto('/metrics/open-findings');
    await page.getByRole('button', { name: 'Export the numbers' }).click();
    await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'As CSV', exact: true }).click(),
    ]);
    const [counted] = await world.rows(`select count(*)::int as n from disclosures`);
    expect(counted?.['n']).toBe(1);
    expect([...faults, ...officer.faults]).toEqual([]);
  });
});

/** The label of the choice that fits. */
async function labelOf(select: ReturnType<Window['page']['getByLabel']>, words: RegExp): Promise<string> {
  await select.locator('option').first().waitFor({ state: 'attached' });
  const labels = await select.locator('option').allInnerTexts();
  const found = labels.find((label) => words.test(label));
  if (found === undefined) throw new Error(`none of ${labels.join(', ')} fits ${String(words)}`);
  return found;
}
