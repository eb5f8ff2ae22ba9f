/** Exports of other releases, and what in a file is not as it is written. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../platform/values/json.ts';
import type { ScanFileEvent } from '../kit/scan-file.ts';
import { openScanFiles } from './open-scan-files.ts';
import { readNessus } from './read-nessus.ts';
import { readScanCsv } from './read-csv.ts';
import { usualLimits } from './scan-file-fault.ts';

async function* bytesOf(text: string, size = 1 << 20): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}
async function collect(events: AsyncIterable<ScanFileEvent>): Promise<ScanFileEvent[]> {
  const seen: ScanFileEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}
const csv = (text: string, zone?: string): Promise<ScanFileEvent[]> =>
  collect(readScanCsv('x.csv', bytesOf(text, 7), usualLimits, zone));
const nessus = (inside: string): Promise<ScanFileEvent[]> =>
  collect(
    readNessus(
      'x.nessus',
      bytesOf(
        `<NessusClientData_v2><Report name="r" xmlns:cm="http://x">${inside}</Report></NessusClientData_v2>`,
      ),
      usualLimits,
    ),
  );
const host = (name: string, tags: Readonly<Record<string, string>>, items = ''): string =>
  `<ReportHost name="${name}"><HostProperties>${Object.entries(tags)
    .map(([tag, value]) => `<tag name="${tag}">${value}</tag>`)
    .join('')}</HostProperties>${items}</ReportHost>`;
const item = (plugin: string, inside = '', family = 'General'): string =>
  `<ReportItem port="0" svc_name="x" protocol="tcp" severity="2" pluginID="${plugin}" pluginName="P" pluginFamily="${family}">${inside}</ReportItem>`;
const hosts = (events: readonly ScanFileEvent[]) => events.filter((event) => event.type === 'host');
const items = (events: readonly ScanFileEvent[]) => events.filter((event) => event.type === 'item');
const held = (events: readonly ScanFileEvent[]) => events.filter((event) => event.type === 'held');
const pluginOf = (event: { raw: JsonObject } | undefined): unknown => event?.raw['plugin'];

describe('a table', () => {
  const header =
    'Plugin ID,CVE,CVSS,Risk,Host,Protocol,Port,Name,Synopsis,Description,Solution,See Also,Plugin Output';
  const row = '100001,CVE-1,"7,5",Medium,192.0.2.10,tcp,443,P,,,,,out';

  it.each([
    ['an empty line at its end', `${header}\n${row}\n\n`],
    ['blanks, and the end mark of old systems', `${header}\r\n${row}\r\n   \r\n\u001A`],
    ['rows of nothing but commas', `${header}\n,,,,,,,,,,,,\n${row}\n`],
    ['empty columns more than the header', `${header}\n${row},,\n`],
    ['semicolons', `${header.replaceAll(',', ';')}\n${row.replaceAll(',', ';').replace('7;5', '7,5')}\n`],
    [
      'a note of what separates',
      `sep=;\n${header.replaceAll(',', ';')}\n${row.replaceAll(',', ';').replace('7;5', '7,5')}\n`,
    ],
    ['tabulators', `${header.replaceAll(',', '\t')}\n${row.replaceAll(',', '\t').replace('7\t5', '7,5')}\n`],
  ])('a table with %s is read', async (_, text) => {
    const events = await csv(text);
    expect(items(events)).toHaveLength(1);
    expect(pluginOf(items(events)[0])).toMatchObject({ id: '100001', cve: ['CVE-1'], cvss_base_score: 7.5 });
  });

  it('a table whose row was cut off is refused, and one that lacks what is needed names it', async () => {
    await expect(csv(`${header}\n${row}\n100002,CVE-2,5`)).rejects.toThrow(
      `line 3, byte ${header.length + row.length + 2}: the row has 3 columns, the header 13`,
    );
    await expect(csv('Plugin ID,Host,Port\n1,192.0.2.1,1\n')).rejects.toThrow(
      'it lacks the columns Name, Severity or Risk (it begins with: Plugin ID, Host, Port)',
    );
  });

  it('a table of Nessus 10 keeps references, dates, and what it reports about exploits', async () => {
    const [found] = items(
      await csv(
        'Plugin ID,CVE,CVSS v2.0 Base Score,Risk,Host,Protocol,Port,Name,Plugin Output,STIG Severity,CVSS v4.0 Base Score,CVSS v3.0 Base Score,VPR Score,EPSS Score,Risk Factor,BID,XREF,Plugin Publication Date,Plugin Modification Date,Metasploit,Core Impact,Owner\n' +
          '1,CVE-1,5.0,High,192.0.2.10,tcp,443,P,out,I,9.3,7.5,6.1,0.12,Medium,1234,"CWE:79,IAVA:1",2019/01/02,2020/03/04,TRUE,FALSE,Ann\n',
      ),
    );
    expect(found?.raw).toMatchObject({ severity: 'High', other_columns: { Owner: 'Ann' } });
    expect(pluginOf(found)).toMatchObject({
      cvss_base_score: 5,
      cvss3_base_score: 7.5,
      cvss4_base_score: '9.3',
      vpr_score: 6.1,
      epss_score: 0.12,
      risk_factor: 'Medium',
      bid: ['1234'],
      xref: ['CWE:79', 'IAVA:1'],
      published_at: '2019-01-02T00:00:00.000Z',
      modified_at: '2020-03-04T00:00:00.000Z',
      exploit_available: 'true',
    });
  });

  it('a table of Tenable VM’s findings page has the asset’s own uuid', async () => {
    const columns =
      'asset.display_ipv4_address;asset.host_name;asset.id;asset.name;definition.cve;definition.id;definition.name;definition.solution;definition.vpr.score;first_observed;last_seen;output;port;protocol;severity;state';
    const events = await csv(
      `${columns}\n192.0.2.10;host-a;11111111-2222-4333-8444-555555555555;host-a;"CVE-1,CVE-2";100001;P;Update.;5,1;2024-02-09T10:48:42.000Z;2024-10-17T17:24:54.000Z;out;443;TCP;High;Resurfaced\n`,
    );
    expect(hosts(events)).toMatchObject([
      { key: '11111111-2222-4333-8444-555555555555', raw: { ipv4s: ['192.0.2.10'] } },
    ]);
    expect(items(events)).toMatchObject([
      {
        raw: {
          state: 'reopened',
          first_found: '2024-02-09T10:48:42.000Z',
          plugin: { cve: ['CVE-1', 'CVE-2'], solution: 'Update.', vpr_score: 5.1 },
        },
      },
    ]);
  });

  it('a table of Security Center 6 calls the solution steps to remediate, and reports audit results apart', async () => {
    const columns =
      'Plugin,Plugin Name,Family,Severity,IP Address,Protocol,Port,NetBIOS Name,Plugin Output,Steps to Remediate,VPR,Cross References,First Discovered,Last Observed';
    const events = await csv(
      `${columns}\n` +
        '1,P,General,High,192.0.2.10,TCP,443,CORP\\SRV01,out,Update it.,5.1,,"Feb 9, 2024 10:48:42 CET","Feb 9, 2024 10:48:42 IST"\n' +
        '1000101,1.1 First,N/A,High,192.0.2.10,TCP,0,CORP\\SRV01,"""1.1 First"" : [FAILED]\n\nActual Value:\nnone",Set it.,,"800-53 #AC-8,CAT #II","Feb 9, 2024 10:48:42 CET","Feb 9, 2024 10:48:42 CET"\n' +
        '1000102,1.2 Second,N/A,Info,192.0.2.10,TCP,0,CORP\\SRV01,,,,,,\n',
    );
    expect(hosts(events)[0]?.raw).toMatchObject({ hostname: 'SRV01', netbios: 'SRV01' });
    expect(items(events)).toMatchObject([
      { kind: 'finding', raw: { plugin: { solution: 'Update it.', vpr_score: 5.1 } } },
      {
        kind: 'compliance',
        raw: {
          check_name: '1.1 First',
          result: 'FAILED',
          actual_value: 'none',
          solution: 'Set it.',
          references: ['800-53|AC-8', 'CAT|II'],
        },
      },
      { kind: 'compliance', raw: { check_name: '1.2 Second', result: 'PASSED' } },
    ]);
    expect(held(events)).toMatchObject([{ what: 'time', identifier: 'times in IST' }]);
  });

  it('a table with rows that name no host reports that once, and reads the others', async () => {
    const events = await csv(
      `${header}\n${row.replace('192.0.2.10', '')}\n${row.replace('192.0.2.10', 'N/A')}\n${row}\n`,
    );
    expect(held(events)).toMatchObject([
      { what: 'host', reason: expect.stringContaining('2 rows name no host') as string },
    ]);
    expect(items(events)).toHaveLength(1);
  });
});

describe('a host', () => {
  const keys = async (...inside: string[]): Promise<string[]> =>
    hosts(await nessus(inside.join(''))).map((event) => event.key);

  it('a host is not identified by values that unrelated machines share', async () => {
    const tags = (n: number, more: Readonly<Record<string, string>>) =>
      host(`192.0.2.${n}`, { 'host-ip': `192.0.2.${n}`, ...more });
    for (const shared of [
      { 'host-fqdn': 'localhost.localdomain' },
      { 'mac-address': '00:00:00:00:00:00' },
      { 'bios-uuid': 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF' },
      { 'bios-uuid': '03000200-0400-0500-0006-000700080009' },
      { 'netbios-name': 'N/A' },
    ])
      expect(await keys(tags(1, shared), tags(2, shared))).toEqual(['ip=192.0.2.1', 'ip=192.0.2.2']);
  });

  it('a host is a different one where names and addresses differ, though a board maker gave both one uuid', async () => {
    const copy = (n: number) =>
      host(`192.0.2.${n}`, {
        'bios-uuid': '4c4c4544-1111-2222-3333-80c04f123456',
        'host-fqdn': `h${n}.example.test`,
        'host-ip': `192.0.2.${n}`,
      });
    expect(await keys(copy(1), copy(2), copy(1))).toEqual([
      'bios=4c4c4544-1111-2222-3333-80c04f123456',
      'bios=4c4c4544-1111-2222-3333-80c04f123456&fqdn=h2.example.test',
      'bios=4c4c4544-1111-2222-3333-80c04f123456',
    ]);
  });

  it('a host has the name in a URL, the address without its zone index, the name of reverse DNS', async () => {
    const events = await nessus(
      host('https://app.example.test/', { 'host-fqdn': 'https://app.example.test:8443/x' }) +
        host('fe80::1%eth0', {}) +
        host('192.0.2.9', { 'host-ip': '192.0.2.9', 'host-rdns': 'r9.example.test' }),
    );
    expect(hosts(events).map((event) => event.raw)).toMatchObject([
      { hostname: 'app.example.test', fqdns: ['app.example.test'] },
      { ipv6s: ['fe80::1'], fqdns: [] },
      { fqdns: ['r9.example.test'] },
    ]);
  });

  it('a host without any name is held with its items, and those after it are read', async () => {
    const events = await nessus(host('', {}, item('1') + item('2')) + host('192.0.2.1', {}, item('3')));
    expect(held(events)).toMatchObject([{ what: 'host', raw: { items: 2 } }]);
    expect(hosts(events).map((event) => event.key)).toEqual(['ip=192.0.2.1']);
  });
});

describe('an item', () => {
  it('an item of plugin 0 is an open port, and a score may be spelled as before', async () => {
    const events = await nessus(
      host(
        '192.0.2.1',
        {},
        item('0') + item('1', '<vulnerability_priority_rating>9.0</vulnerability_priority_rating>'),
      ),
    );
    expect(events.filter((event) => event.type === 'open-port')).toHaveLength(1);
    expect(items(events).map((event) => pluginOf(event))).toMatchObject([{ id: '1', vpr_score: 9 }]);
  });

  it('an item of an audit has its result in the description, as Nessus 4 wrote it', async () => {
    const family = 'Policy Compliance';
    const text = (name: string, result: string): string =>
      `<description>&quot;${name}&quot; : [${result}]\n\nremote value: 1\npolicy value: 2\n</description>`;
    const events = await nessus(
      host(
        '192.0.2.1',
        {},
        item('21157', text('1.1 One', 'FAILED'), family) +
          item('21157', text('2.1 Two', 'PASSED'), family) +
          item('33929', '<description>PCI</description>', family),
      ),
    );
    expect(items(events)).toMatchObject([
      {
        kind: 'compliance',
        raw: { check_name: '1.1 One', result: 'FAILED', actual_value: '1', policy_value: '2' },
      },
      { kind: 'compliance', raw: { check_name: '2.1 Two', result: 'PASSED' } },
      { kind: 'finding', raw: { plugin: { id: '33929' } } },
    ]);
  });

  it('an item that is broken far within a file is refused with the byte at which it begins', async () => {
    const good = `<NessusClientData_v2><Report name="r">${host('h1.example.test', {}, item('1', '<synopsis>ü</synopsis>').repeat(3000))}`;
    const text = `${good}<broken</Report></NessusClientData_v2>`;
    await expect(collect(readNessus('x', bytesOf(text, 1 << 14), usualLimits))).rejects.toThrow(
      `byte ${Buffer.byteLength(good)}:`,
    );
  });
});

/** A zip whose entries are not compressed. @param flags 1: they are said to be encrypted. */
function zipOf(entries: Readonly<Record<string, string>>, flags = 0): Buffer {
  const key = '0'.repeat(12 * flags);
  const parts: Buffer[] = [];
  const listed: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(entries)) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(10, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt32LE(crc32(text), 10);
    fields.writeUInt32LE(Buffer.byteLength(key + text), 14);
    fields.writeUInt32LE(Buffer.byteLength(text), 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, Buffer.from(name + key + text)]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    listed.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u000A\u0000'), fields, rest, Buffer.from(name)]));
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(listed.length, 4);
  end.writeUInt16LE(listed.length, 6);
  end.writeUInt32LE(Buffer.concat(listed).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, ...listed, Buffer.from('PK\u0005\u0006'), end]);
}

describe('an archive', () => {
  const scan = '<NessusClientData_v2></NessusClientData_v2>';
  async function open(name: string, bytes: Uint8Array): Promise<string[]> {
    const folder = await mkdtemp(join(tmpdir(), 'tieline-archive-'));
    try {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const names: string[] = [];
      for await (const file of openScanFiles(path)) {
        await file.fingerprint();
        await collect(file.events());
        names.push(file.name);
      }
      return names;
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it('an archive gives the scans in it, whatever else it contains', async () => {
    const beside = {
      SHA256SUMS: 'abc  scan.nessus\n',
      '__MACOSX/._scan.nessus': 'x',
      'readme.txt': 'Once upon a time',
    };
    expect(
      await open('a.zip', zipOf({ ...beside, 'scan.nessus': scan, 'scan without ending': scan })),
    ).toEqual(['a.zip/scan.nessus', 'a.zip/scan without ending']);
    await expect(open('b.zip', zipOf(beside))).rejects.toThrow(
      'no scan file is in the archive, only SHA256SUMS, __MACOSX/._scan.nessus, readme.txt',
    );
  });

  it('an archive that is encrypted, or a tar, is refused with what to do', async () => {
    await expect(open('c.zip', zipOf({ 'scan.nessus': scan }, 1))).rejects.toThrow(
      'unpack it with its password',
    );
    const tar = Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(20_000)]);
    for (const [name, bytes] of [
      ['d.tar', tar],
      ['d.tar.gz', gzipSync(tar)],
    ] as const)
      await expect(open(name, bytes)).rejects.toThrow('this is a tar archive, which is not opened');
  });
});
