import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { fetchOperation, listOperations, type OperationFacts } from '../app/runs/operations.ts';
import { undoOperation } from '../app/undo/undo.ts';
import type { CommandContext, GlobalFlags } from './command-context.ts';
import { wholeNumber } from './number-flag.ts';
import { shortValue } from './short-value.ts';
import { counted, table } from './table.ts';

const heading = [
  'ID',
  'WHAT',
  'SYSTEM',
  'STATUS',
  'STARTED (UTC)',
  'READ',
  'NEW',
  'CHANGED',
  'HELD',
  'FAILED',
];

const row = (facts: OperationFacts): string[] => [
  facts.operationId.slice(0, 8),
  facts.step ?? facts.type,
  facts.system,
  facts.status,
  facts.startedAt ?? '–',
  ...[
    facts.counts.read,
    facts.counts.created,
    facts.counts.updated,
    facts.counts.held,
    facts.counts.failed,
  ].map(String),
];

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
          table(
            ['RECORD', 'FIELD', 'NOW', 'AFTER', ''],
            undo.fields.map((each) => [
              `${each.entity} ${each.entityId}`,
              each.field,
              shortValue(each.before),
              shortValue(each.after),
              each.note ?? '',
            ]),
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
      else context.print(table(heading, operations.map(row)));
    });

  ops
    .command('show <id>')
    .description(
      'one operation: its steps, what it changed, what it could not take in (the first letters of the id will do)',
    )
    .action(async (id: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const operation = await context.host.withApp(flags, (app) => fetchOperation(app, id));
      if (flags.json) {
        context.printJson(operation);
        return;
      }
      context.print(`Operation ${operation.operationId}\n`);
      context.print(table(heading, [operation, ...operation.steps].map(row)));
      if (operation.error) context.print(`\nError: ${operation.error}`);
      if (operation.changes.length > 0)
        context.print(
          `\nJournal:\n${table(
            ['DIRECTION', 'RECORD', 'CHANGES'],
            operation.changes.map((each) => [each.direction, each.entity, String(each.changes)]),
          )}`,
        );
      if (operation.held.length > 0)
        context.print(
          `\nNot taken in:\n${table(
            ['RECORD', 'WHY'],
            operation.held.map((each) => [each.identifier, each.reason]),
          )}`,
        );
      if (operation.refused.length > 0)
        context.print(
          `\nRefused by the remote:\n${table(
            ['RECORD', 'WHY'],
            operation.refused.map((each) => [each.identifier, each.reason]),
          )}`,
        );
      context.print(
        `\nCalls: ${operation.calls.total}${operation.calls.total > 0 ? ` (${operation.calls.byStatus.map((each) => `${each.n} × ${each.status ?? 'no answer'}`).join(', ')})` : ''}`,
      );
    });
}
