/** `tasks list|add|done|reopen`. */
import { everywhere } from '../../../canonical/access/index.ts';
import { taskList } from '../../../canonical/lists/index.ts';
import { taskSubjects } from '../../../canonical/vocabulary/index.ts';
import {
  addTask,
  changeTask,
  countTasks,
  listTasks,
  settleTask,
  type TaskRow,
} from '../../../modules/tasks/index.ts';
import { shownText, TielineError } from '../../../platform/errors/index.ts';
import { everyPage, filterPairs, parseFilter, parseSort, withMe } from '../../../platform/lists/index.ts';
import { accountName, decider } from '../kit/account.ts';
import type { CommandContext } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { type DecisionFlags, rowId } from '../kit/flags.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { type CsvColumn, writeCsv } from '../lists/write-csv.ts';
import { fetchKey } from '../lists/find-key.ts';

const columns: readonly CsvColumn<TaskRow>[] = [
  { head: 'id', cell: (row) => row.id },
  { head: 'what', cell: (row) => row.what },
  { head: 'about', cell: (row) => row.about },
  { head: 'record', cell: (row) => row.recordId },
  { head: 'system', cell: (row) => row.systemId },
  { head: 'assigned to', cell: (row) => row.assignedTo },
  { head: 'due', cell: (row) => row.due },
  { head: 'note', cell: (row) => row.note },
  { head: 'made at', cell: (row) => row.madeAt },
  { head: 'made by', cell: (row) => row.madeBy },
  { head: 'done at', cell: (row) => row.doneAt },
  { head: 'done by', cell: (row) => row.doneBy },
  { head: 'done note', cell: (row) => row.doneNote },
];

const table = (rows: readonly TaskRow[], width: number | undefined): string =>
  fittedTable(
    ['ID', 'WHAT', 'ABOUT', 'SYSTEM', 'OF', 'DUE', 'STATE'],
    rows.map((row) => [
      String(row.id),
      shownText(row.what),
      `${row.about} ${row.about === 'finding' || row.about === 'asset' ? shownText(row.recordTitle ?? row.recordId) : row.recordId}`,
      row.systemId ?? 'none',
      shownText(row.assignedTo ?? 'anybody'),
      row.due ?? '–',
      row.doneBy === null ? 'open' : `done by ${shownText(row.doneBy)}`,
    ]),
    width,
  );

export async function showTasks(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async ({ db, now }) => {
    const pairs = withMe(taskList.filters, filterPairs(flags.filter ?? 'state=open'), accountName());
    const filter = parseFilter(taskList.filters, pairs, now());
    const sort = parseSort(flags.sort ?? taskList.defaultSort, taskList.sorts);
    if (flags.csv) {
      await writeCsv(
        context,
        columns,
        everyPage((after, limit) => listTasks(db, everywhere, { filter, sort, limit, after })),
      );
      return;
    }
    const { items } = await listTasks(db, everywhere, { filter, sort, limit: flags.limit });
    const { count: total } = await countTasks(db, everywhere, filter, undefined);
    if (flags.json) context.printJson('taskRows', { items, total });
    else context.print(items.length === 0 ? 'No tasks.' : table(items, context.width));
    tellCut(context, flags, { rows: [...items], total });
  });
}

function requireDay(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text))
    throw new TielineError('USAGE', `"${text}" is no day; expected YYYY-MM-DD.`);
  return text;
}

type AddFlags = DecisionFlags &
  Partial<Record<(typeof taskSubjects)[number], string>> & {
    readonly to?: string;
    readonly due?: string;
    readonly note?: string;
  };

export async function addOne(
  context: CommandContext,
  flags: AddFlags,
  [what]: readonly [string],
): Promise<void> {
  const named = taskSubjects.flatMap((kind) => {
    const id = flags[kind];
    return id === undefined ? [] : [{ kind, id }];
  });
  const [about] = named;
  if (about === undefined || named.length > 1)
    throw new TielineError(
      'USAGE',
      'Say which record it is about: one of --poam, --finding, --asset, --system.',
    );
  if (flags.due !== undefined) requireDay(flags.due);
  const made = await context.host.withApp(flags, async (app) =>
    addTask(
      app,
      everywhere,
      {
        what,
        about: about.kind === 'finding' ? { ...about, id: await fetchKey(app, about.id) } : about,
        ...(flags.to === undefined ? {} : { to: flags.to }),
        ...(flags.due === undefined ? {} : { due: flags.due }),
        ...(flags.note === undefined ? {} : { note: flags.note }),
      },
      { name: decider(flags).by },
    ),
  );
  if (flags.json) context.printJson('task', made);
  else
    context.print(
      `Task ${made.id} of ${made.assignedTo ?? 'anybody'}. When it is done: tieline tasks done ${made.id}`,
    );
}

type ChangeFlags = DecisionFlags & {
  readonly what?: string;
  readonly to?: string;
  readonly due?: string;
  readonly note?: string;
};

/** `tasks change`. */
export async function changeOne(
  context: CommandContext,
  flags: ChangeFlags,
  [id]: readonly [string],
): Promise<void> {
  const { what, to, due, note } = flags;
  if (what === undefined && to === undefined && due === undefined && note === undefined)
    throw new TielineError('USAGE', 'Say what to change: --what, --to, --due or --note.');
  const edit = {
    id: rowId(id),
    what,
    note,
    to: to === 'nobody' ? null : to,
    due: due === undefined ? undefined : due === 'none' ? null : requireDay(due),
  };
  const task = await context.host.withApp(flags, (app) =>
    changeTask(app, everywhere, edit, { name: decider(flags).by }),
  );
  if (flags.json) context.printJson('task', task);
  else
    context.print(
      `Task ${task.id} is for ${shownText(task.assignedTo ?? 'anybody')}, ${task.due === null ? 'without a day' : `due ${task.due}`}.`,
    );
}

type SettleFlags = DecisionFlags & { readonly note?: string };

async function settle(
  context: CommandContext,
  flags: SettleFlags,
  { id, done }: { readonly id: string; readonly done: boolean },
): Promise<void> {
  const task = await context.host.withApp(flags, (app) =>
    settleTask(app, everywhere, { id: rowId(id), done, note: flags.note }, { name: decider(flags).by }),
  );
  if (flags.json) context.printJson('task', task);
  else
    context.print(
      task.doneBy === null ? `Task ${task.id} is open.` : `Task ${task.id} was done by ${task.doneBy}.`,
    );
}

export const finish = (context: CommandContext, flags: SettleFlags, [id]: readonly [string]): Promise<void> =>
  settle(context, flags, { id, done: true });
export const reopen = (context: CommandContext, flags: SettleFlags, [id]: readonly [string]): Promise<void> =>
  settle(context, flags, { id, done: false });
