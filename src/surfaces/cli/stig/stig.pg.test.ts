/** The commands of checklists: in, listed, and out again, in the agency or out of it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import { withChecklists } from '../../../connectors/checklists/index.ts';
import { scanFileReader } from '../../../connectors/nessus/index.ts';
import { listDisclosures } from '../../../modules/privacy/index.ts';

let database: ClonedDatabase;
let app: TestApp;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stigs-'));
  database = await cloneDatabase();
  app = {
    ...composeApp(database, Buffer.alloc(32, 1).toString('base64')),
    scanFiles: withChecklists(scanFileReader),
  };
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database[Symbol.asyncDispose]();
});

const rule = (number: number, status: string) => ({
  group_id: `V-${number}`,
  rule_id_src: `SV-${number}r1_rule`,
  rule_version: `RHEL-09-${number}`,
  severity: 'high',
  rule_title: `Rule ${number}`,
  status,
  finding_details: 'Account of Jane Doe has no expiry.',
  comments: 'Asked Jane Doe.',
});
const cklb = (stig: string) =>
  JSON.stringify({
    target_data: { host_name: 'web01', ip_address: '10.0.0.9', fqdn: 'web01.example.org' },
    stigs: [
      {
        stig_id: stig,
        version: '2',
        release_info: 'Release: 5 Benchmark Date: 07 Jun 2023',
        rules: [rule(1, 'open'), rule(2, 'not_a_finding')],
      },
    ],
  });

async function imported(stig: string): Promise<void> {
  const path = join(folder, `${stig}.cklb`);
  await writeFile(path, cklb(stig));
  expect((await commandText(app, ['stig', 'import', path])).code).toBe(0);
}
const exportsLogged = async (): Promise<number> =>
  (
    await database.pool.query(
      `select from security_events_extended where event_type = 'export' and object_id = 'stig export'`,
    )
  ).rowCount ?? 0;

it('a checklist that comes in is listed for its asset, and goes out as it came', async () => {
  await imported('RHEL_9_STIG');
  expect((await commandOver(app, ['stig', 'list', 'web01'])).json).toMatchObject([
    { stig: 'RHEL_9_STIG', rules: 2, open: 1 },
  ]);
  expect((await commandText(app, ['stig', 'list', 'web01'])).out).toMatch(/RHEL_9_STIG +\S+ +2 +1 /);
  const out = join(folder, 'out.cklb');
  const said = await commandText(app, ['stig', 'export', 'web01', '--out', out]);
  expect([said.code, said.out.trim()]).toEqual([0, `Written to ${out}.`]);
  const written = JSON.parse(await readFile(out, 'utf8')) as {
    stigs: { rules: { group_id: string; status: string }[] }[];
  };
  expect(written.stigs[0]?.rules.map(({ group_id: id, status }) => [id, status])).toEqual([
    ['V-1', 'open'],
    ['V-2', 'not_a_finding'],
  ]);
  const printed = await commandText(app, ['stig', 'export', 'web01', '--format', 'ckl']);
  expect(printed.out).toContain('<VULN_ATTRIBUTE>Vuln_Num</VULN_ATTRIBUTE>');
  expect(await exportsLogged()).toBe(2);
});

it('an export that leaves the agency says to whom, what for and by which authority, and is not made without', async () => {
  const out = join(folder, 'away.cklb');
  const before = await exportsLogged();
  const lacking = await commandText(app, ['stig', 'export', 'web01', '--out', out, '--recipient', 'GAO']);
  expect(lacking.code).toBe(2);
  expect(lacking.err).toMatch(/purpose.*authority/s);
  await expect(readFile(out)).rejects.toMatchObject({ code: 'ENOENT' });
  expect([await exportsLogged(), await listDisclosures(app.db, { limit: 5 })]).toEqual([before, []]);
  const whole = ['--recipient', 'GAO', '--purpose', 'review', '--authority', '5 U.S.C. 552a(b)(10)'];
  expect((await commandText(app, ['stig', 'export', 'web01', '--out', out, ...whole])).code).toBe(0);
  expect(await listDisclosures(app.db, { limit: 5 })).toMatchObject([
    { nature: 'export', what: 'checklist web01-RHEL_9_STIG.cklb', recipient: 'GAO', purpose: 'review' },
  ]);
});

it('what is asked for and not there is refused with what there is', async () => {
  expect((await commandText(app, ['stig', 'export', 'nowhere'])).code).not.toBe(0);
  expect((await commandText(app, ['stig', 'export', 'web01', '--stig', 'RHEL_8'])).err).toContain(
    'RHEL_9_STIG',
  );
  await imported('APACHE_STIG');
  const unclear = await commandText(app, ['stig', 'export', 'web01']);
  expect(unclear.err).toContain('APACHE_STIG, RHEL_9_STIG');
  const nowhere = join(folder, 'none', 'out.cklb');
  const refused = await commandText(app, [
    'stig',
    'export',
    'web01',
    '--stig',
    'APACHE_STIG',
    '--out',
    nowhere,
  ]);
  expect(refused.err).toContain('cannot be written');
  expect(refused.err).toContain('OUTPUT_FAILED');
});
