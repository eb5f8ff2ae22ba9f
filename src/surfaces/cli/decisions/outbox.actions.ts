/** `outbox list|show|retry|drop|pause|resume`. */
import {
  countFittingOutbox,
  decideOutbox,
  describeEntries,
  fetchOutboxChange,
  findOutbox,
  pauseSending,
} from '../../../review/outbox/index.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { Action } from '../kit/command.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { shellWord } from '../kit/hint.ts';
import { counted } from '../kit/table.ts';
import { entryLines, outboxLines } from './outbox.view.ts';

const openStates = ['waiting', 'pending', 'sent', 'failed'] as const;

export async function listOutbox(
  context: CommandContext,
  flags: GlobalFlags & { readonly system?: string; readonly all: boolean; readonly limit: number },
): Promise<void> {
  const filter = defined({ system: flags.system, states: flags.all ? undefined : openStates });
  await context.host.withApp(flags, async (app) => {
    const listed = await listUpTo(
      flags.limit,
      (limit) => findOutbox(app, filter, limit),
      () => countFittingOutbox(app, filter),
    );
    const { rows } = listed;
    if (flags.json) context.printJson('outboxList', rows);
    else if (rows.length === 0) context.print('Nothing is on its way, and nothing was refused.');
    else for (const line of outboxLines(rows, await describeEntries(app, rows))) context.print(line);
    tellCut(context, flags, listed);
  });
}

export async function showEntry(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const entry = await context.host.withApp(flags, (app) => fetchOutboxChange(app, everywhere, numberOf(id)));
  if (flags.json) context.printJson('outboxEntry', entry);
  else for (const line of entryLines(entry)) context.print(line);
}

type ReasonFlags = GlobalFlags & { readonly reason: string; readonly by?: string };

const deciding =
  (what: 'retry' | 'drop'): Action<ReasonFlags, readonly [string[]]> =>
  async (context, flags, [ids]) => {
    const { by } = decider(flags);
    const outcome = await context.host.withApp(flags, (app) =>
      decideOutbox(app, ids.map(numberOf), { what, by, reason: flags.reason }),
    );
    if (outcome.refused.length > 0) context.result.exitCode = 3;
    if (flags.json) {
      context.printJson('outboxDecided', outcome);
      return;
    }
    const could = what === 'retry' ? 'sent again' : 'dropped';
    for (const { id, reason } of outcome.refused)
      context.print(`Change ${id} ${reason}: it cannot be ${could}.`);
    context.print(
      `${counted(outcome.done.length, 'change')} ${what === 'retry' ? 'to be sent again. Next: tieline sync run' : 'dropped.'}`,
    );
  };

export const retry = deciding('retry');
export const drop = deciding('drop');

export async function pauseOutbox(
  context: CommandContext,
  flags: ReasonFlags,
  [system]: readonly [string],
): Promise<void> {
  const { by } = decider(flags);
  await context.host.withApp(flags, (app) => pauseSending(app, system, { by, reason: flags.reason }));
  if (flags.json) context.printJson('outboxPaused', { system, paused: true });
  else
    context.print(
      `Nothing is sent to ${system}. Send again with: tieline outbox resume ${shellWord(system)}`,
    );
}

export async function resumeOutbox(
  context: CommandContext,
  flags: GlobalFlags,
  [system]: readonly [string],
): Promise<void> {
  const replanned = await context.host.withApp(flags, (app) => pauseSending(app, system, undefined));
  if (flags.json) context.printJson('outboxPaused', { system, paused: false, plannedAgain: replanned });
  else
    context.print(
      replanned === 0
        ? `Changes go to ${system} again.`
        : `${counted(replanned, 'change')} waited: the next sync plans ${replanned === 1 ? 'it' : 'them'} again, then sends what still holds. Look first: tieline sync plan --system ${shellWord(system)}`,
    );
}

function numberOf(id: string): number {
  if (/^\d{1,12}$/.test(id)) return Number(id);
  throw new TielineError('USAGE', `${id} is not the id of a change.`, {
    fields: [{ field: 'id', message: 'must be a number, as `tieline outbox list` shows it' }],
  });
}
