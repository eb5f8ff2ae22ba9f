/**
 * A deviation from the page of a POA&M to the scanner, by the people whose work it is: asked for with a file, approved by another person, and the
 * file saved again as it was.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { within } from '../support/http-world.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

describe.runIf(hasChromium)(`deviations in the console${noChromium}`, () => {
  let world: TwoSystems;
  let boundary: string;
  let poam: string;
  let folder: string;

  const { signIn } = consoleStories(
    async () => (world = await startTwoSystems([], { tenable: ['--machines', '12'] })),
    async () => {
      folder = await mkdtemp(join(tmpdir(), 'tieline-evidence-'));
      await world.sync();
      const [first] = await world.rows(
        `select p.system_id, min(p.poam_id) as poam from ingestion_poams p
        where p.poam_id like 'POAM-2026-%' and p.weakness_risk_level in ('High', 'Critical')
          and exists (select from ingestion_vulnerabilities v where v.poam_id = p.id and v.lifecycle_state = 'open')
        group by p.system_id order by count(*) desc, p.system_id limit 1`,
      );
      boundary = String(first?.['system_id']);
      poam = String(first?.['poam']);
      await addPerson(world.app, 'a.lindqvist', [{ role: 'analyst', scope: within(boundary) }]);
      await addPerson(world.app, 's.haddad', [{ role: 'issm', scope: within(boundary) }]);
    },
  );
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('a false positive of one machine is asked for with a file, approved by another person, and holds at the scanner for that machine alone', async () => {
    const bytes = randomBytes(70_000);
    const path = join(folder, 'package list.txt');
    await writeFile(path, bytes);
    const analyst = await signIn('a.lindqvist', `/poams/${poam}/deviations`);
    await analyst.page.getByRole('button', { name: 'Ask for a deviation…' }).click();
    const dialog = analyst.page.getByRole('dialog');
    await dialog.getByLabel('Kind').selectOption('false_positive');
    await dialog.getByLabel(/^The whole POA&M/).uncheck();
    await dialog.getByRole('checkbox').nth(1).check();
    await dialog.getByLabel(/^Rationale/).fill('The package is not installed on it.');
    expect(await dialog.getByRole('button', { name: 'Ask' }).isDisabled()).toBe(true);
    await dialog.getByLabel(/^What proves/).fill('See the package list.');
    await dialog.getByLabel(/^Evidence/).setInputFiles(path);
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await analyst.page.getByRole('link', { name: /^False positive/ }).click();
    await analyst.page.getByText('Nobody has decided it yet.').waitFor();

    const issm = await signIn('s.haddad', '/approvals?kind=false_positive');
    await issm.page.getByRole('link', { name: /^No\. / }).click();
    await issm.page.getByText('The package is not installed on it.').waitFor();
    await issm.page.getByRole('button', { name: 'Agree…' }).click();
    const answer = issm.page.getByRole('dialog');
    await answer.getByRole('button', { name: 'Agree' }).click();
    await answer.waitFor({ state: 'hidden' });
    await world.sync();

    const { page } = analyst;
    await page.reload();
    await page.getByText(/Approved by s\.haddad/).waitFor();
    await page
      .getByText(/in force/)
      .first()
      .waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'package list.txt' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('package list.txt');
    const saved = await readFile(await file.path());
    expect(createHash('sha256').update(saved).digest('hex')).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    );
    const rules = await world.rows(
      `select count(distinct r.asset_uuid)::int as machines, count(*) filter (where c.acceptance_id is null)::int as unsent
         from deviation_rules r join acceptances c on c.id = r.acceptance_id`,
    );
    expect(rules).toEqual([{ machines: 1, unsent: 0 }]);
    await page.goto(`/poams/${poam}`);
    await page.getByText('1 asset taken for a false positive').waitFor();
    await page.goto('/deviations');
    await page.getByRole('link', { name: /^False positive/ }).waitFor();
    expect([...analyst.faults, ...issm.faults]).toEqual([]);
  });

  it('what a request lacks is said in the dialog, and what was typed stays', async () => {
    const { page, faults } = await signIn('a.lindqvist', `/poams/${poam}/deviations`);
    await page.getByRole('button', { name: 'Ask for a deviation…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Rationale/).fill('Replaced in March.');
    await dialog.getByLabel(/^Conditions/).fill('Stays behind the firewall.');
    await dialog.getByLabel(/^Last day/).fill('2020-01-01');
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await dialog.getByText(/2020-01-01 is past/).waitFor();
    expect(await dialog.getByLabel(/^Rationale/).inputValue()).toBe('Replaced in March.');
    expect(faults).toEqual([]);
  });
});
