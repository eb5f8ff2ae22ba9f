/** Checklists in and out: results of an asset, closed by a later checklist, and no change when what was written comes in again. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { withChecklists } from '../../connectors/checklists/index.ts';
import { scanFileReader } from '../../connectors/nessus/index.ts';
import type { App } from '../../engine/run/index.ts';
import { type FileOutcome, importFiles } from '../scan-files/index.ts';
import { exportChecklist, listAssetStigs } from './index.ts';

let database: ClonedDatabase;
const folder = mkdtempSync(join(tmpdir(), 'stigs-'));
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database[Symbol.asyncDispose]();
});

const rule = (number: number, status: string) => ({
  group_id: `V-${number}`,
  rule_id_src: `SV-${number}r1_rule`,
  rule_id: `SV-${number}r1`,
  rule_version: `RHEL-09-${number}`,
  severity: 'high',
  rule_title: `Rule ${number} <&>`,
  discussion: 'Because.',
  fix_text: 'Do it.',
  ccis: ['CCI-000366'],
  status,
  finding_details: 'seen',
  comments: '',
});
const cklb = (...rules: ReturnType<typeof rule>[]): string =>
  JSON.stringify({
    target_data: { host_name: 'web01', ip_address: '10.0.0.9', fqdn: 'web01.example.org' },
    stigs: [
      { stig_id: 'RHEL_9_STIG', version: '2', release_info: 'Release: 5 Benchmark Date: 07 Jun 2023', rules },
    ],
  });

async function bring(name: string, text: string, at: string): Promise<FileOutcome | undefined> {
  const path = join(folder, name);
  writeFileSync(path, text);
  utimesSync(path, new Date(at), new Date(at));
  const app = {
    db: database.db,
    store: database.store,
    now: () => new Date(at),
    scanFiles: withChecklists(scanFileReader),
    log: { info: () => undefined, warn: () => undefined },
  } as unknown as App; // what importing uses of it
  const options = {
    source: 'scan files',
    keepPartial: false,
    signal: new AbortController().signal,
    report: () => undefined,
  };
  return (await importFiles(app, [path], options))[0];
}
const results = async (): Promise<unknown[]> =>
  (
    await database.pool.query(
      'select check_id as id, status, control_references as refs from compliance_results order by check_id',
    )
  ).rows;
const assetUuid = async (): Promise<string> =>
  String(
    (
      await database.pool.query<{ id: string }>(
        `select asset_uuid as id from ingestion_assets where hostname = 'web01'`,
      )
    ).rows[0]?.id,
  );

it('a checklist gives an asset its results, the same file again none, and a later one closes what is no finding any more', async () => {
  const first = cklb(rule(1, 'open'), rule(2, 'not_a_finding'), rule(3, 'not_reviewed'));
  expect(await bring('a.cklb', first, '2026-11-01T00:00:00Z')).toMatchObject({
    outcome: 'imported',
    hosts: 1,
    items: 2,
  });
  const refs = ['CAT|I', 'CCI|CCI-000366'];
  expect(await results()).toEqual([
    { id: 'V-1', status: 'failed', refs: [...refs, 'Rule-ID|SV-1r1_rule', 'STIG-ID|RHEL-09-1'] },
    { id: 'V-2', status: 'passed', refs: [...refs, 'Rule-ID|SV-2r1_rule', 'STIG-ID|RHEL-09-2'] },
  ]);
  expect(await bring('again.cklb', first, '2026-11-02T00:00:00Z')).toMatchObject({
    outcome: 'already imported',
  });
  await bring('b.cklb', cklb(rule(1, 'not_reviewed'), rule(2, 'not_a_finding')), '2026-11-03T00:00:00Z');
  expect(await results()).toMatchObject([{ status: 'failed' }, { status: 'passed' }]);
  await bring('c.cklb', cklb(rule(1, 'not_a_finding'), rule(2, 'open')), '2026-11-04T00:00:00Z');
  expect(await results()).toMatchObject([{ status: 'passed' }, { status: 'failed' }]);
  await bring(
    'old.cklb',
    cklb(rule(1, 'open'), rule(2, 'not_a_finding'), rule(4, 'not_applicable')),
    '2026-10-01T00:00:00Z',
  );
  expect(await results()).toMatchObject([
    { status: 'passed' },
    { status: 'failed' },
    { id: 'V-4', status: 'skipped' },
  ]);
});

it.each(['ckl', 'cklb'] as const)('what is written as %s comes in again as no change', async (format) => {
  const id = await assetUuid();
  expect(await listAssetStigs(database.db, everywhere, id)).toMatchObject([
    { stig: 'RHEL_9_STIG', revision: 'V2R5', rules: 3, open: 1 },
  ]);
  const written = await exportChecklist({ db: database.db }, everywhere, {
    assetUuid: id,
    stig: undefined,
    format,
  });
  expect(written.fileName).toBe(`web01-RHEL_9_STIG.${format}`);
  const before = await results();
  const outcome = await bring(written.fileName, written.text, '2026-11-04T00:00:00Z');
  expect(outcome).toMatchObject({
    outcome: 'imported',
    hosts: 1,
    items: 3,
    counts: { failed: 0, created: 0 },
  });
  expect(await results()).toEqual(before);
  expect((await database.pool.query('select from ingestion_assets')).rows).toHaveLength(1);
  await expect(
    exportChecklist({ db: database.db }, everywhere, { assetUuid: id, stig: 'other', format }),
  ).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
});
