import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { decideOutbox, findOutbox, pauseSending, type OutboxEntry } from '../app/outbound/outbox.ts';
import { TielineError } from '../errors/tieline-error.ts';
import { isJsonObject, scalarText } from '../model/json.ts';
import type { CommandContext, GlobalFlags } from './command-context.ts';
import { wholeNumber } from './number-flag.ts';
import { shortValue } from './short-value.ts';
import { counted, table } from './table.ts';

const openStates = ['waiting', 'pending', 'sent', 'failed'] as const;

export function addOutboxCommands(program: Command, context: CommandContext): void {
  const outbox = program
    .command('outbox')
    .description('changes on their way to the remote systems, and those that were refused');

  outbox
    .command('list')
    .description('what is not settled, oldest first')
    .option('--system <name>', 'to this external system only')
    .option('--all', 'also what is settled', false)
    .option('--limit <n>', 'how many', wholeNumber(1, 10_000), 100)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { system?: string; all: boolean; limit: number }>();
      const filter = {
        ...(flags.system === undefined ? {} : { system: flags.system }),
        ...(flags.all ? {} : { states: openStates }),
      };
      const rows = await context.host.withApp(flags, (app) => findOutbox(app, filter, flags.limit));
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0) context.print('Nothing is on its way, and nothing was refused.');
      else
        context.print(
          table(
            ['ID', 'SYSTEM', 'RECORD', 'CHANGE', 'STATE', 'TRIED', 'WHY'],
            rows.map((row) => [
              String(row.id),
              row.system,
              `${row.entity} ${row.externalId ?? row.entityId}`,
              row.kind === 'create' ? 'new' : Object.keys(row.payload).join(', '),
              row.state,
              String(row.attempts),
              whyOf(row),
            ]),
          ),
        );
    });

  for (const [what, title] of [
    ['retry', 'send refused changes again'],
    ['drop', 'give changes up that were refused or have not gone out'],
  ] as const)
    outbox
      .command(`${what} <ids...>`)
      .description(title)
      .requiredOption('--reason <text>', 'for the journal')
      .option('--by <name>', 'who decides (default: the name of the account)')
      .action(async (ids: string[], _options, command: Command) => {
        const flags = command.optsWithGlobals<GlobalFlags & { reason: string; by?: string }>();
        const outcome = await context.host.withApp(flags, (app) =>
          decideOutbox(app, ids.map(numberOf), {
            what,
            by: flags.by ?? userInfo().username,
            reason: flags.reason,
          }),
        );
        if (outcome.refused.length > 0) context.result.exitCode = 3;
        if (flags.json) {
          context.printJson(outcome);
          return;
        }
        for (const { id, reason } of outcome.refused)
          context.print(
            `Change ${id} ${reason}: it cannot be ${what === 'retry' ? 'sent again' : 'dropped'}.`,
          );
        context.print(
          `${counted(outcome.done.length, 'change')} ${what === 'retry' ? 'to be sent again. Next: tieline sync run' : 'dropped.'}`,
        );
      });

  outbox
    .command('pause <system>')
    .description('send nothing to a system until told otherwise; reading goes on')
    .requiredOption('--reason <text>', 'shown in the status')
    .option('--by <name>', 'who decides (default: the name of the account)')
    .action(async (system: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { reason: string; by?: string }>();
      await context.host.withApp(flags, (app) =>
        pauseSending(app, system, { by: flags.by ?? userInfo().username, reason: flags.reason }),
      );
      if (flags.json) context.printJson({ system, paused: true });
      else context.print(`Nothing is sent to ${system} until: tieline outbox resume ${system}`);
    });

  outbox
    .command('resume <system>')
    .description('send to a system again')
    .action(async (system: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      await context.host.withApp(flags, (app) => pauseSending(app, system, undefined));
      if (flags.json) context.printJson({ system, paused: false });
      else context.print(`What waits goes to ${system} with the next sync, or at once where a worker runs.`);
    });
}

function whyOf(row: OutboxEntry): string {
  const failure = isJsonObject(row.failure) ? scalarText(row.failure['message']) : '';
  return shortValue(failure === '' ? row.reason : failure);
}

function numberOf(id: string): number {
  if (/^\d{1,12}$/.test(id)) return Number(id);
  throw new TielineError('USAGE', `${id} is no id of a change.`, {
    fields: [{ field: 'id', message: 'must be a number, as `tieline outbox list` shows it' }],
  });
}
