/** Files of threat feeds as they become what is known of a CVE and a plugin. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import type { Feed } from '../../record/intelligence/index.ts';
import { openFeedFile } from './feed-file.ts';
import { epssText, fileIn, kevText, nvdText } from './feed-files.test-support.ts';
import { feedStatus } from './feed-status.ts';
import { loadBundle } from './load-bundle.ts';
import { loadFeed, type LoadOutcome } from './load-feed.ts';

let database: ClonedDatabase;
let folder: string;
beforeAll(async () => {
  database = await cloneDatabase();
  folder = await mkdtemp(join(tmpdir(), 'feeds-'));
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => emptyTables(database.pool));

const app = () => ({ store: database.store, db: database.db, now: () => new Date('2026-11-21T06:00:00Z') });
const { signal } = new AbortController();
let files = 0;

async function load(
  feed: Feed,
  text: string,
  given: { force?: string; name?: string } = {},
): Promise<LoadOutcome> {
  const path = await fileIn(folder, given.name ?? `${(files += 1)}.json`, text);
  return loadFeed(app(), feed, await openFeedFile(path, signal), {
    by: 'tester',
    signal,
    force: given.force,
  });
}
async function row(cve: string): Promise<Record<string, unknown> | undefined> {
  const { rows } = await database.pool.query<Record<string, unknown>>(
    'select * from cve_intelligence where cve = $1',
    [cve],
  );
  return rows[0];
}
async function plugin(id: string, cves: string[], more: { vector?: string } = {}): Promise<void> {
  await database.pool.query(
    `insert into scan_plugins (plugin_id, name, raw_json, cves, cvss3_vector) values ($1, 'a plugin', '{}', $2, $3)`,
    [id, cves, more.vector ?? null],
  );
}
async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]?.n ?? -1;
}
const network = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H';

describe('loading KEV', () => {
  it('a catalogue says when a CVE was listed, its due date and whether ransomware uses it', async () => {
    const outcome = await load(
      'kev',
      kevText('2026.11.20', [
        { cve: 'CVE-2026-0001', ransomware: 'Known' },
        { cve: 'CVE-2026-0002', due: '2026-10-01' },
      ]),
    );
    expect(outcome).toMatchObject({ outcome: 'loaded', version: '2026.11.20', read: 2, changed: 2, cves: 2 });
    expect(await row('CVE-2026-0001')).toMatchObject({
      kev_added: '2026-11-01',
      kev_due: '2026-11-22',
      kev_ransomware: true,
      exploit_known: true,
    });
    expect(await row('CVE-2026-0002')).toMatchObject({ kev_due: '2026-10-01', kev_ransomware: false });
  });

  it('the same catalogue again changes nothing, and the next one rewrites only what it changes', async () => {
    const text = kevText('2026.11.19', [{ cve: 'CVE-2026-0001' }, { cve: 'CVE-2026-0002' }]);
    await load('kev', text);
    expect(await load('kev', text)).toMatchObject({ outcome: 'already loaded', changed: 0 });
    const { rows: before } = await database.pool.query(
      'select cve, xmin::text from cve_intelligence order by 1',
    );
    const next = await load(
      'kev',
      kevText('2026.11.20', [{ cve: 'CVE-2026-0001' }, { cve: 'CVE-2026-0002', due: '2026-12-01' }]),
    );
    expect(next).toMatchObject({ outcome: 'loaded', changed: 1, unchanged: 1, cves: 1 });
    const { rows: after } = await database.pool.query(
      'select cve, xmin::text from cve_intelligence order by 1',
    );
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
  });

  it('an entry that is no longer listed is withdrawn, kept, and can come back', async () => {
    const all = [{ cve: 'CVE-2026-0001' }, { cve: 'CVE-2026-0002' }];
    await load('kev', kevText('2026.11.18', all));
    expect(await load('kev', kevText('2026.11.19', all.slice(1)))).toMatchObject({ withdrawn: 1 });
    expect(await row('CVE-2026-0001')).toMatchObject({
      kev_added: null,
      kev_withdrawn_on: '2026-11-19',
      exploit_known: null,
    });
    expect(await count('cve_reports')).toBe(2);
    await load('kev', kevText('2026.11.20', all));
    expect(await row('CVE-2026-0001')).toMatchObject({ kev_added: '2026-11-01', kev_withdrawn_on: null });
    const { rows } = await database.pool.query<{ field_name: string }>(
      `select field_name, before_value, after_value from cve_changes where cve = 'CVE-2026-0001' and field_name = 'kev_added' order by id`,
    );
    expect(rows).toEqual([
      { field_name: 'kev_added', before_value: '2026-11-01', after_value: null },
      { field_name: 'kev_added', before_value: null, after_value: '2026-11-01' },
    ]);
  });

  it('an older catalogue is refused, and loaded only with a reason that is kept', async () => {
    await load('kev', kevText('2026.11.20', [{ cve: 'CVE-2026-0001' }]));
    const older = kevText('2026.11.10', [{ cve: 'CVE-2026-0001' }, { cve: 'CVE-2026-0002' }]);
    await expect(load('kev', older)).rejects.toMatchObject({ code: 'FEED_OLDER' });
    expect(await row('CVE-2026-0002')).toBeUndefined();
    expect(await load('kev', older, { force: 'the newer one was damaged' })).toMatchObject({
      outcome: 'loaded',
    });
    const { rows } = await database.pool.query(
      'select forced_reason from intelligence_loads order by id desc limit 1',
    );
    expect(rows).toEqual([{ forced_reason: 'the newer one was damaged' }]);
  });

  it('a catalogue that lacks many entries is refused', async () => {
    const all = Array.from({ length: 40 }, (_, n) => ({ cve: `CVE-2026-${1000 + n}` }));
    await load('kev', kevText('2026.11.19', all));
    await expect(load('kev', kevText('2026.11.20', all.slice(25)))).rejects.toMatchObject({
      code: 'FEED_INCOMPLETE',
    });
    expect(await row('CVE-2026-1000')).toMatchObject({ kev_added: '2026-11-01' });
  });

  it('a broken entry is named, and nothing of the file is stored', async () => {
    const text = kevText('2026.11.20', [
      { cve: 'CVE-2026-0001' },
      { cve: 'CVE-2026-0002', added: '2026-13-01' },
    ]);
    await expect(load('kev', text)).rejects.toMatchObject({
      code: 'FEED_INVALID',
      fields: [
        { field: 'vulnerabilities[1], dateAdded', message: '"2026-13-01": expected a day, YYYY-MM-DD' },
      ],
    });
    await expect(load('kev', text.slice(0, -30))).rejects.toMatchObject({ code: 'FEED_INVALID' });
    expect([
      await count('intelligence_loads'),
      await count('cve_reports'),
      await count('cve_intelligence'),
    ]).toEqual([0, 0, 0]);
  });
});

describe('loading EPSS', () => {
  it('scores of a day are stored with their model, and the next day rewrites what moved', async () => {
    await load('epss', epssText('2026-11-19', { 'CVE-2026-0001': '0.00043', 'CVE-2026-0002': '0.9' }), {
      name: 'a.csv.gz',
    });
    expect(await row('CVE-2026-0001')).toMatchObject({
      epss: 0.00043,
      epss_percentile: 0.5,
      epss_date: '2026-11-19',
      epss_model: 'v2026.06.15',
    });
    const next = await load(
      'epss',
      epssText('2026-11-20', { 'CVE-2026-0001': '0.00043', 'CVE-2026-0002': '0.8', 'CVE-2026-0003': '1' }),
    );
    expect(next).toMatchObject({ read: 3, changed: 2, unchanged: 1 });
    expect(await row('CVE-2026-0001')).toMatchObject({ epss_date: '2026-11-19' });
    expect(await row('CVE-2026-0002')).toMatchObject({ epss: 0.8, epss_date: '2026-11-20' });
  });

  it('a change of score is kept where a plugin names the CVE', async () => {
    await plugin('10', ['CVE-2026-0001']);
    await load('epss', epssText('2026-11-19', { 'CVE-2026-0001': '0.1', 'CVE-2026-0002': '0.1' }));
    await load('epss', epssText('2026-11-20', { 'CVE-2026-0001': '0.5', 'CVE-2026-0002': '0.5' }));
    const { rows } = await database.pool.query('select cve, before_value, after_value from cve_changes');
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
    await expect(load('epss', text)).rejects.toMatchObject({ code: 'FEED_INVALID', fields: [{ field }] });
    expect(await count('cve_intelligence')).toBe(0);
  });

  it('a packed file that was cut off leaves nothing behind', async () => {
    const { gzipSync } = await import('node:zlib');
    const scores = Object.fromEntries(
      Array.from({ length: 5000 }, (_, n) => [`CVE-2026-${10_000 + n}`, String((n % 97) / 1000)]),
    );
    const packed = gzipSync(epssText('2026-11-20', scores));
    const path = join(folder, 'cut.csv.gz');
    await writeFile(path, packed.subarray(0, packed.length - 200));
    await expect(
      loadFeed(app(), 'epss', await openFeedFile(path, signal), { by: 'tester', signal }),
    ).rejects.toMatchObject({ code: 'FEED_INVALID' });
    expect(await count('cve_intelligence')).toBe(0);
  });
});

describe('loading NVD and CVE records', () => {
  it('a record says how severe, how easily exploited, and whether there is a patch', async () => {
    await load(
      'nvd',
      nvdText([{ id: 'CVE-2026-0001', vector: network, score: 10, tags: ['Patch', 'Exploit'] }]),
    );
    expect(await row('CVE-2026-0001')).toMatchObject({
      attack_vector: 'network',
      exploitability_score: 10,
      patch_available: true,
      exploit_known: true,
      nvd_status: 'Analyzed',
      cvss: { '3.1': { score: 10, severity: 'critical', vector: network, source: 'nvd@nist.gov' } },
    });
  });

  it('a record that is older than what is stored is left out, and one that only got a new date is not rewritten', async () => {
    await load('nvd', nvdText([{ id: 'CVE-2026-0001', vector: network, score: 10 }]));
    const older = nvdText([
      { id: 'CVE-2026-0001', modified: '2026-01-01T00:00:00.000', vector: network, score: 5 },
    ]);
    expect(await load('nvd', older)).toMatchObject({ older: 1, changed: 0 });
    const touched = nvdText([
      { id: 'CVE-2026-0001', modified: '2026-11-19T00:00:00.000', vector: network, score: 10 },
    ]);
    expect(await load('nvd', touched)).toMatchObject({ unchanged: 1, changed: 0, cves: 0 });
  });

  it('a rejected CVE loses its ratings and keeps its row', async () => {
    await load('nvd', nvdText([{ id: 'CVE-2026-0001', vector: network, score: 10 }]));
    await load(
      'nvd',
      nvdText([{ id: 'CVE-2026-0001', modified: '2026-11-19T00:00:00.000', status: 'Rejected' }]),
    );
    expect(await row('CVE-2026-0001')).toMatchObject({ is_rejected: true, cvss: {}, attack_vector: null });
  });

  it('a vector that is none is said, and its score is kept', async () => {
    const outcome = await load(
      'nvd',
      nvdText([{ id: 'CVE-2026-0001', vector: 'CVSS:3.1/AV:Q', score: 7.5 }]),
    );
    expect(outcome).toMatchObject({
      noteCount: 1,
      notes: [expect.stringContaining('is no vector of CVSS 3.1') as string],
    });
    expect(await row('CVE-2026-0001')).toMatchObject({
      cvss: { '3.1': { score: 7.5, attack_vector: null } },
    });
  });

  it('a broken record, or a file that was cut, is refused and leaves nothing behind', async () => {
    const text = nvdText([{ id: 'CVE-2026-0001' }, { id: 'CVE-2026-x' }]);
    await expect(load('nvd', text)).rejects.toMatchObject({
      code: 'FEED_INVALID',
      fields: [{ field: 'vulnerabilities[1], id' }],
    });
    await expect(load('nvd', nvdText([{ id: 'CVE-2026-0001' }]).slice(0, -60))).rejects.toMatchObject({
      code: 'FEED_INVALID',
    });
    await expect(load('nvd', '{"CVE_Items":[]}')).rejects.toMatchObject({ code: 'FEED_INVALID' });
    expect([await count('cve_reports'), await count('intelligence_loads')]).toEqual([0, 0]);
  });

  it('KEV of NVD counts only until the catalogue was loaded', async () => {
    const listed = { cisaExploitAdd: '2026-05-01', cisaActionDue: '2026-05-20' };
    await load('nvd', nvdText([{ id: 'CVE-2026-0001', more: listed }]));
    expect(await row('CVE-2026-0001')).toMatchObject({ kev_added: '2026-05-01', kev_due: '2026-05-20' });
    await load('kev', kevText('2026.11.20', [{ cve: 'CVE-2026-0002' }]));
    expect(await row('CVE-2026-0001')).toMatchObject({ kev_added: null });
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
    await load('cve', record('2026-10-01T00:00:00Z', 'Active'));
    await load('ssvc', record('2026-09-01T00:00:00Z', 'none'));
    expect(await row('CVE-2026-0001')).toMatchObject({
      exploitation: 'active',
      automatable: 'yes',
      technical_impact: 'total',
      ssvc_source: 'cve',
      attack_vector: 'local',
      exploit_known: true,
    });
    await load(
      'ssvc',
      'cve,exploitation,automatable,technical_impact,date\nCVE-2026-0001,PoC,no,partial,2026-11-01\n',
      { name: 'points.csv' },
    );
    expect(await row('CVE-2026-0001')).toMatchObject({
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
    await plugin('11', [], { vector: 'CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H' });
    await load(
      'nvd',
      nvdText([
        { id: 'CVE-2026-0001', vector: 'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N', score: 1.8 },
        { id: 'CVE-2026-0002', vector: network, score: 10, tags: ['Patch'] },
      ]),
    );
    await load('kev', kevText('2026.11.20', [{ cve: 'CVE-2026-0002' }]));
    const { rows } = await database.pool.query('select * from vulnerability_intelligence order by plugin_id');
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

describe('a bundle', () => {
  const bundle = async (
    name: string,
    change: (files: Record<string, unknown>[]) => void = () => undefined,
  ): Promise<string> => {
    const { mkdir } = await import('node:fs/promises');
    const { createHash } = await import('node:crypto');
    const path = join(folder, name);
    await mkdir(path);
    const contents = {
      kev: kevText('2026.11.20', [{ cve: 'CVE-2026-0001' }]),
      epss: epssText('2026-11-10', { 'CVE-2026-0001': '0.5' }),
    };
    const listed: Record<string, unknown>[] = [];
    for (const [feed, text] of Object.entries(contents)) {
      await writeFile(join(path, feed), text);
      listed.push({ feed, file: feed, sha256: createHash('sha256').update(text).digest('hex') });
    }
    change(listed);
    await writeFile(join(path, 'manifest.json'), JSON.stringify({ files: listed }));
    return path;
  };
  const options = { by: 'tester', signal };

  it('a bundle is loaded whole, and says what is old in it', async () => {
    const outcome = await loadBundle(app(), await bundle('good'), options);
    expect(outcome.files.map(({ feed, outcome: what }) => `${feed} ${what}`)).toEqual([
      'kev loaded',
      'epss loaded',
    ]);
    expect(outcome.warnings).toEqual(['epss is 10 days old; it should be at most 3.']);
    expect(await row('CVE-2026-0001')).toMatchObject({ kev_added: '2026-11-01', epss: 0.5 });
    const status = await feedStatus(app());
    expect(status.map(({ feed, ageDays, isOld }) => [feed, ageDays, isOld])).toEqual([
      ['kev', 0, false],
      ['epss', 10, true],
      ['nvd', null, false],
      ['cve', null, false],
      ['ssvc', null, false],
    ]);
  });

  it('a bundle with a file that is not the one of its manifest is not loaded at all', async () => {
    const path = await bundle('bad', (listed) => (listed[1] = { ...listed[1], sha256: '0'.repeat(64) }));
    await expect(loadBundle(app(), path, options)).rejects.toMatchObject({ code: 'FEED_INVALID' });
    const outside = await bundle('outside', (listed) => (listed[0] = { ...listed[0], file: '../good/kev' }));
    await expect(loadBundle(app(), outside, options)).rejects.toMatchObject({ code: 'FEED_INVALID' });
    expect(await count('intelligence_loads')).toBe(0);
  });
});

const samples = new URL('../../../../shared/data/grc/', import.meta.url).pathname;
describe.skipIf(!existsSync(samples))(
  'files of the publishers (skipped where ../shared/data is absent)',
  () => {
    it.each([
      ['kev', 'kev-50.json', 52],
      ['epss', 'epss-invented-2026-11-20.csv', undefined],
      ['epss', 'epss-2025-02-20-real-5.csv', 5],
      ['nvd', 'nvd-2.0-20-cves.json', 20],
      ['cve', 'cve-5-CVE-2021-44228.json', 1],
      ['cve', 'vulnrichment-CVE-2024-3400.json', 1],
      ['ssvc', 'vulnrichment-CVE-2024-3400.json', 1],
    ] as const)('%s is loaded from %s', async (feed, name, rows) => {
      const file = await openFeedFile(join(samples, name), signal);
      const outcome = await loadFeed(app(), feed, file, { by: 'tester', signal });
      expect(outcome).toMatchObject({
        outcome: 'loaded',
        noteCount: 0,
        ...(rows === undefined ? {} : { read: rows }),
      });
    });

    it('Log4Shell is known from all feeds together', async () => {
      for (const [feed, name] of [
        ['kev', 'kev-50.json'],
        ['epss', 'epss-invented-2026-11-20.csv'],
        ['nvd', 'nvd-2.0-20-cves.json'],
        ['cve', 'cve-5-CVE-2021-44228.json'],
      ] as const)
        await loadFeed(app(), feed, await openFeedFile(join(samples, name), signal), {
          by: 'tester',
          signal,
        });
      expect(await row('CVE-2021-44228')).toMatchObject({
        kev_added: '2021-12-10',
        kev_due: '2021-12-24',
        kev_ransomware: true,
        exploitation: 'active',
        automatable: 'yes',
        technical_impact: 'total',
        attack_vector: 'network',
        exploitability_score: 10,
        cvss: { '2.0': { score: 9.3, exploitability: 8.6 }, '3.1': { score: 10 } },
      });
    });
  },
);
