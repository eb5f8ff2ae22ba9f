/** Bundles, and files as their publishers make them. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openFeedFile } from './feed-file.ts';
import { epssText, kevText } from './feed-files.test-support.ts';
import { feedStatus } from './feed-status.ts';
import { type FeedWorld, openFeedWorld } from './feed-world.test-support.ts';
import { loadBundle } from './load-bundle.ts';
import { loadFeed } from './load-feed.ts';

let world: FeedWorld;
beforeAll(async () => {
  world = await openFeedWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.empty());

describe('a bundle', () => {
  const bundle = async (
    name: string,
    change: (files: Record<string, unknown>[]) => void = () => undefined,
  ): Promise<string> => {
    const path = join(world.folder, name);
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
  it('a bundle is loaded whole, and says what is old in it', async () => {
    const outcome = await loadBundle(world.app, await bundle('good'), world.options);
    expect(outcome.files.map(({ feed, outcome: what }) => `${feed} ${what}`)).toEqual([
      'kev loaded',
      'epss loaded',
    ]);
    expect(outcome.warnings).toEqual(['epss is 10 days old; it should be at most 3.']);
    expect(await world.row('CVE-2026-0001')).toMatchObject({ kev_added: '2026-11-01', epss: 0.5 });
    const status = await feedStatus(world.app);
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
    await expect(loadBundle(world.app, path, world.options)).rejects.toMatchObject({ code: 'FEED_INVALID' });
    const outside = await bundle('outside', (listed) => (listed[0] = { ...listed[0], file: '../good/kev' }));
    await expect(loadBundle(world.app, outside, world.options)).rejects.toMatchObject({
      code: 'FEED_INVALID',
    });
    expect(await world.count('intelligence_loads')).toBe(0);
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
      const file = await openFeedFile(join(samples, name), world.options.signal);
      const outcome = await loadFeed(world.app, feed, file, world.options);
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
        await loadFeed(
          world.app,
          feed,
          await openFeedFile(join(samples, name), world.options.signal),
          world.options,
        );
      expect(await world.row('CVE-2021-44228')).toMatchObject({
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
