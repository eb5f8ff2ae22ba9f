import type { Command } from 'commander';
import { fetchOperation, listOperations, type OperationFacts } from '../app/runs/operations.ts';
import type { CommandContext, GlobalFlags } from './command-context.ts';
import { wholeNumber } from './number-flag.ts';
import { table } from './table.ts';

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

export function addOpsCommands(program: Command, context: CommandContext): void {
  const ops = program
    .command('ops')
    .description('what was done: every sync with its steps, counts and errors');

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
