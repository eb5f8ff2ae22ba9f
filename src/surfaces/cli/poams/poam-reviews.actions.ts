/** `poams reviewed|review-every|review-intervals`. */
import { everywhere } from '../../../canonical/access/index.ts';
import { poamList } from '../../../canonical/lists/index.ts';
import {
  listReviewIntervals,
  type PoamSelection,
  reviewPoams,
  setReviewInterval,
  tryReviews,
} from '../../../modules/poam-reviews/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { filterPairs, parseFilter } from '../../../platform/lists/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { type DecisionFlags, wholeNumber } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';

type ReviewFlags = DecisionFlags & {
  readonly filter?: string;
  readonly note?: string;
  readonly yes: boolean;
};

export async function markReviewed(
  context: CommandContext,
  flags: ReviewFlags,
  [ids]: readonly [readonly string[]],
): Promise<void> {
  if (ids.length > 0 === (flags.filter !== undefined))
    throw new TielineError('USAGE', 'Name POA&Ms, or give --filter for many.');
  await context.host.withApp(flags, async (app) => {
    const selection: PoamSelection =
      flags.filter === undefined
        ? { ids }
        : { filter: parseFilter(poamList.filters, filterPairs(flags.filter), app.now()) };
    if (!flags.yes) {
      const tried = await tryReviews(app, everywhere, selection);
      if (flags.json) context.printJson('reviewsTried', tried);
      else
        context.print(
          `${counted(tried.matched, 'POA&M')} would be marked as reviewed. Nothing was changed. To do it: the same with --yes`,
        );
      return;
    }
    const done = await reviewPoams(
      app,
      everywhere,
      { selection, note: flags.note },
      { name: decider(flags).by },
    );
    if (flags.json) context.printJson('poamsReviewed', done);
    else context.print(`${counted(done.reviewed, 'POA&M')} marked as reviewed.`);
  });
}

export async function setInterval(
  context: CommandContext,
  flags: DecisionFlags & { readonly system?: string },
  [days]: readonly [string],
): Promise<void> {
  const wanted = wholeNumber(0, 3650)(days);
  const set = await context.host.withApp(flags, (app) =>
    setReviewInterval(
      app,
      { boundary: flags.system ?? null, days: wanted === 0 ? null : wanted },
      { name: decider(flags).by },
    ),
  );
  if (flags.json) context.printJson('reviewIntervalSet', set);
  else context.print('Saved. What is late: tieline poams list --filter "open=yes unreviewed=yes"');
}

export async function showIntervals(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const intervals = await context.host.withApp(flags, (app) => listReviewIntervals(app.db, everywhere));
  if (flags.json) context.printJson('reviewIntervals', intervals);
  else if (intervals.length === 0)
    context.print('No reviews are asked for. Next: tieline poams review-every 30');
  else
    context.print(
      fittedTable(
        ['SYSTEM', 'EVERY', 'SET BY'],
        intervals.map(({ boundary, days, setBy }) => [
          boundary ?? 'every other',
          days === null ? 'never' : `${days} days`,
          setBy,
        ]),
        context.width,
      ),
    );
}
