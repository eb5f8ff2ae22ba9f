/** `intelligence …`: threat feeds, loaded from files, and what they say. */
import { everywhere } from '../../../canonical/access/index.ts';
import {
  type BundleOutcome,
  feedStatus,
  lastAssessment,
  loadBundle,
  loadFeed,
  type LoadOutcome,
  makeBundle,
  withFeedFile,
} from '../../../modules/intelligence/index.ts';
import { fetchCve, findFeed, searchCves } from '../../../record/intelligence/index.ts';
import { shownText, TielineError } from '../../../platform/errors/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { bundleLines, cveLines, cveTable, loadLines, statusLines } from './intelligence.view.ts';

interface LoadFlags extends GlobalFlags {
  readonly force?: string;
}

export async function load(
  context: CommandContext,
  flags: LoadFlags,
  [name, source]: readonly [string, string],
): Promise<void> {
  const { signal } = context.host;
  const options = { by: accountName(), signal, force: flags.force };
  await context.host.withApp(flags, async (app) => {
    if (name === 'bundle') {
      showBundle(context, flags, await loadBundle(app, source, options));
      return;
    }
    const feed = findFeed(name);
    const outcome = await withFeedFile(app, source, signal, (file) => loadFeed(app, feed, file, options));
    noteNotes(context, [outcome]);
    if (flags.json) context.printJson('feedLoaded', outcome);
    else context.print(loadLines(outcome).join('\n'));
  });
}

interface MakeFlags extends GlobalFlags {
  readonly file?: string[];
}

export async function make(
  context: CommandContext,
  flags: MakeFlags,
  [folder]: readonly [string],
): Promise<void> {
  const given = new Map(
    (flags.file ?? []).map((each) => {
      const at = each.lastIndexOf('=');
      if (at < 1)
        throw new TielineError(
          'USAGE',
          `"${each}" names no feed. Expected: NAME=FEED, such as scores.csv=epss.`,
        );
      return [each.slice(0, at), findFeed(each.slice(at + 1))] as const;
    }),
  );
  const made = await makeBundle(folder, given, context.host.signal);
  if (flags.json) context.printJson('bundleMade', made);
  else context.print(bundleLines(made).join('\n'));
}

function showBundle(context: CommandContext, flags: GlobalFlags, outcome: BundleOutcome): void {
  noteNotes(context, outcome.files);
  if (outcome.warnings.length > 0 && context.result.exitCode === 0) context.result.exitCode = 3;
  if (flags.json) context.printJson('bundleLoaded', outcome);
  else
    context.print(
      [...outcome.files.flatMap((file) => loadLines(file)), ...outcome.warnings.map(shownText)].join('\n'),
    );
}

/** 3 where something was not read as it stands. */
function noteNotes(context: CommandContext, outcomes: readonly LoadOutcome[]): void {
  if (outcomes.some(({ noteCount }) => noteCount > 0)) context.result.exitCode = 3;
}

export async function status(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const [feeds, assessed] = await context.host.withApp(flags, async (app) => [
    await feedStatus(app),
    await lastAssessment(app),
  ]);
  if (feeds.some(({ isOld }) => isOld)) context.result.exitCode = 3;
  if (flags.json) context.printJson('feedStatuses', feeds);
  else context.print(statusLines(feeds, { assessed, width: context.width }).join('\n'));
}

interface SearchFlags extends GlobalFlags {
  readonly kev: boolean;
  readonly here: boolean;
  readonly limit: number;
}

export async function search(
  context: CommandContext,
  flags: SearchFlags,
  [words]: readonly [string | undefined],
): Promise<void> {
  const { kev, here, limit } = flags;
  const rows = await context.host.withApp(flags, ({ db }) => searchCves(db, { q: words, kev, here, limit }));
  if (flags.json) context.printJson('cveRows', rows);
  else if (rows.length === 0) context.print('No CVE fits. What is loaded: tieline intelligence status');
  else context.print(cveTable(rows, context.width));
}

export async function show(
  context: CommandContext,
  flags: GlobalFlags,
  [given]: readonly [string],
): Promise<void> {
  const cve = given.trim().toUpperCase();
  const found = await context.host.withApp(flags, ({ db }) => fetchCve(db, everywhere, cve));
  if (!found)
    throw new TielineError('RECORD_UNKNOWN', `Neither a feed that is loaded nor a plugin names ${cve}.`, {
      remedy: 'What is loaded: tieline intelligence status',
    });
  if (flags.json) context.printJson('cveDetail', found);
  else context.print(cveLines(found).join('\n'));
}
