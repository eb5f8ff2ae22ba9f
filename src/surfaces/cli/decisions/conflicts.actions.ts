/** `conflicts list|show|resolve`. */
import {
  type Choice,
  type ConflictQuery,
  countFittingConflicts,
  fetchConflict,
  findConflicts,
  type Resolution,
  resolveConflicts,
  toConflictFilter,
} from '../../../review/conflicts/index.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { conflictText } from './conflict.view.ts';
import { listText, resolutionLines } from './conflicts.view.ts';
import type { ConflictChoice } from '../../../canonical/vocabulary/index.ts';

type FilterFlags = Omit<ConflictQuery, 'ids' | 'all'>;

const filterFlags = ['system', 'boundary', 'entity', 'field', 'type'] as const;
const filterOf = (flags: FilterFlags): FilterFlags =>
  Object.fromEntries(filterFlags.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])));

export async function listConflicts(
  context: CommandContext,
  flags: GlobalFlags & FilterFlags & { readonly all: boolean; readonly limit: number },
): Promise<void> {
  const listed = await context.host.withApp(flags, async (app) => {
    const filter = await toConflictFilter(app, { ...filterOf(flags), all: flags.all });
    return listUpTo(
      flags.limit,
      (limit) => findConflicts(app, filter, limit),
      () => countFittingConflicts(app, filter),
    );
  });
  const { rows } = listed;
  if (flags.json) context.printJson('conflictList', rows);
  else if (rows.length === 0)
    context.print(
      Object.keys(filterOf(flags)).length === 0 ? 'No open conflicts.' : 'No open conflicts match.',
    );
  else context.print(listText(rows, flags.all, context.width));
  tellCut(context, flags, listed);
  if (!flags.json && rows.some((row) => row.status === 'pending'))
    context.print('\nSee the choices: tieline conflicts show ID. Settle: tieline conflicts resolve ID');
}

export async function showConflict(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const row = await context.host.withApp(flags, (app) => fetchConflict(app, everywhere, numberOf(id)));
  if (flags.json) context.printJson('conflictDetail', row);
  else context.print(conflictText(row));
}

type ResolveFlags = DecisionFlags & FilterFlags & { readonly keep?: ConflictChoice; readonly value?: string };

export async function resolve(
  context: CommandContext,
  flags: ResolveFlags,
  [ids]: readonly [string[]],
): Promise<void> {
  const choice = choiceOf(flags);
  const query = { ...filterOf(flags), ...(ids.length === 0 ? {} : { ids: ids.map(numberOf) }) };
  if (Object.keys(query).length === 0)
    throw new TielineError('USAGE', 'Name the conflicts, or a filter for them.', {
      fields: [
        {
          field: 'ids',
          message: `are missing, and so are ${filterFlags.map((name) => `--${name}`).join(', ')}`,
        },
      ],
    });
  const outcome = await context.host.withApp(flags, async (app) =>
    resolveConflicts(app, await toConflictFilter(app, query), {
      choice,
      ...decider(flags),
      approves: everywhere,
    }),
  );
  if (outcome.refused.length > 0) context.result.exitCode = 3;
  if (flags.json) context.printJson('conflictsResolved', resolutionJson(outcome));
  else for (const line of resolutionLines(outcome, choice.keep)) context.print(line);
}

const resolutionJson = ({ operationId, resolved, refused }: Resolution) => ({
  operationId: operationId ?? null,
  resolved: resolved.map(({ conflict }) => conflict.id),
  effects: resolved.map(({ conflict, effect, done }) => ({ id: conflict.id, effect, ...done })),
  refused,
});

function numberOf(id: string): number {
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw new TielineError('USAGE', `${id} is not the id of a conflict.`, {
    fields: [{ field: 'id', message: 'must be a number, as `tieline conflicts list` shows it' }],
  });
}

function choiceOf(flags: { readonly keep?: ConflictChoice; readonly value?: string }): Choice {
  if ((flags.keep === undefined) === (flags.value === undefined))
    throw new TielineError('USAGE', 'Say what stands, or give a third value.', {
      fields: [
        {
          field: '--keep',
          message:
            '--keep CHOICE (`tieline conflicts show` names the choices) or --value VALUE; one of the two',
        },
      ],
    });
  if (flags.keep !== undefined) return { keep: flags.keep };
  const text = flags.value ?? '';
  try {
    return { keep: 'value', value: JSON.parse(text) as Json };
  } catch {
    return { keep: 'value', value: text };
  }
}
