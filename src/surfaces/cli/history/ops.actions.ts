/** `ops list|show|undo`. */
import { fetchOperation, listLatestOperations, undoOperation } from '../../../review/operations/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { operationLines, operationsTable, undoLines } from './ops.view.ts';

export async function listOps(
  context: CommandContext,
  flags: GlobalFlags & { readonly limit: number },
): Promise<void> {
  const operations = await context.host.withApp(flags, (app) => listLatestOperations(app, flags.limit));
  if (flags.json) context.printJson('operationList', operations);
  else if (operations.length === 0) context.print('No operations yet.');
  else {
    context.print(operationsTable(operations, context.width));
    if (operations.length === flags.limit)
      context.print(`These are the latest ${flags.limit}. More: --limit N`);
  }
}

interface ShowFlags extends GlobalFlags {
  readonly record?: string;
  readonly entity?: string;
  readonly limit: number;
  readonly after: number;
}

export async function showOperation(
  context: CommandContext,
  flags: ShowFlags,
  [id]: readonly [string],
): Promise<void> {
  const { record, entity, limit, after } = flags;
  const query = { limit, after, ...defined({ record, entity }) };
  const operation = await context.host.withApp(flags, (app) => fetchOperation(app, id, query));
  if (flags.json) context.printJson('operationDetail', operation);
  else context.print(operationLines(operation, { ...query, width: context.width, place: flags }).join('\n'));
}

export async function undo(
  context: CommandContext,
  flags: DecisionFlags & { readonly plan: boolean },
  [id]: readonly [string],
): Promise<void> {
  const undone = await context.host.withApp(flags, (app) =>
    undoOperation(app, id, { ...decider(flags), planOnly: flags.plan }),
  );
  if (undone.refused.length > 0) context.result.exitCode = 3;
  if (flags.json) context.printJson('undo', undone);
  else context.print(undoLines(undone, context.width).join('\n'));
}
