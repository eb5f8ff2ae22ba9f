/** What scans with credentials show and no longer show, in the cases that are easily got wrong. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { scanFileReader } from '../../connectors/nessus/reader.ts';
import { findSourceRecord, splitAsset } from '../../record/assets/asset-merges.sql.ts';
import { findSystem } from '../../ledger/external-systems/external-systems.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import type { App } from '../../engine/run/app.ts';
import { importFiles, type FileOutcome } from './import-files.ts';

let database: ClonedDatabase;
let folder = '';
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tieline-conclusions-'));
  database = await cloneDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await database.pool.query(
    `truncate scan_coverage, imported_files, finding_state_changes, asset_sources cascade; delete from ingestion_vulnerabilities`,
  );
});

const at = (day: number): number => Date.UTC(2026, 0, day) / 1000;
const item = (plugin: number, more = '', severity = '3'): string =>
  `<ReportItem port="0" svc_name="general" protocol="tcp" severity="${severity}" pluginID="${plugin}" pluginName="P ${plugin}" pluginFamily="General"><plugin_output>seen</plugin_output>${more}</ReportItem>`;
/** The machine as a scan with credentials that ended on a day shows it. */
const host = (day: number, items: string): string =>
  `<ReportHost name="10.1.1.1"><HostProperties><tag name="HOST_END_TIMESTAMP">${at(day)}</tag><tag name="Credentialed_Scan">true</tag><tag name="bios-uuid">00000000-0000-4000-8000-00000000c0de</tag></HostProperties>${items}</ReportHost>`;

const take = (...hosts: string[]): Promise<FileOutcome[]> => takeFrom('files', hosts);

async function takeFrom(source: string, hosts: readonly string[]): Promise<FileOutcome[]> {
  files += 1;
  const path = join(folder, `${files}.nessus`);
  await writeFile(
    path,
    `<NessusClientData_v2><Policy><Preferences><ServerPreferences><preference><name>plugin_set</name><value>1;2;3</value></preference></ServerPreferences></Preferences></Policy><Report name="${files}">${hosts.join('')}</Report></NessusClientData_v2>`,
  );
  // What an import asks of the product: its database and the reader.
  const app = {
    db: database.db,
    store: database.store,
    scanFiles: scanFileReader,
    now: () => new Date(),
  } as unknown as App;
  return importFiles(app, [path], {
    source,
    keepPartial: false,
    signal: new AbortController().signal,
    report: () => undefined,
  });
}

/** State, and each fix and return as the day on which it was seen, of plugin 1. */
async function story(): Promise<string> {
  const { rows } = await database.pool.query<{ state: string; days: string | null }>(
    `select v.lifecycle_state as state, (select string_agg(c.state || ' ' || (c.occurred_at::date - date '2025-12-31'), ', ' order by c.occurred_at)
                                  from finding_state_changes c where c.vulnerability_id = v.id) as days
       from ingestion_vulnerabilities v where v.plugin_id = '1'`,
  );
  return rows.map((row) => [row.state, row.days].filter((part) => part !== null).join(': ')).join('; ');
}

describe('a finding', () => {
  it('a finding that each of three scans in one file shows was never absent', async () => {
    await take(host(1, item(1)), host(2, item(1)), host(3, item(1)));
    expect(await story()).toBe('open');
  });

  it('a finding is open again, not reopened, when the scan that lacked it is reported in full', async () => {
    await take(host(1, item(1)));
    await take(host(3, item(2)));
    expect(await story()).toBe('fixed: fixed 3');
    await take(host(5, item(1)));
    expect(await story()).toBe('reopened: fixed 3, reopened 5');
    await take(host(3, item(1) + item(2)));
    expect(await story()).toBe('open');
  });

  it('a finding is fixed since the first scan that lacks it, even where that scan is reported last', async () => {
    await take(host(1, item(1)));
    await take(host(9, item(2)));
    await take(host(7, item(2)));
    await take(host(12, item(1)));
    await take(host(5, item(2)));
    expect(await story()).toBe('reopened: fixed 5, reopened 12');
  });

  it('a finding is not fixed by a scan whose item of it could not be stored', async () => {
    await take(host(1, item(1)));
    const [outcome] = await take(host(3, item(1, '', 'beyond measure') + item(2)));
    expect(outcome?.counts.failed).toBe(1);
    expect(await story()).toBe('open');
  });

  it('a finding is not fixed by a file that itself reports when it was last found', async () => {
    await take(host(3, item(1, '<last_found>2026-01-02T00:00:00Z</last_found>')));
    expect(await story()).toBe('open');
  });

  it('a finding with a concluded fix stays only concluded when an item of it comes twice', async () => {
    await take(host(1, item(1)));
    await take(host(4, item(2)));
    await take(host(1, item(1) + item(1, '<see_also>http://a</see_also>')));
    await take(host(4, item(1) + item(2)));
    expect(await story()).toBe('open');
  });

  it('a finding that hundreds of scans have shown was never absent', { timeout: 60_000 }, async () => {
    const scans = Array.from({ length: 430 }, (_, day) => host(day + 1, item(1)));
    for (let from = 0; from < scans.length; from += 43) await take(...scans.slice(from, from + 43));
    expect(await story()).toBe('open');
    await take(host(500, item(2)));
    expect(await story()).toBe('fixed: fixed 500');
  });

  it('a finding is open again when the scan that had closed it was of another machine', async () => {
    await take(host(1, item(1)));
    await takeFrom('others', [host(3, item(2))]);
    expect(await story()).toBe('fixed: fixed 3');
    const others = await findSystem(database.db, 'others');
    const operationId = await beginOperation(database.db, {
      type: 'update',
      system: 'others',
      step: 'split',
    });
    await database.store.transaction(async (tx) => {
      const record = await findSourceRecord(tx, others?.id ?? 0, 'bios=00000000-0000-4000-8000-00000000c0de');
      if (!record) throw new Error('the source says nothing of the machine');
      await splitAsset(tx, record, { operationId, by: 'a person', reason: undefined });
    });
    expect(await story()).toBe('open');
  });
});
