import { userInfo } from 'node:os';
import type { Command } from 'commander';
import {
  fetchOperation,
  type JournalEntryFacts,
  listOperations,
  type OperationDetail,
  type OperationFacts,
  undoOperation,
} from '../../review/operations/index.ts';
import { ruleSentence } from '../../canonical/vocabulary/index.ts';
import type { CommandContext, GlobalFlags } from './command-context.ts';
import { entityWord } from './entity-word.ts';
import { fittedTable, widthOf, wrapped } from './fitted-table.ts';
import { wholeNumber } from './number-flag.ts';
import { stepTitle } from './progress.ts';
import { shortValue } from './short-value.ts';
import { counted } from './table.ts';

const heading = ['ID', 'STARTED (UTC)', 'WHAT', 'SYSTEM', 'BY', 'RESULT'];

const idle = 'nothing to do';

/** `318 read, 297 new, 8 changed`; what is not zero, and how it ended where that was not well. */
function result(facts: OperationFacts): string {
  const { read, created, updated, held, failed } = facts.counts;
  const told = [
    [read, 'read'],
    [created, 'new'],
    [updated, 'changed'],
    [held, 'held'],
    [failed, 'failed'],
  ] as const;
  const counts = told
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n.toLocaleString('en-US')} ${word}`)
    .join(', ');
  const planned = facts.planned === null ? '' : counted(facts.planned, 'change');
  const ended =
    facts.status === 'completed' || facts.status === 'completed_with_issues'
      ? ''
      : facts.status.replaceAll('_', ' ');
  return [ended, planned, counts].filter(Boolean).join(': ') || idle;
}

const row = (facts: OperationFacts): string[] => [
  facts.operationId.slice(0, 8),
  facts.startedAt?.slice(0, 16) ?? '–',
  facts.what,
  facts.system === 'tieline' || facts.system === 'internal' ? '' : facts.system,
  facts.by ?? '',
  result(facts),
];

/** What a change did, in a few words. */
function changeText(entry: JournalEntryFacts): string {
  switch (entry.kind) {
    case 'changed':
      return `${entry.field ?? ''}: ${shortValue(entry.before)} → ${shortValue(entry.after)}`;
    case 'missing':
      return 'was missing at the remote, or is there again';
    case 'linked':
      return 'recognised';
    case 'created':
      return entry.direction === 'outbound' ? 'created at the remote' : 'created here';
  }
}

const arrows: Readonly<Record<string, string>> = { inbound: 'from', outbound: 'to', internal: '' };

/** Changes record by record: what changed, and why. @param width of the terminal. */
function journalLines(entries: readonly JournalEntryFacts[], width: number): string[] {
  const lines: string[] = [];
  let before = '';
  for (const entry of entries) {
    const way = arrows[entry.direction] ?? '';
    const title = titleOf(entry);
    const place = way === '' || entry.system === null ? '' : `  (${way} ${entry.system})`;
    const heading = `${entityWord(entry.entity).replaceAll('_', ' ')} ${title}${place}`;
    if (heading !== before) lines.push(...wrapped(heading, width - 2).map((line) => `  ${line}`));
    before = heading;
    const why = entry.reason ?? whoDecided(entry);
    lines.push(
      ...wrapped(changeText(entry), width - 6).map((line, at) => `${at === 0 ? '    ' : '      '}${line}`),
      ...wrapped(`why: ${why}`, width - 8).map((line) => `      ${line}`),
    );
  }
  return lines;
}

const whoDecided = ({ decidedByKind, decidedBy, ruleCode }: JournalEntryFacts): string =>
  ruleCode !== null
    ? ruleSentence(ruleCode)
    : decidedByKind === 'policy'
      ? decidedBy
      : `decided by ${decidedBy}`;

/** The title, with the id that people use where it has one; a scanner's id of a machine is none of these. */
function titleOf({ title, record, entity }: JournalEntryFacts): string {
  if (title === null) return record;
  return entity.startsWith('asset') || title.includes(record) ? title : `${record}: ${title}`;
}

/** What waits for a person, or could not be done, with the command that leads on. */
function openLines(operation: OperationDetail, width: number | undefined): string[] {
  const lines: string[] = [];
  if (operation.conflicts.length > 0)
    lines.push(
      '',
      'Conflicts that it found:',
      fittedTable(
        ['ID', 'RECORD', 'WHAT', 'NOW'],
        operation.conflicts.map((each) => [
          String(each.id),
          each.title ?? `${entityWord(each.entity)} ${each.entityId}`,
          each.field ?? each.type.replaceAll('_', ' '),
          each.status === 'pending' ? `open: tieline conflicts show ${each.id}` : each.status,
        ]),
        width,
      ),
      ...cutLine(operation, 'conflicts'),
    );
  for (const [title, list] of [
    ['Not imported:', 'held'],
    ['Refused by the remote:', 'refused'],
  ] as const) {
    const records = operation[list];
    if (records.length > 0)
      lines.push(
        '',
        title,
        fittedTable(
          ['RECORD', 'WHY'],
          records.map((each) => [each.identifier, each.reason]),
          width,
        ),
        ...cutLine(operation, list),
      );
  }
  return lines;
}

/** What is not shown must not look as if it were not there. */
const cutLine = (operation: OperationDetail, list: OperationDetail['cut'][number]): string[] =>
  operation.cut.includes(list)
    ? [
        `There are more: tieline ops show ${operation.operationId.slice(0, 8)} --limit ${operation[list].length * 10}`,
      ]
    : [];

interface UndoFlags extends GlobalFlags {
  readonly plan?: boolean;
  readonly reason?: string;
  readonly by?: string;
}

function addUndo(ops: Command, context: CommandContext): void {
  ops
    .command('undo <id>')
    .description(
      'take back what an operation changed, as a new operation; the next sync carries it to the remote',
    )
    .option('--plan', 'show what would be taken back, and do nothing', false)
    .option('--reason <text>', 'for the journal')
    .option('--by <name>', 'who decides (default: the name of the account)')
    .action(async (id: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<UndoFlags>();
      const undo = await context.host.withApp(flags, (app) =>
        undoOperation(app, id, {
          by: flags.by ?? userInfo().username,
          reason: flags.reason,
          planOnly: flags.plan ?? false,
        }),
      );
      if (undo.refused.length > 0) context.result.exitCode = 3;
      if (flags.json) {
        context.printJson(undo);
        return;
      }
      if (undo.fields.length > 0)
        context.print(
          fittedTable(
            ['RECORD', 'FIELD', 'NOW', 'AFTER', ''],
            undo.fields.map((each) => [
              `${each.entity} ${each.entityId}`,
              each.field,
              shortValue(each.before),
              shortValue(each.after),
              each.note ?? '',
            ]),
            widthOf(context.host.terminal),
          ),
        );
      if (undo.refused.length > 0) {
        context.print('\nNot taken back:');
        for (const [reason, of] of Map.groupBy(undo.refused, (each) => each.reason)) {
          const named = of
            .slice(0, 5)
            .map((each) => [each.entity, each.entityId, each.field].filter(Boolean).join(' '));
          context.print(
            `  ${named.join(', ')}${of.length > 5 ? ` and ${of.length - 5} more` : ''}: ${reason}`,
          );
        }
      }
      context.print(
        undo.operationId === undefined
          ? `\n${counted(undo.fields.length, 'value')} ${undo.fields.length === 1 ? 'goes' : 'go'} back. Nothing was changed.`
          : `\n${counted(undo.fields.length, 'value')} went back (tieline ops show ${undo.operationId.slice(0, 8)}). Next: tieline sync plan`,
      );
    });
}

export function addOpsCommands(program: Command, context: CommandContext): void {
  const ops = program
    .command('ops')
    .description('what was done: every sync with its steps, counts and errors');
  addUndo(ops, context);

  ops
    .command('list')
    .description('the latest operations, newest first')
    .option('--limit <n>', 'how many', wholeNumber(1, 1000), 20)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { limit: number }>();
      const operations = await context.host.withApp(flags, (app) => listOperations(app, flags.limit));
      if (flags.json) context.printJson(operations);
      else if (operations.length === 0) context.print('Nothing was done yet.');
      else {
        context.print(fittedTable(heading, operations.map(row), widthOf(context.host.terminal)));
        if (operations.length === flags.limit)
          context.print(`These are the latest ${flags.limit}. More: --limit N`);
      }
    });

  ops
    .command('show <id>')
    .description(
      'one operation: its steps, each change with the reason, what could not be done (the first letters of the id will do)',
    )
    .option('--record <id>', 'only the changes of this record: our id, or the remote’s')
    .option('--entity <entity>', 'only the changes of this kind of record')
    .option('--limit <n>', 'how many changes', wholeNumber(1, 100_000), 50)
    .option(
      '--after <n>',
      'the changes after this one: the number that the page before ended with',
      wholeNumber(0, 2 ** 53 - 1),
      0,
    )
    .action(async (id: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & { record?: string; entity?: string; limit: number; after: number }
      >();
      const { record, entity, limit, after } = flags;
      const query = {
        limit,
        after,
        ...(record === undefined ? {} : { record }),
        ...(entity === undefined ? {} : { entity }),
      };
      const operation = await context.host.withApp(flags, (app) => fetchOperation(app, id, query));
      if (flags.json) context.printJson(operation);
      else context.print(operationLines(operation, query, widthOf(context.host.terminal)).join('\n'));
    });
}

function operationLines(
  operation: OperationDetail,
  query: {
    readonly limit: number;
    readonly after: number;
    readonly record?: string;
    readonly entity?: string;
  },
  width: number | undefined,
): string[] {
  const { journal, calls } = operation;
  const short = operation.operationId.slice(0, 8);
  const didSomething = operation.steps.filter((step) => result(step) !== idle);
  const steps = didSomething.map((step) => [
    step.system,
    step.step === null || step.step === undefined ? step.what : stepTitle(step.step),
    result(step),
  ]);
  const idleSteps = operation.steps.length - didSomething.length;
  const isPart = query.after > 0 || query.record !== undefined || query.entity !== undefined;
  const rest = journal.total - journal.entries.length;
  const filter = [
    ...(query.record === undefined ? [] : ['--record', query.record]),
    ...(query.entity === undefined ? [] : ['--entity', query.entity]),
  ];
  return [
    `Operation ${operation.operationId}`,
    '',
    fittedTable(heading, [row(operation)], width),
    ...(operation.error ? ['', ...wrapped(`Error: ${operation.error}`, width ?? 1000)] : []),
    ...(steps.length > 0 ? ['', fittedTable(['SYSTEM', 'STEP', 'RESULT'], steps, width)] : []),
    ...(idleSteps > 0 ? [`${counted(idleSteps, 'step')} found nothing to do.`] : []),
    ...openLines(operation, width),
    ...(journal.entries.length > 0
      ? [
          '',
          `${isPart ? 'Changes (those asked for)' : 'Changes'}, ${journal.entries.length === journal.total ? journal.total.toLocaleString('en-US') : `${journal.entries.length} of ${journal.total.toLocaleString('en-US')}`}:`,
          ...journalLines(journal.entries, width ?? 1000),
        ]
      : isPart
        ? [
            '',
            `No change fits that. It changed: ${[...new Set(operation.changes.map((each) => each.entity))].join(', ') || 'nothing'}.`,
          ]
        : []),
    ...(journal.next === null
      ? []
      : [
          '',
          `${query.after > 0 ? 'There are more' : `${rest.toLocaleString('en-US')} more`}: tieline ${['ops', 'show', short, ...filter, '--after', String(journal.next)].join(' ')}   (or --limit ${journal.total})`,
        ]),
    '',
    `Calls: ${calls.total}${calls.total > 0 ? ` (${calls.byStatus.map((each) => `${each.n} × ${each.status ?? 'no answer'}`).join(', ')})` : ''}`,
  ];
}
