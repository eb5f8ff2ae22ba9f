/** What becomes of scan files: duplicates at any distance, results of one name, strangers with one adapter, and what is held. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { scanFileMappings } from '../../connectors/nessus/mappings.ts';
import { readNessus } from '../../connectors/nessus/read-nessus.ts';
import { usualLimits } from '../../connectors/nessus/scan-file-fault.ts';
import type { ScanFile } from '../../connectors/kit/scan-file.ts';
import { insertSystem, type ExternalSystemRow } from '../../ledger/external-systems/external-systems.sql.ts';
import { beginOperation } from '../../ledger/operations/operations.sql.ts';
import { isNearly } from './file-sources.ts';
import { mapperFrom } from '../../engine/inbound/mapper.ts';
import type { FileCounts } from './store-file.ts';
import { takeFile } from './take-file.ts';

let database: ClonedDatabase;
let source: ExternalSystemRow;
beforeAll(async () => {
  database = await cloneDatabase();
  const system = await insertSystem(database.db, {
    name: 'files',
    type: 'scan_files',
    url: 'file:',
    config: {},
  });
  if (!system) throw new Error('no source');
  source = system;
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

async function take(hosts: string, zone?: string): Promise<FileCounts> {
  const text = `<NessusClientData_v2><Report name="r" xmlns:cm="http://x">${hosts}</Report></NessusClientData_v2>`;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(text));
  }
  const file: ScanFile = {
    name: 'x.nessus',
    fingerprint: () => Promise.resolve(''),
    events: () => readNessus('x.nessus', bytes(), usualLimits, zone),
  };
  const operationId = await beginOperation(database.db, {
    type: 'import',
    system: 'files',
    step: 'x'.repeat(90),
  });
  const mapperOf = mapperFrom(scanFileMappings);
  const options = { keepPartial: false, signal: new AbortController().signal, report: () => undefined };
  const { taken } = await database.store.transaction((tx) =>
    takeFile(tx, { source, mapperOf, file, operationId, options }),
  );
  return taken;
}
const rows = async (query: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (await database.pool.query<Record<string, unknown>>(query, values)).rows;

const host = (name: string, tags: Readonly<Record<string, string>>, inside: string): string =>
  `<ReportHost name="${name}"><HostProperties>${Object.entries({ HOST_END_TIMESTAMP: '1740997800', ...tags })
    .map(([tag, value]) => `<tag name="${tag}">${value}</tag>`)
    .join('')}</HostProperties>${inside}</ReportHost>`;
const item = (plugin: number, port: number, inside = ''): string =>
  `<ReportItem port="${port}" svc_name="x" protocol="tcp" severity="2" pluginID="${plugin}" pluginName="P" pluginFamily="General">${inside}</ReportItem>`;

describe('a scan file', () => {
  it('a scan file that lists a finding again 6,000 items later keeps both outputs, and changes nothing the next time', async () => {
    const output = (text: string): string => `<plugin_output>${text}</plugin_output>`;
    const between = Array.from({ length: 6_100 }, (_, n) => item(2, n + 1)).join('');
    const inside =
      item(1, 443, output('b')) + between + item(1, 443, output('c')) + item(1, 443, output('a'));
    await take(host('192.0.2.1', {}, inside));
    const found = () =>
      rows(
        `select coalesce(to_jsonb(v) -> 'raw_json', to_jsonb(v) -> 'raw_data') -> 'outputs' as outputs, cardinality(seen_at) as seen, updated_at
           from ingestion_vulnerabilities v where plugin_id::text = '1'`,
      );
    const before = await found();
    expect(before).toMatchObject([{ outputs: ['a', 'b', 'c'], seen: 1 }]);
    expect((await take(host('192.0.2.1', {}, inside))).counts).toMatchObject({ created: 0, updated: 0 });
    expect(await found()).toEqual(before);
  });

  it('a scan file that reports a check of one name twice keeps the failure, until a later scan passes both', async () => {
    const check = (result: string): string =>
      `<ReportItem port="0" svc_name="x" protocol="tcp" severity="2" pluginID="21157" pluginName="Unix" pluginFamily="Policy Compliance"><cm:compliance-check-name>same</cm:compliance-check-name><cm:compliance-result>${result}</cm:compliance-result></ReportItem>`;
    const status = async (): Promise<unknown> =>
      (await rows(`select status from compliance_results where check_name = 'same'`))[0]?.['status'];
    for (const order of [check('FAILED') + check('PASSED'), check('PASSED') + check('FAILED')]) {
      await take(host('192.0.2.2', {}, order));
      expect(await status()).toBe('failed');
    }
    await take(host('192.0.2.2', { HOST_END_TIMESTAMP: '1741997800' }, check('PASSED') + check('PASSED')));
    expect(await status()).toBe('passed');
  });

  it('a scan file shows unrelated machines with one adapter or short name as several, and one machine with all its addresses', async () => {
    const stranger = (n: number, shared: Readonly<Record<string, string>>): string =>
      host(
        `192.0.2.${n}`,
        { 'host-ip': `192.0.2.${n}`, 'host-fqdn': `h${n}.example.test`, ...shared },
        item(1, 1),
      );
    const assets = async (kind: string, value: string): Promise<number> =>
      (
        await rows(
          'select distinct asset_uuid from asset_identifiers where kind = $1 and value = $2',
          kind,
          value,
        )
      ).length;
    await take([41, 42, 43].map((n) => stranger(n, { 'mac-address': '02:00:00:00:00:41' })).join(''));
    expect(await assets('mac', '02:00:00:00:00:41')).toBe(3);
    await take([51, 52].map((n) => stranger(n, { 'netbios-name': 'KIOSK' })).join(''));
    expect(await assets('netbios', 'kiosk')).toBe(2);
    const many = (n: number): string =>
      host(`192.0.2.${n}`, { 'host-ip': `192.0.2.${n}`, 'mac-address': '02:00:00:00:00:61' }, item(1, n));
    expect(await take(many(61) + many(62))).toMatchObject({ hosts: 1 });
    expect(
      await rows(
        `select i.value from asset_identifiers i join asset_identifiers m using (asset_uuid)
          where m.value = '02:00:00:00:00:61' and i.kind = 'ip' order by 1`,
      ),
    ).toEqual([{ value: '192.0.2.61' }, { value: '192.0.2.62' }]);
  });

  it('a scan file reports what could not be imported: nameless hosts, times of unclear zones, open ports', async () => {
    const taken = await take(
      host('', {}, item(1, 1)) +
        host(
          '192.0.2.7',
          { HOST_END_TIMESTAMP: '', HOST_END: 'Mon Mar 3 10:00:00 IST 2025' },
          item(0, 22) + item(1, 7),
        ),
    );
    expect(taken).toMatchObject({ hosts: 1, items: 1, openPorts: 1, counts: { failed: 2 } });
    expect(taken.heldBecause).toMatchObject([
      expect.stringContaining('no name, address or uuid'),
      expect.stringContaining('IST'),
    ]);
    const zoned = await take(
      host('192.0.2.7', { HOST_END_TIMESTAMP: '', HOST_END: 'Mon Mar 3 10:00:00 IST 2025' }, item(1, 7)),
      'Asia/Kolkata',
    );
    expect(zoned.counts.failed).toBe(0);
  });
});

describe('the name of a source', () => {
  it('the name of a source is questioned where it is nearly that of another one', () => {
    expect(isNearly('enclave-7', 'enclave7')).toBe(true);
    expect(isNearly('enclave-7', 'enlcave-7')).toBe(true);
    expect(isNearly('enclave-7', 'enclav-7')).toBe(true);
    expect(isNearly('scan files', 'Scan Files')).toBe(true);
    expect(isNearly('enclave-7', 'building-9')).toBe(false);
  });
});
