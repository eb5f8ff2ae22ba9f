import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TielineError } from '../../platform/errors/tieline-error.ts';
import type { JsonObject } from '../../platform/values/json.ts';
import {
  assetRecord,
  complianceRecord,
  findingRecord,
  pluginRecord,
} from '../../canonical/record-fields/index.ts';
import { compileMappings } from '../../canonical/mapping/apply-mappings.ts';
import { scanFileMappings } from './mappings.ts';
import { openScanFiles } from './open-scan-files.ts';
import { readNessus } from './read-nessus.ts';
import { breakBytes, breakingXml, randomFrom } from '../../platform/http/broken-bytes.test-support.ts';
import type { ScanFileEvent } from '../kit/scan-file.ts';
import { usualLimits } from './scan-file-fault.ts';

const samples = join(import.meta.dirname, '../../../../shared/data/nessus');
const absent = !existsSync(samples);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tieline-scan-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
interface Outcome {
  readonly events: ScanFileEvent[];
  readonly error: unknown;
}
async function collect(events: AsyncIterable<ScanFileEvent>): Promise<Outcome> {
  const seen: ScanFileEvent[] = [];
  try {
    for await (const event of events) seen.push(event);
    return { events: seen, error: undefined };
  } catch (error) {
    return { events: seen, error };
  }
}
const parse = (xml: string | Uint8Array, size = 64 * 1024, limits = usualLimits): Promise<Outcome> =>
  collect(readNessus('scan.nessus', pieces(typeof xml === 'string' ? Buffer.from(xml) : xml, size), limits));
async function readFileAt(path: string): Promise<Outcome> {
  const all: ScanFileEvent[] = [];
  try {
    for await (const file of openScanFiles(path)) {
      const { events, error } = await collect(file.events());
      all.push(...events);
      if (error) return { events: all, error };
    }
    return { events: all, error: undefined };
  } catch (error) {
    return { events: all, error };
  }
}
async function readWritten(name: string, content: string | Uint8Array): Promise<Outcome> {
  const path = join(folder, name);
  await writeFile(path, content);
  return await readFileAt(path);
}

const ofType = <T extends ScanFileEvent['type']>(events: readonly ScanFileEvent[], type: T) =>
  events.filter((event): event is Extract<ScanFileEvent, { type: T }> => event.type === type);
const items = (outcome: Outcome): JsonObject[] => ofType(outcome.events, 'item').map((event) => event.raw);
const hosts = (outcome: Outcome): JsonObject[] => ofType(outcome.events, 'host').map((event) => event.raw);

const xml = (inside: string): string =>
  `<?xml version="1.0" ?>\n<NessusClientData_v2>\n<Policy><Preferences><ServerPreferences><preference><name>plugin_set</name><value>10180;19506</value></preference></ServerPreferences></Preferences></Policy>\n<Report name="weekly" xmlns:cm="http://www.nessus.org/cm">\n${inside}\n</Report>\n</NessusClientData_v2>\n`;
const host = (name: string, inside: string, tags = ''): string =>
  `<ReportHost name="${name}"><HostProperties><tag name="host-ip">10.0.0.7</tag><tag name="HOST_END">Tue Mar 22 14:54:47 2022</tag>${tags}</HostProperties>\n${inside}</ReportHost>`;
const item = (plugin: number, inside = ''): string =>
  `<ReportItem port="443" svc_name="www" protocol="tcp" severity="2" pluginID="${plugin}" pluginName="P ${plugin}" pluginFamily="General">${inside}</ReportItem>\n`;

describe('a .nessus file', () => {
  it('a .nessus file reports the scan, each host and its items, in order', async () => {
    const { events, error } = await parse(
      xml(host('web1', item(1) + item(2), '<tag name="Credentialed_Scan">true</tag>') + host('web2', '')),
    );
    expect(error).toBeUndefined();
    expect(events.map((event) => event.type)).toEqual([
      'scan',
      'host',
      'item',
      'item',
      'host-end',
      'host',
      'host-end',
    ]);
    expect(events[0]).toMatchObject({ name: 'weekly', scope: { pluginIds: new Set(['10180', '19506']) } });
    expect(events[1]).toMatchObject({ credentialed: true, endedAt: '2022-03-22T14:54:47.000Z' });
    expect(events[4]).toMatchObject({ items: 2 });
    expect(events[5]).toMatchObject({ credentialed: undefined });
  });

  it('a .nessus file gives repeated elements as lists, and text of the plugin apart from that of the finding', async () => {
    const [raw] = items(
      await parse(
        xml(
          host(
            'web1',
            item(
              7,
              '<cve>CVE-2020-1</cve><cve>CVE-2020-2</cve><see_also>http://a\nhttp://b</see_also><cvss_vector>CVSS2#AV:N</cvss_vector><plugin_output>a &lt; b &#65;</plugin_output><plugin_publication_date>2020/02/03</plugin_publication_date>',
            ),
          ),
        ),
      ),
    );
    expect(raw).toMatchObject({
      plugin_output: 'a < b A',
      port: '443',
      plugin: {
        id: '7',
        cve: ['CVE-2020-1', 'CVE-2020-2'],
        see_also: ['http://a', 'http://b'],
        cvss_vector: 'AV:N',
        published_at: '2020-02-03T00:00:00.000Z',
      },
    });
    expect(raw?.['plugin']).not.toHaveProperty('plugin_output');
  });

  it('a .nessus file is the same whatever the pieces in which it comes', async () => {
    const text = xml(host('wéb€1', item(1, '<plugin_output>ü\r\n€</plugin_output>') + item(2)));
    const whole = await parse(text);
    for (const size of [1, 2, 3, 7, 64]) expect(await parse(text, size)).toEqual(whole);
  });

  it('a .nessus file keeps hundreds of compliance checks of one plugin apart, with their references', async () => {
    const check = (name: string, id: string): string =>
      `<ReportItem port="0" svc_name="general" protocol="tcp" severity="3" pluginID="21157" pluginName="Unix Compliance Checks" pluginFamily="Policy Compliance"><cm:compliance-check-name>${name}</cm:compliance-check-name>${id}<cm:compliance-result>FAILED</cm:compliance-result><cm:compliance-audit-file>stig.audit</cm:compliance-audit-file><cm:compliance-reference>800-53|AC-3,CCI|CCI-000366</cm:compliance-reference></ReportItem>`;
    const outcome = await parse(
      xml(host('web1', check('a', '<cm:compliance-check-id>id-a</cm:compliance-check-id>') + check('b', ''))),
    );
    expect(ofType(outcome.events, 'item').map((event) => event.kind)).toEqual(['compliance', 'compliance']);
    const map = compileMappings(scanFileMappings, 'compliance');
    const records = items(outcome).map((raw) => {
      const mapped = map.inbound(raw);
      if (!mapped.ok) throw new Error(JSON.stringify(mapped.faults));
      return complianceRecord.parse(mapped.record);
    });
    expect(records).toMatchObject([
      {
        check_id: 'id-a',
        status: 'failed',
        audit_file: 'stig.audit',
        control_references: ['800-53|AC-3', 'CCI|CCI-000366'],
      },
      { check_id: createHash('sha256').update('b').digest('hex').slice(0, 40) },
    ]);
  });
});

describe('a host', () => {
  const keyOf = async (tags: string, name = '10.0.0.7'): Promise<unknown> =>
    hosts(await parse(xml(host(name, '', tags))))[0]?.['key'];

  it('a host is identified by the strongest identifier that is known', async () => {
    const tag = (name: string, value: string): string => `<tag name="${name}">${value}</tag>`;
    const mac = tag('mac-address', '00:50:56:A6:60:BC\n00:50:56:A6:60:AA');
    const fqdn = tag('host-fqdn', 'Web1.example.org') + mac;
    const bios = tag('bios-uuid', 'CE162642-CAF4-A4E1-78D4-3FF87ADDEFF2') + fqdn;
    const agent = tag('TAG', '155e3f7a3e2e4e3a910c3edb567dea7f') + bios;
    const tenable = tag('host-uuid', '22633C46-e142-4c6c-912c-271b15810d47') + agent;
    expect(await keyOf('')).toBe('ip=10.0.0.7');
    expect(await keyOf(mac)).toBe('mac=00:50:56:a6:60:aa');
    expect(await keyOf(fqdn)).toBe('fqdn=web1.example.org');
    expect(await keyOf(bios)).toBe('bios=ce162642-caf4-a4e1-78d4-3ff87addeff2');
    expect(await keyOf(agent)).toBe('agent=155e3f7a3e2e4e3a910c3edb567dea7f');
    expect(await keyOf(tenable)).toBe('22633c46-e142-4c6c-912c-271b15810d47');
  });
});

describe('faults of a file', () => {
  const faultOf = ({ error }: Outcome): string => {
    if (!(error instanceof TielineError)) throw new Error(`no fault but ${String(error)}`);
    expect(error.code).toBe('SCAN_FILE_INVALID');
    return error.message;
  };
  const good = xml(host('web1', item(1)) + host('web2', item(2) + item(3)));

  it('a cut-off file is reported with line and byte, with the hosts before it whole', async () => {
    const outcome = await parse(good.slice(0, good.indexOf('pluginID="3"')));
    expect(faultOf(outcome)).toMatch(/^scan\.nessus: line 9, byte \d+: .*it was cut off$/);
    expect(ofType(outcome.events, 'host-end')).toHaveLength(1);
    expect(ofType(outcome.events, 'item')).toHaveLength(2);
  });

  it('a tag that is not closed as it was opened is reported with line and byte', async () => {
    const broken = good.replace('</ReportItem>', '</ReportItme>');
    const message = faultOf(await parse(broken));
    const [, byte] = /byte (\d+)/.exec(message) ?? [];
    expect(Math.abs(Number(byte) - broken.indexOf('</ReportItme>'))).toBeLessThan(20);
  });

  it('a file that is another kind of XML, or not XML, is reported with line and byte', async () => {
    expect(faultOf(await parse('<html></html>'))).toContain('expected <NessusClientData_v2>');
    expect(faultOf(await readWritten('empty.nessus', ''))).toContain('the file is empty');
    for (const text of ['Once upon a time\nthere was', 'Once upon a time', 'Once, upon\n'])
      expect(faultOf(await readWritten('text.nessus', text))).toContain('lacks the columns');
  });

  it('entities that a file declares are reported with line and byte, and not expanded', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><NessusClientData_v2>&b;</NessusClientData_v2>`;
    expect(faultOf(await parse(bomb))).toContain('document type');
    expect(faultOf(await parse(xml(host('w', item(1, '<synopsis>&evil;</synopsis>')))))).toContain('line 6');
  });

  it('a file that nests without end, or has a text or attribute beyond the limit, is reported with line and byte', async () => {
    expect(faultOf(await parse(xml('<a>'.repeat(5000))))).toContain('nested more than 32 deep');
    const limits = { depth: 32, textBytes: 100_000 };
    const long = 'x'.repeat(300_000);
    expect(
      faultOf(await parse(xml(host('w', item(1, `<synopsis>${long}</synopsis>`))), 8192, limits)),
    ).toContain('longer than');
    expect(faultOf(await parse(xml(`<ReportHost name="${long}">`), 8192, limits))).toContain('longer than');
  });

  it('bytes that are not text are reported to the very byte', async () => {
    const bytes = Buffer.from(good);
    const at = bytes.indexOf('web2');
    bytes[at] = 0xff;
    expect(faultOf(await parse(bytes))).toContain(`line 7, byte ${at}: the bytes here are no UTF-8`);
  });

  it('a compressed file that is broken, or inflates beyond measure, is reported with line and byte', async () => {
    const packed = gzipSync(good);
    expect((await readWritten('good.nessus.gz', packed)).error).toBeUndefined();
    expect(faultOf(await readWritten('cut.nessus.gz', packed.subarray(0, packed.length - 20)))).toContain(
      'unpack',
    );
    const bomb = gzipSync(Buffer.alloc(120 * 1024 * 1024, 0x20));
    expect(faultOf(await readWritten('bomb.gz', bomb))).toMatch(/neither XML nor a table/);
    const deep = gzipSync(
      Buffer.from(xml(host('w', item(1, `<synopsis>${' '.repeat(60 * 1024 * 1024)}</synopsis>`)))),
    );
    expect(faultOf(await readWritten('deep.gz', deep))).toContain('taken for an attack');
    expect(
      faultOf(await readWritten('broken.zip', Buffer.concat([Buffer.from('PK\u0003\u0004'), packed]))),
    ).toContain('archive');
  });
});

describe('a CSV export of Security Center', () => {
  it.each(['Plugin Text', 'Plugin Output'])(
    'a CSV export of Security Center with the column %s gives hosts, findings and plugins',
    async (output) => {
      const header = `Plugin,Plugin Name,Family,Severity,IP Address,Protocol,Port,Exploit?,Repository,MAC Address,DNS Name,NetBIOS Name,${output},Synopsis,Description,Solution,See Also,Risk Factor,STIG Severity,Vulnerability Priority Rating,CVSS V2 Base Score,CVSS V3 Base Score,CVSS V2 Vector,CVSS V3 Vector,CPE,CVE,BID,Cross References,First Discovered,Last Observed,Vuln Publication Date,Patch Publication Date,Plugin Publication Date,Plugin Modification Date`;
      const row = `12345,"Widget < 2.0, RCE",Windows,High,10.0.0.7,TCP,445,Yes,"Enclave 7",00:50:56:a6:60:bc,web7.example.mil,"EX\\WEB7","Plugin Output: version 1.9
found",s,d,Upgrade,"http://a
http://b",High,I,7.4,9.3,8.8,AV:N/AC:M/Au:N/C:C/I:C/A:C,AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H,cpe:/a:x,"CVE-2026-1,CVE-2026-2",77,"IAVA #2026-A-0020,CWE #200","Mar 27, 2026 17:45:05 UTC","Nov 2, 2026 03:04:05 UTC","Jan 5, 2026 12:00:00 UTC",N/A,"Jan 6, 2026 12:00:00 UTC","Feb 6, 2026 12:00:00 UTC"`;
      const outcome = await readWritten(
        'sc.csv',
        `${header}
${row}
`,
      );
      expect(outcome.error).toBeUndefined();
      expect(hosts(outcome)).toMatchObject([
        {
          fqdns: ['web7.example.mil'],
          ipv4s: ['10.0.0.7'],
          macs: ['00:50:56:a6:60:bc'],
          seen_at: '2026-11-02T03:04:05.000Z',
        },
      ]);
      const [raw] = items(outcome);
      const mapped = (entity: 'finding' | 'plugin') => {
        const result = compileMappings(scanFileMappings, entity).inbound(raw ?? {});
        if (!result.ok) throw new Error(JSON.stringify(result.faults));
        return result.record;
      };
      expect(findingRecord.parse(mapped('finding'))).toMatchObject({
        plugin_id: '12345',
        port: 445,
        protocol: 'tcp',
        severity: 'High',
        lifecycle_state: 'open',
        output: 'version 1.9\nfound',
        first_found: '2026-03-27T17:45:05.000Z',
        last_found: '2026-11-02T03:04:05.000Z',
      });
      expect(pluginRecord.parse(mapped('plugin'))).toMatchObject({
        name: 'Widget < 2.0, RCE',
        family: 'Windows',
        cves: ['CVE-2026-1', 'CVE-2026-2'],
        cross_references: ['IAVA #2026-A-0020', 'CWE #200'],
        see_also: ['http://a', 'http://b'],
        exploit_available: true,
        cvss3_base_score: 8.8,
        vpr_score: 7.4,
        modified_at: '2026-02-06T12:00:00.000Z',
      });
    },
  );
});

describe('2,000 broken files', () => {
  const csv =
    'Plugin ID,CVE,CVSS,Risk,Host,Protocol,Port,Name,Synopsis,Description,Solution,See Also,Plugin Output\n10107,"CVE-2020-1,CVE-2020-2",5.0,Medium,10.0.0.1,tcp,80,"HTTP ""type""",a,b,c,http://d,"line\nline"\n';

  const whole = xml(host('web1', item(1, '<cve>CVE-1</cve>') + item(2)) + host('web2', item(3)));

  it('2,000 broken files end in events or in the documented fault, never otherwise', async () => {
    const next = randomFrom(20_261_123);
    let faults = 0;
    const finding = compileMappings(scanFileMappings, 'finding');
    for (let n = 0; n < 2_000; n += 1) {
      const bytes = breakBytes(next() < 0.15 ? csv : whole, breakingXml, next);
      const isCsv = bytes.toString('latin1').startsWith('Plugin');
      const size = 1 + Math.floor(next() * 600);
      const outcome = isCsv
        ? await collect(
            (await import('./read-csv.ts')).readScanCsv('x.csv', pieces(bytes, size), usualLimits),
          )
        : await parse(bytes, size);
      for (const raw of items(outcome)) {
        const mapped = finding.inbound(raw);
        if (mapped.ok) findingRecord.safeParse(mapped.record);
      }
      if (outcome.error === undefined) continue;
      faults += 1;
      if (!(outcome.error instanceof TielineError) || outcome.error.code !== 'SCAN_FILE_INVALID')
        throw new Error(`input ${n}`, { cause: outcome.error });
      expect(outcome.error.message).toMatch(/line \d+, byte \d+: ./);
    }
    expect(faults).toBeGreaterThan(1_000);
  }, 60_000);
});

describe.skipIf(absent)('real scan files (skipped without ../shared/data)', () => {
  it.each(['agent-windows10.nessus', 'seven-hosts.nessus'])(
    'real scan files (skipped without ../shared/data) %s: hosts, items by severity, plugins and CVEs are as many as a count by regular expressions finds',
    async (name) => {
      const text = readFileSync(join(samples, name), 'utf8');
      const outcome = await readFileAt(join(samples, name));
      expect(outcome.error).toBeUndefined();
      const count = (pattern: RegExp): number => [...text.matchAll(pattern)].length;
      expect(hosts(outcome)).toHaveLength(count(/<ReportHost /g));
      const found = items(outcome);
      for (const severity of ['0', '1', '2', '3', '4'])
        expect(found.filter((raw) => raw['severity'] === severity).length).toBe(
          count(new RegExp(`<ReportItem [^>]*severity="${severity}"`, 'g')),
        );
      const plugins = new Set(found.map((raw) => (raw['plugin'] as JsonObject)['id']));
      expect(plugins).toEqual(new Set([...text.matchAll(/pluginID="(\d+)"/g)].map((match) => match[1])));
      const cves = found.flatMap((raw) => (raw['plugin'] as JsonObject)['cve'] as string[]);
      expect(cves).toHaveLength(count(/<cve>/g));
    },
  );

  it.each(['agent-windows10.nessus', 'seven-hosts.nessus', 'nessus-findings.csv', 'tenable-vm-findings.csv'])(
    'real scan files (skipped without ../shared/data) %s: every host, plugin and finding maps to a valid record',
    async (name) => {
      const { events, error } = await readFileAt(join(samples, name));
      expect(error).toBeUndefined();
      const map = {
        asset: compileMappings(scanFileMappings, 'asset'),
        plugin: compileMappings(scanFileMappings, 'plugin'),
        finding: compileMappings(scanFileMappings, 'finding'),
      };
      const valid = (
        entity: keyof typeof map,
        schema: { parse(value: unknown): unknown },
        raw: JsonObject,
      ): void => {
        const mapped = map[entity].inbound(raw);
        if (!mapped.ok)
          throw new Error(`${entity}: ${JSON.stringify(mapped.faults)} ${JSON.stringify(raw).slice(0, 500)}`);
        schema.parse(mapped.record);
      };
      for (const event of events) {
        if (event.type === 'host') valid('asset', assetRecord, event.raw);
        if (event.type === 'item') {
          valid('plugin', pluginRecord, event.raw);
          valid('finding', findingRecord, event.raw);
        }
      }
      expect(ofType(events, 'item').length).toBeGreaterThan(3);
      expect(ofType(events, 'host').length).toBeGreaterThan(0);
    },
  );

  it('real scan files cut at any place report where, and report the whole hosts before', async () => {
    const bytes = await readFile(join(samples, 'seven-hosts.nessus'));
    for (let at = 10_000; at < bytes.length; at += 40_000) {
      const outcome = await parse(bytes.subarray(0, at));
      expect(outcome.error).toBeInstanceOf(TielineError);
      const whole = [
        ...bytes
          .subarray(0, at)
          .toString('latin1')
          .matchAll(/<\/ReportHost>/g),
      ].length;
      expect(ofType(outcome.events, 'host-end')).toHaveLength(whole);
    }
  });
});
