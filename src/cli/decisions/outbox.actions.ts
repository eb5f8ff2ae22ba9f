import { userInfo } from 'node:os';
import type { Command } from 'commander';
import {
  countFittingOutbox,
  decideOutbox,
  describeEntries,
  fetchOutboxEntry,
  findOutbox,
  pauseSending,
  type OutboxEntry,
} from '../../app/outbound/outbox.ts';
import type { DescribedChange } from '../../app/outbound/describe-change.ts';
import { TielineError } from '../../errors/tieline-error.ts';
import { isJsonObject, scalarText } from '../../model/json.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { wholeNumber } from '../kit/flags.ts';
import { changeLines, changeTitle, wrapped } from './described-change.ts';
import { counted } from '../kit/table.ts';

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
      await context.host.withApp(flags, async (app) => {
        const listed = await listUpTo(
          flags.limit,
          (limit) => findOutbox(app, filter, limit),
          () => countFittingOutbox(app, filter),
        );
        const { rows } = listed;
        if (flags.json) context.printJson(rows);
        else if (rows.length === 0) context.print('Nothing is on its way, and nothing was refused.');
        else for (const line of listLines(rows, await describeEntries(app, rows))) context.print(line);
        tellCut(context, flags, listed);
      });
    });

  outbox
    .command('show <id>')
    .description('one change: what would be sent, why, and what became of it')
    .action(async (id: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const entry = await context.host.withApp(flags, (app) => fetchOutboxEntry(app, numberOf(id)));
      if (flags.json) context.printJson(entry);
      else for (const line of entryLines(entry)) context.print(line);
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
    .description('send nothing to a system until it is resumed; reading continues')
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
      const replanned = await context.host.withApp(flags, (app) => pauseSending(app, system, undefined));
      if (flags.json) context.printJson({ system, paused: false, plannedAgain: replanned });
      else
        context.print(
          replanned === 0
            ? `Changes go to ${system} again.`
            : `${counted(replanned, 'change')} waited: the next sync plans ${replanned === 1 ? 'it' : 'them'} again, then sends what still holds. Look first: tieline sync plan --system ${system}`,
        );
    });
}

const stateWords: Readonly<Record<OutboxEntry['state'], string>> = {
  waiting: 'waits for approval',
  pending: 'to be sent',
  sent: 'sent, answer not seen',
  confirmed: 'confirmed',
  failed: 'refused',
  dropped: 'dropped',
  superseded: 'replaced or withdrawn',
};

/** One change in two lines or more, within 80 columns: what it is, then why it is as it is. */
function listLines(rows: readonly OutboxEntry[], changes: readonly DescribedChange[]): string[] {
  const width = Math.max(...rows.map((row) => String(row.id).length));
  return rows.flatMap((row, n) => {
    const described = changes[n] ?? { title: row.entityId, boundary: null, lines: [] };
    const id = String(row.id).padStart(width);
    const indent = ' '.repeat(width + 2);
    const [first, ...rest] = wrapped(changeTitle(row.entity, row.kind, described), 76 - width);
    const fields = row.kind === 'create' ? '' : `${described.lines.map((line) => line.field).join(', ')}; `;
    const state = `${row.system}: ${fields}${stateWords[row.state]}${row.mustReplan ? ', planned again first' : ''}`;
    return [
      `${id}  ${first ?? ''}`,
      ...rest.map((line) => `${indent}${line}`),
      ...wrapped(`${state}. ${withoutTitle(whyOf(row), described.title)}`, 76 - width).map(
        (line) => `${indent}${line}`,
      ),
    ];
  });
}

function entryLines(entry: OutboxEntry & DescribedChange): string[] {
  const line = (label: string, text: string): string[] =>
    wrapped(text, 52).map((part, n) => `  ${(n === 0 ? label : '').padEnd(24)}${part}`.trimEnd());
  return [
    ...wrapped(changeTitle(entry.entity, entry.kind, entry), 78),
    ...line('to', entry.system),
    ...line(
      'state',
      `${stateWords[entry.state]}${entry.mustReplan ? '; the next sync plans it again first' : ''}`,
    ),
    ...(entry.approvedAt === null
      ? []
      : line('approved by', `${entry.approvedBy ?? '–'} on ${instant(entry.approvedAt)} UTC`)),
    ...line('why', entry.reason),
    ...(failureLines(entry).length === 0 ? [] : line('answer', failureLines(entry).join('\n'))),
    ...line('queued', `${instant(entry.createdAt)} UTC; sent ${counted(entry.attempts, 'time')}`),
    ...line(
      'operation',
      `${entry.operationId.slice(0, 8)} (tieline ops show ${entry.operationId.slice(0, 8)})`,
    ),
    '',
    ...changeLines(entry, '  ', 2_000),
  ];
}

const instant = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ');

/** What the remote said, rule by rule. */
function failureLines(row: OutboxEntry): string[] {
  if (!isJsonObject(row.failure)) return [];
  const { message, fields } = row.failure;
  const each = (Array.isArray(fields) ? fields : []).filter((field) => isJsonObject(field));
  return [
    scalarText(message),
    ...each.map((field) => `${scalarText(field['field'])}: ${scalarText(field['message'])}`),
  ].filter((line) => line !== '');
}

/** The title stands on the line above already. */
function withoutTitle(why: string, title: string): string {
  const name = title.slice(title.indexOf(': ') + 2);
  return name === title ? why : why.replace(` (${name})`, '');
}

function whyOf(row: OutboxEntry): string {
  const failure = failureLines(row);
  return failure.length === 0 ? row.reason : failure.join('; ');
}

function numberOf(id: string): number {
  if (/^\d{1,12}$/.test(id)) return Number(id);
  throw new TielineError('USAGE', `${id} is not the id of a change.`, {
    fields: [{ field: 'id', message: 'must be a number, as `tieline outbox list` shows it' }],
  });
}
