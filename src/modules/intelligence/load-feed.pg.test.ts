/** Files of threat feeds as they become what is known of a CVE and a plugin. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openFeedFile } from './feed-file.ts';
import { epssText, kevText, nvdText } from './feed-files.test-support.ts';
import { type FeedWorld, openFeedWorld } from './feed-world.test-support.ts';
import { loadFeed } from './load-feed.ts';

let world: FeedWorld;
beforeAll(async () => {
  world = await openFeedWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.empty());
const plugin = (id: string, cves: string[], vector?: string) =>
  world.query(
    `insert into scan_plugins (plugin_id, name, raw_json, cves, cvss3_vector) values ($1, 'a plugin', '{}', $2, $3)`,
    id,
    cves,
    vector ?? null,
  );
const network = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H';

describe('loading KEV', () => {
  it('a catalogue says when a CVE was listed, its due date and whether ransomware uses it', async () => {
    const outcome = await world.load(
      'kev',
      kevText('2026.11.20', [
        { cve: 'CVE-2026-0001', ransomware: 'Known' },
        { cve: 'CVE-2026-0002', due: '2026-10-01' },
      ]),
    );
    expect(outcome).toMatchObject({ outcome: 'loaded', version: '2026.11.20', read: 2, changed: 2, cves: 2 });
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      kev_added: '2026-11-01',
      kev_due: '2026-11-22',
      kev_ransomware: true,
      exploit_known: true,
    });
    expect(await world.row('CVE-2026-0002')).toMatchObject({ kev_due: '2026-10-01', kev_ransomware: false });
  });

  it('the same catalogue again changes nothing, and the next one rewrites only what it changes', async () => {
    const text = kevText('2026.11.19', [{ cve: 'CVE-2026-0001' }, { cve: 'CVE-2026-0002' }]);
    await world.load('kev', text);
    expect(await world.load('kev', text)).toMatchObject({ outcome: 'already loaded', changed: 0 });
    const before = await world.query('select cve, xmin::text from cve_intelligence order by 1');
    const next = await world.load(
      'kev',
      kevText('2026.11.20', [{ cve: 'CVE-2026-0001' }, { cve: 'CVE-2026-0002', due: '2026-12-01' }]),
    );
    expect(next).toMatchObject({ outcome: 'loaded', changed: 1, unchanged: 1, cves: 1 });
    const after = await world.query('select cve, xmin::text from cve_intelligence order by 1');
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
  });

  it('an entry that is no longer listed is withdrawn, kept, and can come back', async () => {
    const all = [{ cve: 'CVE-2026-0001' }, { cve: 'CVE-2026-0002' }];
    await world.load('kev', kevText('2026.11.18', all));
    expect(await world.load('kev', kevText('2026.11.19', all.slice(1)))).toMatchObject({ withdrawn: 1 });
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      kev_added: null,
      kev_withdrawn_on: '2026-11-19',
      exploit_known: null,
    });
    expect(await world.count('cve_reports')).toBe(2);
    await world.load('kev', kevText('2026.11.20', all));
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      kev_added: '2026-11-01',
      kev_withdrawn_on: null,
    });
    const rows = await world.query(
      `select field_name, before_value, after_value from cve_changes where cve = 'CVE-2026-0001' and field_name = 'kev_added' order by id`,
    );
    expect(rows).toEqual([
      { field_name: 'kev_added', before_value: '2026-11-01', after_value: null },
      { field_name: 'kev_added', before_value: null, after_value: '2026-11-01' },
    ]);
  });

  it('an older catalogue is refused, and loaded only with a reason that is kept', async () => {
    await world.load('kev', kevText('2026.11.20', [{ cve: 'CVE-2026-0001' }]));
    const older = kevText('2026.11.10', [{ cve: 'CVE-2026-0001' }, { cve: 'CVE-2026-0002' }]);
    await expect(world.load('kev', older)).rejects.toMatchObject({ code: 'FEED_OLDER' });
    expect(await world.row('CVE-2026-0002')).toBeUndefined();
    expect(await world.load('kev', older, { force: 'the newer one was damaged' })).toMatchObject({
      outcome: 'loaded',
    });
    const rows = await world.query('select forced_reason from intelligence_loads order by id desc limit 1');
    expect(rows).toEqual([{ forced_reason: 'the newer one was damaged' }]);
  });

  it('a catalogue that lacks many entries is refused', async () => {
    const all = Array.from({ length: 40 }, (_, n) => ({ cve: `CVE-2026-${1000 + n}` }));
    await world.load('kev', kevText('2026.11.19', all));
    await expect(world.load('kev', kevText('2026.11.20', all.slice(25)))).rejects.toMatchObject({
      code: 'FEED_INCOMPLETE',
    });
    expect(await world.row('CVE-2026-1000')).toMatchObject({ kev_added: '2026-11-01' });
  });

  it('a broken entry is named, and nothing of the file is stored', async () => {
    const text = kevText('2026.11.20', [
      { cve: 'CVE-2026-0001' },
      { cve: 'CVE-2026-0002', added: '2026-13-01' },
    ]);
    await expect(world.load('kev', text)).rejects.toMatchObject({
      code: 'FEED_INVALID',
      fields: [
        { field: 'vulnerabilities[1], dateAdded', message: '"2026-13-01": expected a day, YYYY-MM-DD' },
      ],
    });
    await expect(world.load('kev', text.slice(0, -30))).rejects.toMatchObject({ code: 'FEED_INVALID' });
    expect([
      await world.count('intelligence_loads'),
      await world.count('cve_reports'),
      await world.count('cve_intelligence'),
    ]).toEqual([0, 0, 0]);
  });
});

describe('loading EPSS', () => {
  it('scores of a day are stored with their model, and the next day rewrites what moved', async () => {
    await world.load('epss', epssText('2026-11-19', { 'CVE-2026-0001': '0.00043', 'CVE-2026-0002': '0.9' }), {
      name: 'a.csv.gz',
    });
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      epss: 0.00043,
      epss_percentile: 0.5,
      epss_date: '2026-11-19',
      epss_model: 'v2026.06.15',
    });
    const next = await world.load(
      'epss',
      epssText('2026-11-20', { 'CVE-2026-0001': '0.00043', 'CVE-2026-0002': '0.8', 'CVE-2026-0003': '1' }),
    );
    expect(next).toMatchObject({ read: 3, changed: 2, unchanged: 1 });
    expect(await world.row('CVE-2026-0001')).toMatchObject({ epss_date: '2026-11-19' });
    expect(await world.row('CVE-2026-0002')).toMatchObject({ epss: 0.8, epss_date: '2026-11-20' });
  });

  it('a change of score is kept where a plugin names the CVE', async () => {
    await plugin('10', ['CVE-2026-0001']);
    await world.load('epss', epssText('2026-11-19', { 'CVE-2026-0001': '0.1', 'CVE-2026-0002': '0.1' }));
    await world.load('epss', epssText('2026-11-20', { 'CVE-2026-0001': '0.5', 'CVE-2026-0002': '0.5' }));
    const rows = await world.query('select cve, before_value, after_value from cve_changes');
    expect(rows).toEqual([
      {
        cve: 'CVE-2026-0001',
        before_value: { score: 0.1, model: 'v2026.06.15' },
        after_value: { score: 0.5, model: 'v2026.06.15' },
      },
    ]);
  });

  it.each([
    ['cve,epss\n', 'line 1, model_version'],
    ['#model_version:v1,score_date:2026-11-20T00:00:00+0000\ncve,epss\n', 'line 2, the header'],
    [
      '#model_version:v1,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\nCVE-2026-0001,1.2,0.5\n',
      'line 3, epss',
    ],
    [
      '#model_version:v1,score_date:2026-11-20T00:00:00Z\ncve,epss,percentile\nCVE-2026-0001,0.2,0.5\nCVE-26-1,0.1,0.1',
      'line 4, cve',
    ],
    ['#model_version:v1,score_date:2026-11-20T00:00:00Z\ncve,epss,percentile\n', 'line 3, the line'],
  ])('the file %j is refused at %s', async (text, field) => {
    await expect(world.load('epss', text)).rejects.toMatchObject({
      code: 'FEED_INVALID',
      fields: [{ field }],
    });
    expect(await world.count('cve_intelligence')).toBe(0);
  });

  it('a packed file that was cut off leaves nothing behind', async () => {
    const { gzipSync } = await import('node:zlib');
    const scores = Object.fromEntries(
      Array.from({ length: 5000 }, (_, n) => [`CVE-2026-${10_000 + n}`, String((n % 97) / 1000)]),
    );
    const packed = gzipSync(epssText('2026-11-20', scores));
    const path = join(world.folder, 'cut.csv.gz');
    await writeFile(path, packed.subarray(0, packed.length - 200));
    await expect(
      loadFeed(world.app, 'epss', await openFeedFile(path, world.options.signal), world.options),
    ).rejects.toMatchObject({ code: 'FEED_INVALID' });
    expect(await world.count('cve_intelligence')).toBe(0);
  });
});

describe('loading NVD and CVE records', () => {
  it('a record says how severe, how easily exploited, and whether there is a patch', async () => {
    await world.load(
      'nvd',
      nvdText([{ id: 'CVE-2026-0001', vector: network, score: 10, tags: ['Patch', 'Exploit'] }]),
    );
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      attack_vector: 'network',
      exploitability_score: 10,
      patch_available: true,
      exploit_known: true,
      nvd_status: 'Analyzed',
      cvss: { '3.1': { score: 10, severity: 'critical', vector: network, source: 'nvd@nist.gov' } },
    });
  });

  it('a record that is older than what is stored is left out, and one that only got a new date is not rewritten', async () => {
    await world.load('nvd', nvdText([{ id: 'CVE-2026-0001', vector: network, score: 10 }]));
    const older = nvdText([
      { id: 'CVE-2026-0001', modified: '2026-01-01T00:00:00.000', vector: network, score: 5 },
    ]);
    expect(await world.load('nvd', older)).toMatchObject({ older: 1, changed: 0 });
    const touched = nvdText([
      { id: 'CVE-2026-0001', modified: '2026-11-19T00:00:00.000', vector: network, score: 10 },
    ]);
    expect(await world.load('nvd', touched)).toMatchObject({ unchanged: 1, changed: 0, cves: 0 });
  });

  it('a rejected CVE loses its ratings and keeps its row', async () => {
    await world.load('nvd', nvdText([{ id: 'CVE-2026-0001', vector: network, score: 10 }]));
    await world.load(
      'nvd',
      nvdText([{ id: 'CVE-2026-0001', modified: '2026-11-19T00:00:00.000', status: 'Rejected' }]),
    );
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      is_rejected: true,
      cvss: {},
      attack_vector: null,
    });
  });

  it('a vector that is none is said, and its score is kept', async () => {
    const outcome = await world.load(
      'nvd',
      nvdText([{ id: 'CVE-2026-0001', vector: 'CVSS:3.1/AV:Q', score: 7.5 }]),
    );
    expect(outcome).toMatchObject({
      noteCount: 1,
      notes: [expect.stringContaining('is no vector of CVSS 3.1') as string],
    });
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      cvss: { '3.1': { score: 7.5, attack_vector: null } },
    });
  });

  it('a broken record, or a file that was cut, is refused and leaves nothing behind', async () => {
    const text = nvdText([{ id: 'CVE-2026-0001' }, { id: 'CVE-2026-x' }]);
    await expect(world.load('nvd', text)).rejects.toMatchObject({
      code: 'FEED_INVALID',
      fields: [{ field: 'vulnerabilities[1], id' }],
    });
    await expect(world.load('nvd', nvdText([{ id: 'CVE-2026-0001' }]).slice(0, -60))).rejects.toMatchObject({
      code: 'FEED_INVALID',
    });
    await expect(world.load('nvd', '{"CVE_Items":[]}')).rejects.toMatchObject({ code: 'FEED_INVALID' });
    expect([await world.count('cve_reports'), await world.count('intelligence_loads')]).toEqual([0, 0]);
  });

  it('KEV of NVD counts only until the catalogue was loaded', async () => {
    const listed = { cisaExploitAdd: '2026-05-01', cisaActionDue: '2026-05-20' };
    await world.load('nvd', nvdText([{ id: 'CVE-2026-0001', more: listed }]));
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      kev_added: '2026-05-01',
      kev_due: '2026-05-20',
    });
    await world.load('kev', kevText('2026.11.20', [{ cve: 'CVE-2026-0002' }]));
    expect(await world.row('CVE-2026-0001')).toMatchObject({ kev_added: null });
  });

  it('SSVC points are those that were assessed last, whatever their words look like', async () => {
    const record = (timestamp: string, exploitation: string) =>
      JSON.stringify({
        cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED', dateUpdated: '2026-11-01T00:00:00Z' },
        containers: {
          cna: {
            metrics: [
              {
                cvssV4_0: {
                  vectorString: 'CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
                  baseScore: 8.6,
                },
              },
            ],
          },
          adp: [
            {
              metrics: [
                {
                  other: {
                    type: 'ssvc',
                    content: {
                      timestamp,
                      options: [
                        { Exploitation: exploitation },
                        { Automatable: 'Yes' },
                        { 'Technical Impact': 'Total' },
                      ],
                    },
                  },
                },
              ],
            },
          ],
        },
      });
    await world.load('cve', record('2026-10-01T00:00:00Z', 'Active'));
    await world.load('ssvc', record('2026-09-01T00:00:00Z', 'none'));
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      exploitation: 'active',
      automatable: 'yes',
      technical_impact: 'total',
      ssvc_source: 'cve',
      attack_vector: 'local',
      exploit_known: true,
    });
    await world.load(
      'ssvc',
      'cve,exploitation,automatable,technical_impact,date\nCVE-2026-0001,PoC,no,partial,2026-11-01\n',
      { name: 'points.csv' },
    );
    expect(await world.row('CVE-2026-0001')).toMatchObject({
      exploitation: 'poc',
      automatable: 'no',
      technical_impact: 'partial',
      ssvc_source: 'ssvc',
    });
  });
});

describe('what is known of a plugin', () => {
  it('a plugin is as bad as the worst of its CVEs, and one without says what its scanner does', async () => {
    await plugin('10', ['CVE-2026-0001', 'CVE-2026-0002']);
    await plugin('11', [], 'CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H');
    await world.load(
      'nvd',
      nvdText([
        { id: 'CVE-2026-0001', vector: 'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N', score: 1.8 },
        { id: 'CVE-2026-0002', vector: network, score: 10, tags: ['Patch'] },
      ]),
    );
    await world.load('kev', kevText('2026.11.20', [{ cve: 'CVE-2026-0002' }]));
    const rows = await world.query('select * from vulnerability_intelligence order by plugin_id');
    expect(rows).toMatchObject([
      {
        plugin_id: '10',
        attack_vector: 'network',
        exploitability_score: 10,
        exploit_available: true,
        patch_available: true,
        kev_added: '2026-11-01',
      },
      {
        plugin_id: '11',
        attack_vector: 'local',
        exploit_available: false,
        patch_available: false,
        kev_added: null,
      },
    ]);
  });
});
