/** `ops list|show|cancel|undo`. */
import { everywhere } from '../../../canonical/access/index.ts';
import {
  cancelOperation,
  countOperationChanges,
  fetchOperation,
  listChanges,
  listLatestOperations,
  undoOperation,
} from '../../../review/operations/index.ts';
import type { FilterTerm } from '../../../platform/lists/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import type { DecisionFlags } from '../kit/flags.ts';
import { changeLines } from './changes.view.ts';
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
  readonly changes: boolean;
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
  if (flags.changes) return showChanges(context, flags, id);
  const { record, entity, limit, after } = flags;
  const query = { limit, after, ...defined({ record, entity }) };
  const operation = await context.host.withApp(flags, (app) => fetchOperation(app, id, query));
  if (flags.json) context.printJson('operationDetail', operation);
  else context.print(operationLines(operation, { ...query, width: context.width, place: flags }).join('\n'));
}

async function showChanges(context: CommandContext, flags: ShowFlags, id: string): Promise<void> {
  const { record, entity, limit, after } = flags;
  const only = (value: string): FilterTerm => ({ is: 'in', values: [value], negated: false });
  const filter = {
    ...(record === undefined ? {} : { record: only(record) }),
    ...(entity === undefined ? {} : { entity: only(entity) }),
  };
  const sort = { by: 'order', descending: false } as const;
  const query = { filter, sort, limit, ...(after > 0 ? { after: { value: after, id: after } } : {}) };
  await context.host.withApp(flags, async (app) => {
    const { items: changes, next } = await listChanges(app, everywhere, id, query);
    const counted = await countOperationChanges(app, everywhere, id, filter);
    const page = { ...counted, next: next === undefined ? null : Number(next.id) };
    if (flags.json) context.printJson('operationChanges', { operationId: id, changes, ...page });
    else context.print(changeLines(changes, { ...page, id }).join('\n'));
  });
}

export async function cancel(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const operationId = await context.host.withApp(flags, (app) =>
    cancelOperation(app, { name: accountName() }, id),
  );
  if (flags.json) context.printJson('operationCancelled', { operationId });
  else
    context.print(
      `It ends within seconds. See: tieline ops show ${operationId.slice(0, 8)}. The next sync continues it.`,
    );
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
