import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ScanFileEvent } from '../kit/index.ts';
import { scanFileReader } from '../nessus/index.ts';
import { checklistKind, readChecklist } from './read-checklist.ts';
import { withChecklists } from './with-checklists.ts';

const at = '2026-11-01T00:00:00.000Z';
const vuln = (number: number, status: string, more = ''): string =>
  `<VULN>${Object.entries({
    Vuln_Num: `V-${number}`,
    Severity: 'high',
    Rule_ID: `SV-${number}r1_rule`,
    Rule_Ver: `RHEL-09-${number}`,
    Rule_Title: `Rule ${number}`,
    Fix_Text: 'Set it &lt;on&gt;.',
    CCI_REF: 'CCI-000366',
  })
    .map(
      ([name, text]) =>
        `<STIG_DATA><VULN_ATTRIBUTE>${name}</VULN_ATTRIBUTE><ATTRIBUTE_DATA>${text}</ATTRIBUTE_DATA></STIG_DATA>`,
    )
    .join(
      '',
    )}<STATUS>${status}</STATUS><FINDING_DETAILS>seen</FINDING_DETAILS><COMMENTS>why</COMMENTS>${more}</VULN>`;
const ckl = (vulns: string, before = ''): string =>
  `<?xml version="1.0"?>${before}<CHECKLIST><ASSET><HOST_NAME>web01</HOST_NAME><HOST_IP>10.0.0.1</HOST_IP><HOST_MAC></HOST_MAC><HOST_FQDN>web01.example.org</HOST_FQDN></ASSET><STIGS><iSTIG><STIG_INFO>${[
    ['version', '2'],
    ['stigid', 'RHEL_9_STIG'],
    ['releaseinfo', 'Release: 5 Benchmark Date: 07 Jun 2023'],
  ]
    .map(([name, text]) => `<SI_DATA><SID_NAME>${name}</SID_NAME><SID_DATA>${text}</SID_DATA></SI_DATA>`)
    .join('')}</STIG_INFO>${vulns}</iSTIG></STIGS></CHECKLIST>`;
const items = (events: Iterable<ScanFileEvent>) =>
  [...events].flatMap((event) => (event.type === 'item' ? [event.raw] : []));

describe('a checklist', () => {
  it('gives a host and the results of rules that were reviewed, each with its CCI, category and texts', () => {
    const text = ckl(
      vuln(1, 'Open') + vuln(2, 'NotAFinding') + vuln(3, 'Not_Applicable') + vuln(4, 'Not_Reviewed'),
    );
    const events = [...readChecklist('web01.ckl', 'ckl', text, at)];
    expect(events.find(({ type }) => type === 'host')).toMatchObject({
      key: 'fqdn=web01.example.org',
      raw: { hostname: 'web01', fqdns: ['web01.example.org'], ipv4s: ['10.0.0.1'] },
    });
    expect(items(events).map(({ check_id: id, result }) => [id, result])).toEqual([
      ['V-1', 'FAILED'],
      ['V-2', 'PASSED'],
      ['V-3', 'SKIPPED'],
    ]);
    expect(items(events)[0]).toEqual({
      host_key: 'fqdn=web01.example.org',
      audit_file: 'STIG RHEL_9_STIG',
      check_id: 'V-1',
      check_name: 'Rule 1',
      result: 'FAILED',
      info: null,
      solution: 'Set it <on>.',
      actual_value: 'seen',
      policy_value: 'why',
      benchmark_version: 'V2R5',
      references: ['CAT|I', 'CCI|CCI-000366', 'Rule-ID|SV-1r1_rule', 'STIG-ID|RHEL-09-1'],
      seen_at: at,
    });
  });

  it('that somebody gave another severity has that category', () => {
    const text = ckl(vuln(1, 'Open', '<SEVERITY_OVERRIDE>low</SEVERITY_OVERRIDE>'));
    expect(items(readChecklist('a.ckl', 'ckl', text, at))[0]?.['references']).toContain('CAT|III');
  });

  it('of STIG Viewer 3 says the same', () => {
    const cklb = JSON.stringify({
      target_data: { host_name: 'web01', ip_address: '10.0.0.1', fqdn: 'web01.example.org' },
      stigs: [
        {
          stig_id: 'RHEL_9_STIG',
          version: '2',
          release_info: 'Release: 5 Benchmark Date: 07 Jun 2023',
          rules: [
            {
              group_id: 'V-1',
              rule_id_src: 'SV-1r1_rule',
              severity: 'high',
              rule_title: 'Rule 1',
              rule_version: 'RHEL-09-1',
              fix_text: 'Set it <on>.',
              ccis: ['CCI-000366'],
              status: 'open',
              finding_details: 'seen',
              comments: 'why',
            },
          ],
        },
      ],
    });
    expect(items(readChecklist('a.cklb', 'cklb', cklb, at))).toEqual(
      items(readChecklist('a.ckl', 'ckl', ckl(vuln(1, 'Open')), at)),
    );
  });

  it('of XCCDF results has the rules of its benchmark, and the time of its test', () => {
    const text = `<cdf:Benchmark xmlns:cdf="x" id="xccdf_mil.disa.stig_benchmark_RHEL_9_STIG"><cdf:Group id="xccdf_mil.disa.stig_group_V-1"><cdf:title>G</cdf:title><cdf:Rule id="xccdf_mil.disa.stig_rule_SV-1r1_rule" severity="medium"><cdf:version>RHEL-09-1</cdf:version><cdf:title>Rule 1</cdf:title><cdf:ident system="http://cyber.mil/cci">CCI-000366</cdf:ident></cdf:Rule></cdf:Group><cdf:TestResult id="t" end-time="2026-10-02T03:04:05Z"><cdf:target>web01</cdf:target><cdf:target-address>10.0.0.1</cdf:target-address><cdf:rule-result idref="xccdf_mil.disa.stig_rule_SV-1r1_rule" time="2026-10-02T03:04:05Z"><cdf:result>fail</cdf:result></cdf:rule-result></cdf:TestResult></cdf:Benchmark>`;
    expect(items(readChecklist('scc.xml', 'xccdf', text, at))).toMatchObject([
      {
        audit_file: 'STIG RHEL_9_STIG',
        check_id: 'V-1',
        check_name: 'Rule 1',
        result: 'FAILED',
        references: ['CAT|II', 'CCI|CCI-000366', 'Rule-ID|SV-1r1_rule', 'STIG-ID|RHEL-09-1'],
        seen_at: '2026-10-02T03:04:05.000Z',
      },
    ]);
  });

  it('that declares entities, is cut off, or has no host is refused', () => {
    const entity = ckl(vuln(1, 'Open'), '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>');
    expect(() => [...readChecklist('a.ckl', 'ckl', entity, at)]).toThrow(/document type/);
    expect(() => [...readChecklist('a.ckl', 'ckl', ckl('').slice(0, 200), at)]).toThrow(/cannot be read/);
    expect(() => [...readChecklist('a.ckl', 'ckl', ckl('').replaceAll('web01', ''), at)]).toThrow(/a\.ckl: /);
  });

  it('is told by its content', () => {
    expect(checklistKind('<?xml version="1.0"?><!-- x --><CHECKLIST>')).toBe('ckl');
    expect(checklistKind('\uFEFF<cdf:Benchmark id="a">')).toBe('xccdf');
    expect(checklistKind('{"title":"a","target_data":{}')).toBe('cklb');
    expect(checklistKind('<arf:asset-report-collection><Benchmark id="a">')).toBe('arf');
    expect(checklistKind('<NessusClientData_v2>')).toBeUndefined();
    expect(checklistKind('{"plan-of-action-and-milestones":{}}')).toBeUndefined();
  });

  const folder = mkdtempSync(join(tmpdir(), 'checklists-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  it('is read beside scan files, at the time at which its file was written', async () => {
    const path = join(folder, 'web01.xml');
    writeFileSync(path, ckl(vuln(1, 'Open')));
    utimesSync(path, new Date(at), new Date(at));
    for await (const file of withChecklists(scanFileReader).open(path)) {
      const events = await Array.fromAsync(file.events());
      expect(items(events)[0]).toMatchObject({ seen_at: at });
    }
    const scan = join(folder, 'a.nessus');
    writeFileSync(scan, '<NessusClientData_v2></NessusClientData_v2>');
    const [file] = await Array.fromAsync(withChecklists(scanFileReader).open(scan));
    expect(await Array.fromAsync(file?.events() ?? [])).toEqual([]);
  });
});

const result = (host: string, rule: number, word: string, of = 'RHEL_9_STIG'): string =>
  `<TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" id="t-${host}" end-time="2026-10-02T03:04:05Z"><benchmark href="#scap_x" id="xccdf_mil.disa.stig_benchmark_${of}"/><target>${host}</target><target-address>10.0.0.1</target-address><rule-result idref="xccdf_mil.disa.stig_rule_SV-${rule}r1_rule"><result>${word}</result></rule-result></TestResult>`;
const benchmark = (rule: number, id = 'RHEL_9_STIG'): string =>
  `<xccdf:Benchmark xmlns:xccdf="x" id="xccdf_mil.disa.stig_benchmark_${id}"><xccdf:Group id="xccdf_mil.disa.stig_group_V-${rule}"><xccdf:Rule id="xccdf_mil.disa.stig_rule_SV-${rule}r1_rule" severity="high"><xccdf:version>R-${rule}</xccdf:version><xccdf:title>Rule ${rule}</xccdf:title></xccdf:Rule></xccdf:Group></xccdf:Benchmark>`;
const arf = (benchmarks: string, ...results: string[]): string =>
  `<?xml version="1.0"?><arf:asset-report-collection xmlns:arf="a"><arf:report-requests><arf:content>${benchmarks}</arf:content></arf:report-requests><arf:reports>${results.map((each, n) => `<arf:report id="r${n}"><arf:content>${each}</arf:content></arf:report>`).join('')}</arf:reports></arf:asset-report-collection>`;

describe('ARF results and archives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'arf-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = async (path: string) => {
    const found: string[][] = [];
    // One at a time: an archive is open only while its files are asked for.
    for await (const file of withChecklists(scanFileReader).open(path)) {
      const raws = items(await Array.fromAsync(file.events()));
      const said = raws.map((raw) =>
        ['host_key', 'audit_file', 'check_name', 'result']
          .map((name) => `${raw[name] as string | number}`)
          .join(' '),
      );
      found.push([file.name, ...said]);
    }
    return found;
  };

  it('give each test result with the rules of its own benchmark', async () => {
    const path = join(folder, 'both.xml');
    writeFileSync(
      path,
      arf(
        benchmark(1) + benchmark(2, 'IIS_STIG'),
        result('web01.example.org', 1, 'fail'),
        result('web02.example.org', 2, 'pass', 'IIS_STIG'),
      ),
    );
    expect(await read(path)).toEqual([
      ['both.xml/1', 'fqdn=web01.example.org STIG RHEL_9_STIG Rule 1 FAILED'],
      ['both.xml/2', 'fqdn=web02.example.org STIG IIS_STIG Rule 2 PASSED'],
    ]);
  });

  it('that hold no test result, or declare entities, are refused by name', async () => {
    const path = join(folder, 'none.xml');
    writeFileSync(path, arf(benchmark(1)));
    await expect(read(path)).rejects.toThrow(/none\.xml: the report holds no test result/);
    writeFileSync(
      path,
      arf(
        benchmark(1),
        `<!DOCTYPE x>${result('web01', 1, 'fail')}`.replace('<TestResult', '<TestResult><!DOCTYPE y>'),
      ),
    );
    await expect(read(path)).rejects.toThrow(/cannot be read/);
  });

  it('in a zip are read file by file, each of its kind, beside scan files', async () => {
    const path = join(folder, 'all.zip');
    const files = {
      'a/web01.ckl': ckl(vuln(1, 'Open')),
      'a/results.xml': arf(benchmark(2), result('web02.example.org', 2, 'fail')),
      'scan.nessus': '<NessusClientData_v2></NessusClientData_v2>',
      'readme.txt': 'nothing',
    };
    writeFileSync(
      path,
      zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))),
    );
    expect(await read(path)).toEqual([
      ['all.zip/a/web01.ckl', 'fqdn=web01.example.org STIG RHEL_9_STIG Rule 1 FAILED'],
      ['all.zip/a/results.xml', 'fqdn=web02.example.org STIG RHEL_9_STIG Rule 2 FAILED'],
      ['all.zip/scan.nessus'],
    ]);
  });
});

const samples = new URL('../../../../shared/data/grc/', import.meta.url);
describe.skipIf(!existsSync(samples))('published checklists (skipped where ../shared/data is absent)', () => {
  it('say the same as CKL and as CKLB', () => {
    const of = (name: string, kind: 'ckl' | 'cklb') =>
      items(readChecklist(name, kind, readFileSync(new URL(name, samples), 'utf8'), at)).map(
        ({ check_id: id, result }) => [id, result],
      );
    expect(of('stig-vpn-v2r5.ckl', 'ckl')).toEqual(of('stig-vpn-v2r5.cklb', 'cklb'));
    expect(of('stig-vpn-v2r5.ckl', 'ckl').length).toBeGreaterThan(2);
  });

  it('of XCCDF results are read', () => {
    const name = 'xccdf-results-openscap-ios-sample.xml';
    const read = items(readChecklist(name, 'xccdf', readFileSync(new URL(name, samples), 'utf8'), at));
    expect(read.length).toBeGreaterThan(0);
  });
});
