/** `poams edit|comment|milestone`: what a person changes of POA&Ms. */
import { type Actor, everywhere, localOperator } from '../../../canonical/access/index.ts';
import { poamList } from '../../../canonical/lists/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { filterPairs, parseFilter } from '../../../platform/lists/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import {
  addMilestone,
  type Fit,
  fitMilestones,
  type BulkEdit,
  commentPoam,
  completeMilestone,
  editRecord,
  editRecords,
  type EditOutcome,
  listPoamComments,
  moveMilestone,
  tryRecords,
} from '../../../review/records/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { minuteText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';
import { changeLine } from './poams.view.ts';

type EditFlags = DecisionFlags & {
  readonly set: string[];
  readonly shiftDue?: number;
  readonly version?: string;
  readonly filter?: string;
  readonly yes: boolean;
};

/** The operator at the machine, under the name that was given. */
const actorOf = (flags: DecisionFlags): Actor => ({
  ...localOperator(accountName()),
  name: decider(flags).by,
});

function pairOf(pair: string): [string, string | null] {
  const at = pair.indexOf('=');
  if (at <= 0) throw new TielineError('USAGE', `--set takes field=value, not "${pair}".`);
  const value = pair.slice(at + 1).trim();
  return [pair.slice(0, at).trim(), value === '' ? null : value];
}

export async function editPoam(
  context: CommandContext,
  flags: EditFlags,
  [poamId]: readonly [string | undefined],
): Promise<void> {
  const changes: JsonObject = Object.fromEntries(flags.set.map(pairOf));
  if ((poamId === undefined) === (flags.filter === undefined))
    throw new TielineError('USAGE', 'Name one POA&M, or give --filter for many.');
  if (poamId === undefined) await editMany(context, flags, changes);
  else
    tellEdit(
      context,
      flags,
      await context.host.withApp(flags, (app) =>
        editRecord(app, actorOf(flags), everywhere, {
          entity: 'poam',
          id: poamId,
          changes,
          version: flags.version,
          reason: flags.reason,
        }),
      ),
    );
}

function tellEdit(context: CommandContext, flags: GlobalFlags, outcome: EditOutcome): void {
  if (flags.json) context.printJson('recordEdited', outcome);
  else if (outcome.changes.length === 0) context.print('No changes: it is already so.');
  else context.print([...outcome.changes.map(changeLine), 'Next: tieline sync run'].join('\n'));
}

async function editMany(context: CommandContext, flags: EditFlags, changes: JsonObject): Promise<void> {
  await context.host.withApp(flags, async (app) => {
    const filter = parseFilter(poamList.filters, filterPairs(flags.filter ?? ''), app.now());
    const edit: BulkEdit = {
      selection: { entity: 'poam', filter },
      changes,
      shiftDays: flags.shiftDue,
      reason: flags.reason,
      approves: everywhere,
    };
    const tried = await tryRecords(app, everywhere, edit);
    if (!flags.yes) {
      if (flags.json) context.printJson('recordsTried', tried);
      else
        context.print(
          [
            `${counted(tried.matched, 'POA&M')} matched, ${tried.willChange} would change, ${tried.refused.length} refused.`,
            ...tried.refused
              .slice(0, 50)
              .map(
                ({ id, faults }) =>
                  `  ${id}: ${faults.map((each) => `${each.field} ${each.message}`).join('; ')}`,
              ),
            ...(tried.refused.length > 50 ? [`  … and ${tried.refused.length - 50} more: --json`] : []),
            'Nothing was changed. To do it: the same with --yes',
          ].join('\n'),
        );
      return;
    }
    const outcome = await editRecords(app, actorOf(flags), everywhere, {
      ...edit,
      token: tried.token,
      signal: context.host.signal,
    });
    if (flags.json) context.printJson('recordsEdited', outcome);
    else
      context.print(
        `${outcome.changed} of ${counted(outcome.matched, 'POA&M')} changed, ${outcome.refused} refused. To see each: tieline ops show ${outcome.operationId.slice(0, 8)} --changes`,
      );
    if (outcome.refused > 0) context.result.exitCode = 3;
  });
}

export async function comment(
  context: CommandContext,
  flags: DecisionFlags & { readonly limit: number },
  [poamId, text]: readonly [string, string | undefined],
): Promise<void> {
  const comments = await context.host.withApp(flags, async (app) =>
    text === undefined
      ? listPoamComments(app, everywhere, poamId, flags.limit)
      : [await commentPoam(app, actorOf(flags), everywhere, { poamId, body: text })],
  );
  if (flags.json) context.printJson('poamComments', comments);
  else if (comments.length === 0) context.print('No comments.');
  else
    context.print(
      comments.map((each) => `${minuteText(each.createdAt)} UTC  ${each.author}\n  ${each.body}`).join('\n'),
    );
}

export async function addOne(
  context: CommandContext,
  flags: DecisionFlags & { readonly due: string },
  [poamId, description]: readonly [string, string],
): Promise<void> {
  const added = await context.host.withApp(flags, (app) =>
    addMilestone(app, actorOf(flags), everywhere, {
      poamId,
      description,
      due: flags.due,
      reason: flags.reason,
    }),
  );
  if (flags.json) context.printJson('milestoneAdded', added);
  else context.print(`Added milestone ${added.id} to ${poamId}, planned for ${flags.due}.`);
}

export async function moveOne(
  context: CommandContext,
  flags: DecisionFlags & { readonly due: string },
  [id]: readonly [string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) =>
    moveMilestone(app, actorOf(flags), everywhere, { id, due: flags.due, reason: flags.reason }),
  );
  tellEdit(context, flags, outcome);
}

export async function fitAll(
  context: CommandContext,
  flags: DecisionFlags & { readonly to: Fit },
  [poamId]: readonly [string],
): Promise<void> {
  const reason = flags.reason?.trim() ?? '';
  if (reason === '')
    throw new TielineError('USAGE', '--reason is needed: the days of milestones are promised.');
  const fitted = await context.host.withApp(flags, (app) =>
    fitMilestones(app, actorOf(flags), everywhere, { poamId, how: flags.to, reason }),
  );
  if (flags.json) context.printJson('milestonesFitted', fitted);
  else
    context.print(
      [
        ...fitted.moved.map(({ id, from, to }) => `Milestone ${id}: ${from} → ${to}`),
        `All lie within the day that ${poamId} promises, ${fitted.promised}. Next: tieline sync run`,
      ].join('\n'),
    );
}

export async function completeOne(
  context: CommandContext,
  flags: DecisionFlags & { readonly on?: string },
  [id]: readonly [string],
): Promise<void> {
  const outcome = await context.host.withApp(flags, (app) =>
    completeMilestone(app, actorOf(flags), everywhere, { id, on: flags.on, reason: flags.reason }),
  );
  tellEdit(context, flags, outcome);
}
