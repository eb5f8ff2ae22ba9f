/** `matches …`: which asset is which component, and which records are one machine, where a person decides. */
import { everywhere } from '../../../canonical/access/index.ts';
import {
  acceptMatch,
  fetchMatch,
  findMatches,
  findStandingMatches,
  forgetStandingMatch,
  type MatchSettled,
  rejectMatch,
} from '../../../review/matches/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { Action } from '../kit/command.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { rowId, type DecisionFlags } from '../kit/flags.ts';
import { matchesTable, matchLines, settledAsset, standingTable } from './matches.view.ts';

interface ListFlags extends GlobalFlags {
  readonly system?: string;
  readonly asset?: string;
  readonly all: boolean;
  readonly limit: number;
}

export async function listMatches(context: CommandContext, flags: ListFlags): Promise<void> {
  const { system, asset, all, limit } = flags;
  const query = { all, ...defined({ system, asset }) };
  const rows = await context.host.withApp(flags, (app) => findMatches(app, query, limit + 1));
  const shown = rows.slice(0, limit);
  if (flags.json) context.printJson('matchList', shown);
  else if (shown.length === 0) context.print('No matches wait for a decision.');
  else {
    context.print(matchesTable(shown, context.width));
    if (rows.length > limit) context.print(`… and more: --limit ${limit * 10}`);
    context.print(
      '\nSee one: tieline matches show ID. Settle it: tieline matches accept ID [CHOICE], reject ID [CHOICE], always ID [CHOICE]',
    );
  }
}

export async function showMatch(
  context: CommandContext,
  flags: GlobalFlags,
  [wanted]: readonly [string],
): Promise<void> {
  const match = await context.host.withApp(flags, (app) => fetchMatch(app, wanted));
  if (flags.json) context.printJson('matchDetail', match);
  else context.print(matchLines(match).join('\n'));
}

type AcceptFlags = DecisionFlags & { readonly replace: boolean };
type MatchArgs = readonly [string, string | undefined];

const accepting =
  (always: boolean): Action<AcceptFlags, MatchArgs> =>
  async (context, flags, [wanted, choice]) => {
    const asked = { replaces: flags.replace, always, merges: everywhere, ...defined({ choice }) };
    const outcome = await context.host.withApp(flags, (app) =>
      acceptMatch(app, wanted, asked, decider(flags)),
    );
    const kept =
      outcome.ruleId === null
        ? `standing decision ${outcome.standing ?? ''}`
        : `boundary rule ${outcome.ruleId}`;
    const later = always ? `, now and later (${kept})` : '';
    tellSettled(context, flags, outcome, `is ${outcome.choice ?? ''}${later}.`);
  };

export const accept = accepting(false);
export const always = accepting(true);

export async function reject(
  context: CommandContext,
  flags: DecisionFlags,
  [wanted, choice]: MatchArgs,
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) =>
    rejectMatch(app, wanted, choice, decider(flags)),
  );
  tellSettled(context, flags, outcome, `is not ${outcome.choice ?? 'any of the candidates'}.`);
}

function tellSettled(
  context: CommandContext,
  flags: GlobalFlags,
  outcome: MatchSettled,
  result: string,
): void {
  if (flags.json) {
    context.printJson('matchSettled', outcome);
    return;
  }
  context.print(`Match ${outcome.id}: ${settledAsset(outcome)} ${result} Next: tieline sync plan`);
  for (const { assetUuid, hostname } of outcome.sharedWith)
    context.print(
      `${hostname ?? '(no name)'} (${assetUuid.slice(0, 8)}) has it too. If that is another machine: tieline links break SYSTEM asset_component ${assetUuid}`,
    );
}

export async function listStanding(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const rows = await context.host.withApp(flags, (app) => findStandingMatches(app));
  if (flags.json) context.printJson('standingMatches', rows);
  else if (rows.length === 0) context.print('No standing decisions.');
  else context.print(standingTable(rows, context.width));
}

export async function forget(
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> {
  const standing = rowId(id);
  await context.host.withApp(flags, (app) => forgetStandingMatch(app, standing, decider(flags)));
  if (flags.json) context.printJson('matchForgotten', { forgotten: standing });
  else context.print(`Standing decision ${standing} has ended.`);
}
