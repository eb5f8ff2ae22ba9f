/** Writes the manifest of a bundle over the files of feeds in a folder, where there is a network, so that the other side can check what it was brought. */
import { readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TielineError } from '../../platform/errors/index.ts';
import { type Feed, feeds } from '../../record/intelligence/index.ts';
import { openFeedFile } from './feed-file.ts';
import { openFeed } from './load-feed.ts';

export interface BundleMade {
  readonly manifest: string;
  readonly files: readonly {
    readonly feed: Feed;
    readonly file: string;
    readonly sha256: string;
    readonly bytes: number;
    /** Of the issue, as the file says; null: it says none. */
    readonly date: string | null;
    readonly fetchedAt: string;
  }[];
}

export const manifestName = 'manifest.json';

/** As publishers name their files; the first that fits counts. Records of CVEs say nothing of which feed they are, so their names must. */
const names: readonly (readonly [RegExp, Feed])[] = [
  [/known_exploited|kev/i, 'kev'],
  [/epss/i, 'epss'],
  [/nvd/i, 'nvd'],
  [/ssvc|vulnrichment/i, 'ssvc'],
  [/cve/i, 'cve'],
];

/** Which feed a file is by its name; undefined: no name of a feed. */
export const feedNamed = (file: string): Feed | undefined => names.find(([name]) => name.test(file))?.[1];

/**
 * @param given which feed a file is, where its name does not say so.
 * @throws TielineError FEED_INVALID where a file is no feed, is another one than its name says, or cannot be read; nothing is written then.
 */
export async function makeBundle(
  folder: string,
  given: ReadonlyMap<string, Feed>,
  signal: AbortSignal,
): Promise<BundleMade> {
  const found = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== manifestName && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted();
  const missing = [...given.keys()].find((name) => !found.includes(name));
  if (missing !== undefined) throw refusal(folder, [{ field: missing, message: 'is not in the folder' }]);
  const unnamed = found.filter((name) => (given.get(name) ?? feedNamed(name)) === undefined);
  if (unnamed.length > 0)
    throw refusal(
      folder,
      unnamed.map((name) => ({
        field: name,
        message: `may be any feed: take it out, or say which it is (--file ${name}=${feeds.join('|')})`,
      })),
    );
  if (found.length === 0) throw refusal(folder, [{ field: folder, message: 'holds no file of a feed' }]);
  const files: BundleMade['files'][number][] = [];
  for (const name of found) {
    const feed = given.get(name) ?? feedNamed(name) ?? 'cve';
    const path = join(folder, name);
    const file = await openFeedFile(path, signal);
    const { issue } = await openFeed(feed, file, () => undefined);
    const fetchedAt = (await stat(path)).mtime.toISOString();
    files.push({ feed, file: name, sha256: file.sha256, bytes: file.bytes, date: issue.date, fetchedAt });
  }
  const manifest = join(folder, manifestName);
  const listed = files.map(({ date, bytes: _size, ...each }) => ({
    ...each,
    ...(date === null ? {} : { date }),
  }));
  // Whole or not at all: whoever reads it meanwhile sees the one before.
  const partial = `${manifest}.partial`;
  await writeFile(partial, `${JSON.stringify({ files: listed }, null, 2)}\n`);
  await rename(partial, manifest);
  return { manifest, files };
}

const refusal = (
  folder: string,
  fields: readonly { readonly field: string; readonly message: string }[],
): TielineError =>
  new TielineError('FEED_INVALID', `No manifest was written for ${folder}.`, { fields: [...fields] });
