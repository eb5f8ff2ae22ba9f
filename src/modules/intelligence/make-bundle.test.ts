import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epssText, kevText } from './feed-files.test-support.ts';
import { feedNamed, makeBundle } from './make-bundle.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const put = (name: string, text: string) => writeFile(join(folder, name), text);
const { signal } = new AbortController();
const none = new Map<string, never>();

describe('the manifest of a bundle', () => {
  it('names each file with its feed, sum and date', async () => {
    await put('known_exploited_vulnerabilities.json', kevText('2026.11.20', [{ cve: 'CVE-2026-0001' }]));
    await put('scores.csv', epssText('2026-11-10', { 'CVE-2026-0001': '0.5' }));
    const made = await makeBundle(folder, new Map([['scores.csv', 'epss']]), signal);
    expect(made.files.map(({ feed, file }) => [feed, file])).toEqual([
      ['kev', 'known_exploited_vulnerabilities.json'],
      ['epss', 'scores.csv'],
    ]);
    const written = JSON.parse(await readFile(made.manifest, 'utf8')) as { files: { sha256: string }[] };
    expect(written.files.map(({ sha256 }) => sha256)).toEqual(made.files.map(({ sha256 }) => sha256));
    // The manifest is no file of the bundle itself.
    expect((await makeBundle(folder, new Map([['scores.csv', 'epss']]), signal)).files).toHaveLength(2);
  });

  it('is not written where a file is no feed, or another one than its name says', async () => {
    await put('notes.txt', 'hello');
    await expect(makeBundle(folder, none, signal)).rejects.toMatchObject({
      fields: [{ field: 'notes.txt' }],
    });
    await rm(join(folder, 'notes.txt'));
    await expect(makeBundle(folder, none, signal)).rejects.toMatchObject({ code: 'FEED_INVALID' });
    await put('kev.json', epssText('2026-11-10', { 'CVE-2026-0001': '0.5' }));
    await expect(makeBundle(folder, none, signal)).rejects.toMatchObject({ code: 'FEED_INVALID' });
    await expect(readFile(join(folder, 'manifest.json'))).rejects.toThrow('ENOENT');
  });

  it('knows feeds by the names that their publishers give', () => {
    expect(feedNamed('known_exploited_vulnerabilities.json')).toBe('kev');
    expect(feedNamed('epss_scores-2026-11-20.csv.gz')).toBe('epss');
    expect(feedNamed('nvdcve-2.0-2026.json.gz')).toBe('nvd');
    expect(feedNamed('vulnrichment-develop.zip')).toBe('ssvc');
    expect(feedNamed('2026-11-20_all_CVEs_at_midnight.zip')).toBe('cve');
    expect(feedNamed('readme.txt')).toBeUndefined();
  });
});
