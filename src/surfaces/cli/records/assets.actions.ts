/** `assets …`: who is who. */
import {
  countMatches,
  countUnmatched,
  explain,
  findDuplicates,
  findReviews,
  findUnmatched,
  findUnreported,
  keepApart,
  merge,
  split,
} from '../../../review/assets/index.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { rowId, type DecisionFlags } from '../kit/flags.ts';
import { shellWord } from '../kit/hint.ts';
import { explanationLines } from './asset.view.ts';
import { duplicateLines, reviewLines, unmatchedLines, unreportedLines } from './assets.view.ts';
import { otherMatches } from './matches.view.ts';

type LimitFlags = GlobalFlags & { readonly limit: number };

export async function explainAsset(
  context: CommandContext,
  flags: GlobalFlags,
  [asset]: readonly [string],
): Promise<void> {
  const explanation = await context.host.withApp(flags, (app) => explain(app, asset));
  if (flags.json) context.printJson('assetExplanation', explanation);
  else context.print(explanationLines(explanation, context.width).join('\n'));
}

export async function listReviews(context: CommandContext, flags: LimitFlags): Promise<void> {
  const { listed, waiting } = await context.host.withApp(flags, async (app) => ({
    listed: await listUpTo(flags.limit, (limit) => findReviews(app, limit)),
    waiting: await countMatches(app),
  }));
  const { rows } = listed;
  if (flags.json) context.printJson('assetReviews', rows);
  else if (rows.length === 0)
    context.print(
      waiting === 0
        ? 'No matches wait for a decision.'
        : `No reported machine may be another known asset. ${otherMatches(waiting)}`,
    );
  else {
    context.print(reviewLines(rows, context.width).join('\n'));
    if (waiting > rows.length) context.print(otherMatches(waiting));
  }
  tellCut(context, flags, listed);
}

export async function listDuplicates(context: CommandContext, flags: LimitFlags): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => findDuplicates(app));
  if (flags.json) context.printJson('assetDuplicates', rows.slice(0, flags.limit));
  else context.print(duplicateLines(rows, flags.limit, context.width).join('\n'));
}

export async function listUnreported(context: CommandContext, flags: LimitFlags): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => findUnreported(app, flags.limit + 1));
  const shown = rows.slice(0, flags.limit);
  if (flags.json) context.printJson('unreportedAssets', shown);
  else context.print(unreportedLines(shown, rows.length > flags.limit, context.width).join('\n'));
}

export async function listUnmatched(context: CommandContext, flags: LimitFlags): Promise<void> {
  const listed = await context.host.withApp(flags, (app) =>
    listUpTo(
      flags.limit,
      (limit) => findUnmatched(app, limit),
      () => countUnmatched(app),
    ),
  );
  if (flags.json) context.printJson('unmatchedAssets', listed.rows);
  else context.print(unmatchedLines(listed.rows, context.width).join('\n'));
  tellCut(context, flags, listed);
}

export async function mergeAssets(
  context: CommandContext,
  flags: DecisionFlags,
  [asset, into]: readonly [string, string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) =>
    merge(app, everywhere, { from: asset, into }, decider(flags)),
  );
  if (flags.json) context.printJson('assetsMerged', outcome);
  else context.print(`${outcome.from} is ${outcome.into} now. Undone by: tieline assets split SYSTEM RECORD`);
}

export async function splitAsset(
  context: CommandContext,
  flags: DecisionFlags,
  [system, record]: readonly [string, string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) =>
    split(app, everywhere, { system, externalId: record }, decider(flags)),
  );
  if (flags.json) {
    context.printJson('assetSplit', outcome);
    return;
  }
  const next = outcome.isSynced
    ? `tieline sync run --system ${shellWord(system)}`
    : `tieline import FILE --system ${shellWord(system)} with its next scan, for findings that other sources report too`;
  context.print(`${record} is asset ${outcome.into} now. Next: ${next}`);
}

export async function keepAsset(
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> {
  const review = rowId(id);
  await context.host.withApp(flags, (app) => keepApart(app, review, decider(flags)));
  if (flags.json) context.printJson('assetKept', { kept: review });
  else context.print('It stays an asset of its own.');
}
