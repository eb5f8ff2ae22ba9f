/** `workflows list|show|check|save|approve|reject|mode|own|resume|run|runs|trace|cancel|retry|release|remove`. */
import { type Actor, everywhere, localOperator } from '../../../canonical/access/index.ts';
import { workflowRunList } from '../../../canonical/lists/index.ts';
import { workflowModes } from '../../../canonical/workflow/index.ts';
import {
  cancelRun,
  checkSource,
  countRuns,
  decideWorkflow,
  fetchRun,
  fetchWorkflow,
  listRuns,
  listWorkflows,
  releaseRuns,
  removeWorkflow,
  resumeWorkflow,
  retryRun,
  runByHand,
  saveWorkflow,
  setWorkflowMode,
  shownRun,
  takeOverWorkflow,
} from '../../../modules/workflows/index.ts';
import { workflowPartsOf } from '../../../operate/workflows/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { filterPairs, parseFilter, parseSort } from '../../../platform/lists/index.ts';
import { ensureQueue } from '../../../platform/queue/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { decider } from '../kit/account.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { tellCut } from '../kit/cut-list.ts';
import { type DecisionFlags, oneOf, readNamedFile } from '../kit/flags.ts';
import type { ListFlags } from '../lists/list-options.ts';
import { type CsvColumn, writeCsv } from '../lists/write-csv.ts';
import { runsTable, traceText, workflowsTable, workflowText } from './workflows.view.ts';

/** The operator at the machine, under the name that was given. */
const actorOf = (flags: DecisionFlags): Actor => {
  const { by } = decider(flags);
  return { ...localOperator(by), principalId: `local:${by}` };
};
const byOf = (flags: DecisionFlags) => ({ actor: actorOf(flags), scope: everywhere });

export async function list(context: CommandContext, flags: GlobalFlags): Promise<void> {
  const found = await context.host.withApp(flags, (app) => listWorkflows(app, everywhere));
  if (flags.json) {
    context.printJson('workflows', found);
    return;
  }
  context.print(
    found.items.length === 0
      ? 'No workflows. Save one: tieline workflows save FILE'
      : workflowsTable(found.items, context.width),
  );
  if (found.eventsWaitSince !== null)
    context.print(
      `Events since ${found.eventsWaitSince.toISOString().slice(0, 16).replace('T', ' ')} UTC wait: a transaction in the database is open since then.`,
    );
}

export async function show(
  context: CommandContext,
  flags: GlobalFlags & { readonly version?: number },
  [name]: readonly [string],
): Promise<void> {
  const found = await context.host.withApp(flags, (app) =>
    fetchWorkflow(app, everywhere, { name, version: flags.version }),
  );
  if (flags.json) context.printJson('workflowDetail', found);
  else context.printWhole(workflowText(found));
}

export async function check(
  context: CommandContext,
  flags: GlobalFlags,
  [file]: readonly [string],
): Promise<void> {
  const source = await readNamedFile(file);
  const { problems } = await context.host.withApp(flags, (app) =>
    checkSource(app, workflowPartsOf(app), source),
  );
  if (flags.json) context.printJson('workflowProblems', { problems: [...problems] });
  else if (problems.length === 0)
    context.print(`Nothing is wrong with it. Save it: tieline workflows save ${file}`);
  else
    context.print(
      problems
        .map(
          ({ path, message, line }) =>
            `${line === undefined ? '' : `line ${line}, `}${path === '' ? 'workflow' : path}: ${message}`,
        )
        .join('\n'),
    );
  if (problems.length > 0) context.result.exitCode = 2;
}

export async function save(
  context: CommandContext,
  flags: DecisionFlags & { readonly note?: string },
  [file]: readonly [string],
): Promise<void> {
  const source = await readNamedFile(file);
  const saved = await context.host.withApp(flags, (app) =>
    saveWorkflow(app, workflowPartsOf(app), actorOf(flags), { source, ...defined({ note: flags.note }) }),
  );
  if (flags.json) context.printJson('workflowSaved', saved);
  else
    context.print(
      saved.isNew
        ? `Version ${saved.version} of ${saved.name} is saved. It runs once another person approved it: tieline workflows approve ${saved.name} --by NAME`
        : `Version ${saved.version} of ${saved.name} says just that already; nothing was saved.`,
    );
}

type DecideFlags = DecisionFlags & { readonly version?: number; readonly note?: string };

async function decide(
  context: CommandContext,
  flags: DecideFlags,
  name: string,
  approved: boolean,
): Promise<void> {
  const shown = await context.host.withApp(flags, async (app) => {
    const { latestVersion } = await fetchWorkflow(app, everywhere, { name });
    const decision = { name, version: flags.version ?? latestVersion, approved, note: flags.note };
    await decideWorkflow(app, workflowPartsOf(app), actorOf(flags), decision);
    return fetchWorkflow(app, everywhere, { name });
  });
  if (flags.json) context.printJson('workflowDetail', shown);
  else if (!approved)
    context.print(
      `The version of ${name} is rejected; ${shown.approvedVersion === null ? 'nothing of it runs' : `version ${shown.approvedVersion} stays`}.`,
    );
  else
    context.print(
      shown.mode === 'off'
        ? `Version ${shown.approvedVersion ?? ''} of ${name} is approved. It is off; see first what it would do: tieline workflows mode ${name} simulate`
        : `Version ${shown.approvedVersion ?? ''} of ${name} runs from now on (${shown.mode}).`,
    );
}

export const approve = (
  context: CommandContext,
  flags: DecideFlags,
  [name]: readonly [string],
): Promise<void> => decide(context, flags, name, true);
export const reject = (
  context: CommandContext,
  flags: DecideFlags,
  [name]: readonly [string],
): Promise<void> => decide(context, flags, name, false);

/** What was changed is shown as it is then. */
async function tellStanding(
  context: CommandContext,
  flags: GlobalFlags,
  name: string,
  change: Parameters<CommandContext['host']['withApp']>[1],
): Promise<void> {
  const shown = await context.host.withApp(flags, async (app, ...more) => {
    await change(app, ...more);
    return fetchWorkflow(app, everywhere, { name });
  });
  if (flags.json) context.printJson('workflowDetail', shown);
  else
    context.print(
      `${name} is ${shown.mode}; it runs by the rights of ${shown.owner}${shown.stopped ? `; it is stopped: ${shown.stopped.why}` : ''}.`,
    );
}

export const switchMode = (
  context: CommandContext,
  flags: DecisionFlags,
  [name, mode]: readonly [string, string],
): Promise<void> =>
  tellStanding(context, flags, name, (app) =>
    setWorkflowMode(app, actorOf(flags), {
      name,
      mode: oneOf('mode', workflowModes)(mode),
      reason: flags.reason,
    }),
  );
export const own = (
  context: CommandContext,
  flags: DecisionFlags,
  [name]: readonly [string],
): Promise<void> => tellStanding(context, flags, name, (app) => takeOverWorkflow(app, actorOf(flags), name));
export const resume = (
  context: CommandContext,
  flags: DecisionFlags,
  [name]: readonly [string],
): Promise<void> =>
  tellStanding(context, flags, name, async (app) => {
    await ensureQueue(app.queue);
    await resumeWorkflow(app, actorOf(flags), { name, reason: flags.reason });
  });

export async function run(
  context: CommandContext,
  flags: DecisionFlags & { readonly record?: readonly string[] },
  [name]: readonly [string],
): Promise<void> {
  const records = flags.record ?? [];
  if (records.length === 0)
    throw new TielineError('USAGE', 'Say for which records: --record ID, more than once for several.');
  const started = await context.host.withApp(flags, async (app) => {
    await ensureQueue(app.queue);
    return runByHand(app, workflowPartsOf(app), byOf(flags), { name, records });
  });
  if (flags.json)
    context.printJson('workflowStarted', { ...started, runs: [...started.runs], left: [...started.left] });
  else
    context.print(
      [
        `${started.started} started, ${started.held} held; a worker does them.`,
        ...started.runs.slice(0, 20).map((id) => `  tieline workflows trace ${id.slice(0, 8)}`),
        ...started.left.map((id) => `  ${id}: not started (not there, or the condition is not true of it)`),
      ].join('\n'),
    );
}

type Shown = ReturnType<typeof shownRun>;
const columns: readonly CsvColumn<Shown>[] = [
  { head: 'run', cell: (row) => row.runId },
  { head: 'workflow', cell: (row) => row.workflow },
  { head: 'version', cell: (row) => row.version },
  { head: 'mode', cell: (row) => row.mode },
  { head: 'state', cell: (row) => row.state },
  { head: 'kind of record', cell: (row) => row.recordKind },
  { head: 'record', cell: (row) => row.recordId },
  { head: 'system', cell: (row) => row.systemId },
  { head: 'started by', cell: (row) => row.startedBy ?? row.trigger },
  { head: 'started at', cell: (row) => row.startedAt },
  { head: 'ended at', cell: (row) => row.endedAt },
  { head: 'step', cell: (row) => row.step },
  { head: 'why', cell: (row) => row.problem },
];

export async function showRuns(context: CommandContext, flags: ListFlags): Promise<void> {
  await context.host.withApp(flags, async ({ db, now }) => {
    const filter = parseFilter(workflowRunList.filters, filterPairs(flags.filter ?? ''), now());
    const sort = parseSort(flags.sort ?? workflowRunList.defaultSort, workflowRunList.sorts);
    if (flags.csv) {
      const every = async function* (): AsyncGenerator<Shown> {
        for (let page = await listRuns(db, everywhere, { filter, sort, limit: 1_000 }); ;) {
          yield* page.items.map(shownRun);
          if (!page.next) return;
          page = await listRuns(db, everywhere, { filter, sort, limit: 1_000, after: page.next });
        }
      };
      await writeCsv(context, columns, every());
      return;
    }
    const items = (await listRuns(db, everywhere, { filter, sort, limit: flags.limit })).items.map(shownRun);
    const { count: total } = await countRuns(db, everywhere, filter, undefined);
    if (flags.json) context.printJson('workflowRunRows', { items, total });
    else context.print(items.length === 0 ? 'No runs.' : runsTable(items, context.width));
    tellCut(context, flags, { rows: items, total });
  });
}

export async function trace(
  context: CommandContext,
  flags: GlobalFlags,
  [id]: readonly [string],
): Promise<void> {
  const found = await context.host.withApp(flags, (app) => fetchRun(app, everywhere, id));
  if (flags.json)
    context.printJson('workflowRunDetail', {
      ...found,
      trace: found.trace.map((each) => ({ ...each, changes: [...each.changes] })),
    });
  else context.print(traceText(found));
}

async function moveRun(
  context: CommandContext,
  flags: DecisionFlags,
  id: string,
  { move, done }: { readonly move: typeof cancelRun; readonly done: string },
): Promise<void> {
  const moved = await context.host.withApp(flags, async (app) => {
    await ensureQueue(app.queue);
    return move(app, byOf(flags), id);
  });
  if (flags.json) context.printJson('workflowRunMoved', moved);
  else context.print(`The run ${moved.runId.slice(0, 8)} of ${moved.workflow} ${done}.`);
}

export const cancel = (
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> => moveRun(context, flags, id, { move: cancelRun, done: 'is cancelled' });
export const retry = (
  context: CommandContext,
  flags: DecisionFlags,
  [id]: readonly [string],
): Promise<void> => moveRun(context, flags, id, { move: retryRun, done: 'tries its step again' });

export async function release(
  context: CommandContext,
  flags: DecisionFlags,
  [name]: readonly [string],
): Promise<void> {
  const released = await context.host.withApp(flags, async (app) => {
    await ensureQueue(app.queue);
    return releaseRuns(app, actorOf(flags), name);
  });
  if (flags.json) context.printJson('workflowReleased', released);
  else context.print(`${released.released} held runs of ${name} continue.`);
}

export async function remove(
  context: CommandContext,
  flags: DecisionFlags,
  [name]: readonly [string],
): Promise<void> {
  const removed = await context.host.withApp(flags, (app) =>
    removeWorkflow(app, actorOf(flags), { name, reason: flags.reason }),
  );
  if (flags.json) context.printJson('workflowRemoved', removed);
  else context.print(`${name} is removed; ${removed.cancelled} open runs were cancelled.`);
}
