import { Option, type Command } from 'commander';
import {
  countFittingConflicts,
  fetchConflict,
  findConflicts,
  resolveConflicts,
  toConflictFilter,
  type Choice,
  type ConflictRow,
  type ConflictQuery,
  type Resolution,
} from '../../app/conflicts/conflicts.ts';
import { shownText } from '../../errors/shown-text.ts';
import { TielineError } from '../../errors/tieline-error.ts';
import { conflictChoices, conflictTypes, type ConflictChoice } from '../../model/conflict.ts';
import type { Json } from '../../model/json.ts';
import { fittedText, widthOf } from '../kit/fitted-table.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import {
  boundaryText,
  choiceLines,
  conflictText,
  outcomeText,
  plainValue,
  weaknessText,
} from './conflict.view.ts';
import { listUpTo, tellCut } from '../kit/cut-list.ts';
import { decider, withDecider, type DecisionFlags } from '../kit/decision-flags.ts';
import { entityWord } from '../kit/entity-word.ts';
import { wholeNumber } from '../kit/flags.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted, table } from '../kit/table.ts';

type FilterFlags = Omit<ConflictQuery, 'ids' | 'all'>;

const filters = (command: Command): Command =>
  command
    .option('--system <name>', 'of this external system only')
    .option('--boundary <system>', 'of this system of the GRC record only: its id or name')
    .option('--entity <entity>', 'of this kind of record only')
    .option('--field <field>', 'about this field only')
    .option('--type <type>', conflictTypes.join(', '));

const filterFlags = ['system', 'boundary', 'entity', 'field', 'type'] as const;
const filterOf = (flags: FilterFlags): FilterFlags =>
  Object.fromEntries(filterFlags.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])));

export function addConflictsCommands(program: Command, context: CommandContext): void {
  const conflicts = program
    .command('conflicts')
    .description('what the two sides disagree about, and what a person decides about it');
  addList(conflicts, context);

  conflicts
    .command('show <id>')
    .description('one conflict: what happened, both values and the base in full, and what can be chosen')
    .action(async (id: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const row = await context.host.withApp(flags, (app) => fetchConflict(app, numberOf(id)));
      if (flags.json) context.printJson(row);
      else context.print(conflictText(row));
    });

  addResolve(conflicts, context);
}

function addList(conflicts: Command, context: CommandContext): void {
  filters(conflicts.command('list').description('open conflicts, oldest first'))
    .option('--all', 'also those that are settled', false)
    .option('--limit <n>', 'how many', wholeNumber(1, 10_000), 100)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & FilterFlags & { all: boolean; limit: number }>();
      const listed = await context.host.withApp(flags, async (app) => {
        const filter = await toConflictFilter(app, { ...filterOf(flags), all: flags.all });
        return listUpTo(
          flags.limit,
          (limit) => findConflicts(app, filter, limit),
          () => countFittingConflicts(app, filter),
        );
      });
      const { rows } = listed;
      if (flags.json) context.printJson(rows);
      else if (rows.length === 0)
        context.print(
          Object.keys(filterOf(flags)).length === 0 ? 'No open conflicts.' : 'No open conflict fits that.',
        );
      else context.print(listText(rows, flags.all, widthOf(context.host.terminal)));
      tellCut(context, flags, listed);
      if (!flags.json && rows.some((row) => row.status === 'pending'))
        context.print(
          '\nWhat can be chosen: tieline conflicts show ID. Settle: tieline conflicts resolve ID',
        );
    });
}

/** A table; two or three lines a conflict where the terminal is too narrow for it. */
function listText(rows: readonly ConflictRow[], withStatus: boolean, width: number | undefined): string {
  const whole = table(
    [
      'ID',
      'SYSTEM',
      'BOUNDARY',
      'RECORD',
      'ABOUT',
      'HERE',
      'THERE',
      'WEAKNESS',
      ...(withStatus ? ['STATUS'] : []),
    ],
    rows.map((row) => [
      String(row.id),
      row.system ?? '–',
      boundaryText({ ...row, boundaryName: null }) || '–',
      recordText(row),
      row.field ?? row.type,
      row.field === null ? '' : shortValue(plainValue(row.internal)),
      row.field === null ? '' : shortValue(plainValue(row.external)),
      shortValue(weaknessText(row) || '–'),
      ...(withStatus ? [row.status] : []),
    ]),
  );
  if (width === undefined || Math.max(...whole.split('\n').map((line) => line.length)) <= width) return whole;
  const idWidth = Math.max(...rows.map((row) => String(row.id).length));
  return rows.flatMap((row) => narrowLines(row, withStatus, idWidth, width)).join('\n');
}

function narrowLines(row: ConflictRow, withStatus: boolean, idWidth: number, width: number): string[] {
  const place = [row.system, row.boundary].filter(Boolean).join(', ');
  const state = withStatus ? ` (${row.status})` : '';
  const weakness = weaknessText(row);
  const indent = ' '.repeat(idWidth + 2);
  return [
    `${String(row.id).padStart(idWidth)}  ${recordText(row)} [${place}]  ${row.field ?? row.type}${state}`,
    ...(row.field === null
      ? []
      : [
          `${indent}here ${shortValue(plainValue(row.internal))}, there ${shortValue(plainValue(row.external))}`,
        ]),
    ...(weakness === '' ? [] : [`${indent}${weakness}`]),
  ].map((line) => fittedText(shownText(line), width));
}

const recordText = (row: ConflictRow): string =>
  `${entityWord(row.entity)} ${row.externalId ?? row.entityId}`;

function addResolve(conflicts: Command, context: CommandContext): void {
  withDecider(
    filters(
      conflicts
        .command('resolve [ids...]')
        .description(
          'settle conflicts: by id, or all that fit the filter; `conflicts show` names the choices of each',
        ),
    )
      .addOption(
        new Option(
          '--keep <choice>',
          'what stands; which of these a conflict has, `conflicts show` says',
        ).choices(conflictChoices.filter((choice) => choice !== 'value')),
      )
      .option('--value <value>', 'a third value for both sides (JSON, or plain text)'),
  ).action(async (ids: string[], _options, command: Command) => {
    const flags = command.optsWithGlobals<
      DecisionFlags & FilterFlags & { keep?: ConflictChoice; value?: string }
    >();
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
      resolveConflicts(app, await toConflictFilter(app, query), { choice, ...decider(flags) }),
    );
    if (outcome.refused.length > 0) context.result.exitCode = 3;
    if (flags.json) context.printJson(asJson(outcome));
    else printResolution(context, outcome, choice.keep);
  });
}

/** As docs/cli.md documents it. */
const asJson = ({ operationId, resolved, refused }: Resolution) => ({
  operationId: operationId ?? null,
  resolved: resolved.map(({ conflict }) => conflict.id),
  effects: resolved.map(({ conflict, effect, done }) => ({ id: conflict.id, effect, ...done })),
  refused,
});

function printResolution(context: CommandContext, outcome: Resolution, choice: ConflictChoice): void {
  for (const { id, reason, choices } of outcome.refused) {
    context.print(
      reason === undefined
        ? `Conflict ${id} cannot be settled with "${choice}". Its choices:`
        : `Conflict ${id} ${reason}.${choices.length > 0 ? ' Its choices:' : ''}`,
    );
    if (choices.length > 0) context.print(choiceLines(choices, null).join('\n'));
  }
  for (const each of outcome.resolved) context.print(outcomeText(each));
  if (outcome.operationId === undefined) context.print('Nothing was settled.');
  else
    context.print(
      `${counted(outcome.resolved.length, 'conflict')} settled (tieline ops show ${outcome.operationId.slice(0, 8)}). Next: tieline sync run`,
    );
}

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
