/** `poams explain|history|complete|reopen|extend|life`, `changes`: the life of POA&Ms. */
import { type Actor, everywhere, localOperator } from '../../../canonical/access/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  completePoam,
  explainPoam,
  extendPoam,
  fetchLifeSettings,
  type LifeSettingsShown,
  type MoveOutcome,
  reopenPoam,
  setLifeSettings,
  tellChangesSince,
  tellPoam,
} from '../../../review/records/index.ts';
import { fetchBoundaryId } from '../../../record/systems/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { changesLines, explanationLines, settingsLines, storyLines } from './poam-life.view.ts';

const actorOf = (flags: DecisionFlags): Actor => ({
  ...localOperator(accountName()),
  name: decider(flags).by,
});

export async function explain(
  context: CommandContext,
  flags: GlobalFlags,
  [poamId]: readonly [string],
): Promise<void> {
  const explanation = await context.host.withApp(flags, (app) => explainPoam(app, everywhere, poamId));
  if (flags.json) context.printJson('poamExplanation', explanation);
  else context.print(explanationLines(explanation, context.width).join('\n'));
}

export async function showStory(
  context: CommandContext,
  flags: GlobalFlags & { readonly limit: number },
  [poamId]: readonly [string],
): Promise<void> {
  const story = await context.host.withApp(flags, (app) =>
    tellPoam(app, everywhere, poamId, { limit: flags.limit }),
  );
  if (flags.json) context.printJson('poamStory', story);
  else context.print(storyLines(story, context.width).join('\n'));
}

async function move(
  context: CommandContext,
  flags: DecisionFlags,
  work: (app: App) => Promise<MoveOutcome>,
): Promise<void> {
  const outcome = await context.host.withApp(flags, work);
  if (flags.json) context.printJson('poamMoved', outcome);
  else if (outcome.outcome === 'asked')
    context.print(
      `Others agree first: request ${outcome.approvalId?.slice(0, 8) ?? ''}. To see it: tieline approvals list`,
    );
  else context.print(`${outcome.poamId} is ${outcome.status}. Next: tieline sync run`);
}

export const complete = (
  context: CommandContext,
  flags: DecisionFlags & { readonly on?: string },
  [poamId]: readonly [string],
): Promise<void> =>
  move(context, flags, (app) =>
    completePoam(app, actorOf(flags), everywhere, { poamId, reason: flags.reason, on: flags.on }),
  );

export const reopen = (
  context: CommandContext,
  flags: DecisionFlags,
  [poamId]: readonly [string],
): Promise<void> =>
  move(context, flags, (app) =>
    reopenPoam(app, actorOf(flags), everywhere, { poamId, reason: flags.reason }),
  );

export const extend = (
  context: CommandContext,
  flags: DecisionFlags & { readonly to: string },
  [poamId]: readonly [string],
): Promise<void> => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(flags.to))
    throw new TielineError('USAGE', `--to takes a day as YYYY-MM-DD, not "${flags.to}".`);
  return move(context, flags, (app) =>
    extendPoam(app, actorOf(flags), everywhere, { poamId, reason: flags.reason, to: flags.to }),
  );
};

function tellSettings(context: CommandContext, flags: GlobalFlags, shown: LifeSettingsShown): void {
  if (flags.json) context.printJson('lifeSettings', shown);
  else context.print(settingsLines(shown).join('\n'));
}

export async function showLife(
  context: CommandContext,
  flags: GlobalFlags,
  [boundary]: readonly [string],
): Promise<void> {
  tellSettings(
    context,
    flags,
    await context.host.withApp(flags, async (app) =>
      fetchLifeSettings(app, everywhere, await fetchBoundaryId(app, boundary)),
    ),
  );
}

type LifeFlags = DecisionFlags & {
  readonly close?: 'at once' | 'days' | 'word';
  readonly closeDays?: number;
  readonly reopenDays?: number;
  readonly contradiction?: 'ask' | 'reopen' | 'accept';
  readonly acceptUntil?: string;
  readonly fedramp?: 'yes' | 'no';
  readonly default?: boolean;
};

export async function setLife(
  context: CommandContext,
  flags: LifeFlags,
  [boundary]: readonly [string],
): Promise<void> {
  const given = {
    ...(flags.close === undefined ? {} : { closeAfter: flags.close }),
    ...(flags.closeDays === undefined ? {} : { closeDays: flags.closeDays }),
    ...(flags.reopenDays === undefined ? {} : { reopenDays: flags.reopenDays }),
    ...(flags.contradiction === undefined ? {} : { contradiction: flags.contradiction }),
    ...(flags.acceptUntil === undefined ? {} : { acceptUntil: flags.acceptUntil }),
    ...(flags.fedramp === undefined ? {} : { isFedramp: flags.fedramp === 'yes' }),
  };
  const nothing = {
    closeAfter: null,
    closeDays: null,
    reopenDays: null,
    contradiction: null,
    acceptUntil: null,
    isFedramp: null,
  };
  const set = { ...(flags.default ? nothing : {}), ...given };
  if (Object.keys(set).length === 0) throw new TielineError('USAGE', 'Name what is to be set: see --help.');
  tellSettings(
    context,
    flags,
    await context.host.withApp(flags, async (app) =>
      setLifeSettings(app, actorOf(flags), everywhere, {
        boundary: await fetchBoundaryId(app, boundary),
        set,
        reason: flags.reason,
      }),
    ),
  );
}

export async function showChanges(
  context: CommandContext,
  flags: GlobalFlags & { readonly since: string; readonly limit: number },
): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const since = sinceOf(flags.since, app.now());
    const told = await tellChangesSince(app, everywhere, { since, limit: flags.limit });
    if (flags.json) context.printJson('changesSince', told);
    else context.print(changesLines(told, context.width).join('\n'));
  });
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** `yesterday`, `24h`, `7d`, `2w`, a day or an instant. @throws TielineError USAGE. */
function sinceOf(text: string, now: Date): Date {
  const [, n, unit] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  if (n !== undefined && unit !== undefined) return new Date(now.getTime() - Number(n) * (units[unit] ?? 0));
  if (text === 'yesterday')
    return new Date(Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00Z`) - 86_400_000);
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new TielineError(
      'USAGE',
      `--since takes yesterday, 24h, 7d, 2w, a day as YYYY-MM-DD or an instant, not "${text}".`,
    );
  return new Date(at);
}
