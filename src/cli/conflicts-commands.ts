import { userInfo } from 'node:os';
import { Option, type Command } from 'commander';
import { TielineError } from '../errors/tieline-error.ts';
import {
  fetchConflict,
  findConflicts,
  resolveConflicts,
  type Choice,
  type ConflictRow,
} from '../app/conflicts/conflicts.ts';
import type { Json } from '../model/json.ts';
import type { CommandContext, GlobalFlags } from './command-context.ts';
import { wholeNumber } from './number-flag.ts';
import { shortValue } from './short-value.ts';
import { counted, table } from './table.ts';

interface FilterFlags {
  readonly system?: string;
  readonly entity?: string;
  readonly field?: string;
  readonly type?: string;
}

const filters = (command: Command): Command =>
  command
    .option('--system <name>', 'of this external system only')
    .option('--entity <entity>', 'of this kind of record only')
    .option('--field <field>', 'about this field only')
    .option(
      '--type <type>',
      'field_mismatch, stale_version, missing_record, duplicate, validation_rejected, unmappable_value or unclear_outcome',
    );

const filterOf = (flags: FilterFlags) => ({
  ...(flags.system === undefined ? {} : { system: flags.system }),
  ...(flags.entity === undefined ? {} : { entity: flags.entity }),
  ...(flags.field === undefined ? {} : { field: flags.field }),
  ...(flags.type === undefined ? {} : { type: flags.type }),
});

export function addConflictsCommands(program: Command, context: CommandContext): void {
  const conflicts = program
    .command('conflicts')
    .description('what both sides edited differently, and what a person decides about it');

  filters(conflicts.command('list').description('open conflicts, oldest first'))
    .option('--all', 'also those that are settled', false)
    .option('--limit <n>', 'how many', wholeNumber(1, 10_000), 100)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & FilterFlags & { all: boolean; limit: number }>();
      const rows = await context.host.withApp(flags, (app) =>
        findConflicts(app, { ...filterOf(flags), all: flags.all }, flags.limit),
      );
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0) context.print('No conflict waits for anybody.');
      else {
        context.print(
          table(
            ['ID', 'SYSTEM', 'RECORD', 'FIELD', 'HERE', 'THERE', 'AGREED LAST', 'STATUS'],
            rows.map((row) => [
              String(row.id),
              row.system ?? '–',
              `${row.entity} ${row.externalId ?? row.entityId}`,
              row.field ?? row.type,
              shortValue(row.internal),
              shortValue(row.external),
              shortValue(row.base),
              row.status,
            ]),
          ),
        );
        context.print(
          '\nSettle one: tieline conflicts resolve ID --keep internal|external, or --value VALUE',
        );
      }
    });

  conflicts
    .command('show <id>')
    .description('one conflict, with both values and the base in full')
    .action(async (id: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const row = await context.host.withApp(flags, (app) => fetchConflict(app, numberOf(id)));
      if (flags.json) context.printJson(row);
      else printConflict(context, row);
    });

  filters(
    conflicts
      .command('resolve [ids...]')
      .description(
        'settle conflicts: by id, or all that fit the filter; the next sync carries it to the remote',
      ),
  )
    .addOption(new Option('--keep <side>', 'whose value stands').choices(['internal', 'external']))
    .option('--value <value>', 'a third value for both sides (JSON, or plain text)')
    .option('--reason <text>', 'for the journal')
    .option('--by <name>', 'who decides (default: the name of the account)')
    .action(async (ids: string[], _options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags &
          FilterFlags & { keep?: 'internal' | 'external'; value?: string; reason?: string; by?: string }
      >();
      const choice = choiceOf(flags);
      const filter = { ...filterOf(flags), ...(ids.length === 0 ? {} : { ids: ids.map(numberOf) }) };
      if (Object.keys(filter).length === 0)
        throw new TielineError('USAGE', 'Name the conflicts, or a filter for them.', {
          fields: [
            { field: 'ids', message: 'are missing, and so are --system, --entity, --field and --type' },
          ],
        });
      const outcome = await context.host.withApp(flags, (app) =>
        resolveConflicts(app, filter, { choice, by: flags.by ?? userInfo().username, reason: flags.reason }),
      );
      if (outcome.refused.length > 0) context.result.exitCode = 3;
      if (flags.json) {
        context.printJson(outcome);
        return;
      }
      for (const { id, reason } of outcome.refused) context.print(`Conflict ${id} ${reason}.`);
      context.print(
        `${counted(outcome.resolved.length, 'conflict')} settled (tieline ops show ${outcome.operationId.slice(0, 8)}). Next: tieline sync run`,
      );
    });
}

function numberOf(id: string): number {
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw new TielineError('USAGE', `${id} is no id of a conflict.`, {
    fields: [{ field: 'id', message: 'must be a number, as `tieline conflicts list` shows it' }],
  });
}

function choiceOf(flags: { readonly keep?: 'internal' | 'external'; readonly value?: string }): Choice {
  if ((flags.keep === undefined) === (flags.value === undefined))
    throw new TielineError('USAGE', 'Say whose value stands, or give a third one.', {
      fields: [{ field: '--keep', message: 'internal or external; or --value VALUE; one of the two' }],
    });
  if (flags.keep !== undefined) return { keep: flags.keep };
  const text = flags.value ?? '';
  try {
    return { keep: 'value', value: JSON.parse(text) as Json };
  } catch {
    return { keep: 'value', value: text };
  }
}

function printConflict(context: CommandContext, row: ConflictRow): void {
  const full = (value: Json): string =>
    value === null ? '(empty)' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const instant = (at: Date | null): string => at?.toISOString().slice(0, 19).replace('T', ' ') ?? '–';
  context.print(
    `Conflict ${row.id}: ${row.type}${row.field === null ? '' : ` of ${row.field}`}, ${row.entity} ${row.externalId ?? row.entityId}${row.system === null ? '' : ` of ${row.system}`}, since ${instant(row.createdAt)} UTC`,
  );
  const edited = (at: Date | null, by: string | null): string =>
    at === null && by === null
      ? ''
      : `, last edited${at === null ? '' : ` ${instant(at)} UTC`}${by === null ? '' : ` by ${by}`}`;
  context.print(
    `\nHere (${row.entityId}${edited(row.internalChangedAt, row.internalChangedBy)}):\n${full(row.internal)}`,
  );
  context.print(`\nThere${edited(row.externalChangedAt, row.externalChangedBy)}:\n${full(row.external)}`);
  context.print(`\nBoth agreed last on:\n${full(row.base)}`);
  if (row.status === 'pending')
    context.print(
      `\nThe field is held on both sides. tieline conflicts resolve ${row.id} --keep internal|external, or --value VALUE`,
    );
  else
    context.print(
      `\nSettled by ${row.resolvedBy ?? '–'} on ${instant(row.resolvedAt)} UTC: ${JSON.stringify(row.resolution)}`,
    );
}
