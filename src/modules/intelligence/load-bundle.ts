/**
 * A bundle: a folder with files of feeds and `manifest.json`, made where there is a network and carried over. Every file is checked against
 * its sum before the first is loaded, and all of them are loaded in one transaction: a bundle is in the record whole or not at all.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { App } from '../../engine/run/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { feeds, renewPluginIntelligence } from '../../record/intelligence/index.ts';
import { assessRisks } from './assess-risks.ts';
import { type FeedFile, openFeedFile } from './feed-file.ts';
import { ageOf } from './feed-ages.ts';
import { parseRecord } from './feeds/reading.ts';
import { type LoadOptions, type LoadOutcome, loadFeedWithin } from './load-feed.ts';

const manifest = z.looseObject({
  files: z
    .array(
      z.looseObject({
        feed: z.enum(feeds),
        // A name, not a path: nothing outside of the folder is read.
        file: z
          .string()
          .regex(/^[^/\\]+$/, 'expected the name of a file in the folder')
          .refine((name) => name !== '..' && name !== '.'),
        sha256: z.string().regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits'),
        date: z.string().optional(),
        fetchedAt: z.string().optional(),
      }),
    )
    .min(1, 'expected at least one file'),
});

export interface BundleOutcome {
  readonly files: readonly LoadOutcome[];
  /** Files that are older than they should be. */
  readonly warnings: readonly string[];
}

/** @throws FEED_INVALID, FEED_OLDER, FEED_INCOMPLETE; nothing of the bundle is stored then. */
export async function loadBundle(
  app: Pick<App, 'store' | 'now'>,
  folder: string,
  options: LoadOptions,
): Promise<BundleOutcome> {
  const listed = (await readManifest(folder)).files;
  const opened: { readonly each: (typeof listed)[number]; readonly file: FeedFile }[] = [];
  for (const each of listed) {
    const file = await openFeedFile(join(folder, each.file), options.signal);
    if (file.sha256 !== each.sha256.toLowerCase())
      throw new TielineError('FEED_INVALID', `${each.file} is not the file that the manifest names.`, {
        fields: [
          {
            field: `${each.file}, sha256`,
            message: `${file.sha256}: the manifest says ${each.sha256.toLowerCase()}`,
          },
        ],
        remedy: 'Carry the bundle over again; nothing of it was stored.',
      });
    opened.push({ each, file });
  }
  const now = app.now();
  const bundle = await app.store.transactionOnce(async (tx) => {
    const outcomes: LoadOutcome[] = [];
    for (const { each, file } of opened)
      outcomes.push(await loadFeedWithin(tx, { feed: each.feed, file, now, options }));
    const plugins = outcomes.some(({ outcome }) => outcome === 'loaded')
      ? await renewPluginIntelligence(tx)
      : 0;
    const warnings = outcomes.flatMap((outcome) => {
      const age = ageOf(outcome.feed, outcome.feedDate, now);
      return age.isOld ? [`${outcome.feed} is ${age.days} days old; it should be at most ${age.most}.`] : [];
    });
    return {
      files: outcomes.map((outcome, n) => (n === outcomes.length - 1 ? { ...outcome, plugins } : outcome)),
      warnings,
    };
  });
  if (bundle.files.some(({ outcome }) => outcome === 'loaded')) await assessRisks(app, 'load');
  return bundle;
}

async function readManifest(folder: string): Promise<z.output<typeof manifest>> {
  const file = 'manifest.json';
  try {
    const parsed: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
    return parseRecord(manifest, parsed, { file, where: 'the manifest' });
  } catch (error) {
    if (error instanceof TielineError) throw error;
    throw new TielineError('FEED_INVALID', `${join(folder, file)} cannot be read: ${messageOf(error)}`, {
      cause: error,
      remedy: 'Name the folder that holds manifest.json and the files that it lists.',
    });
  }
}
