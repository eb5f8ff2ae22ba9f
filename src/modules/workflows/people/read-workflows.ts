/** Workflows and runs as people read them. */
import type { Scope } from '../../../canonical/access/index.ts';
import type { WorkflowDefinition } from '../../../canonical/workflow/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { type RunState } from '../executor/run-states.ts';
import { type Why, whySentence } from '../executor/trace-words.ts';
import { countRunsByWorkflow, findRun, findRunIds, type RunRow } from '../rows/run-list.sql.ts';
import { listTraces, type TraceRow } from '../rows/runs.sql.ts';
import {
  findVersion,
  findWorkflow,
  listVersions,
  listWorkflowRows,
  type VersionHead,
  type WorkflowRow,
} from '../rows/workflows.sql.ts';
import { fetchEventsWaitSince } from '../triggers/cursor.sql.ts';
import { unknownWorkflow } from './change-workflow.ts';

type Reader = Pick<App, 'db' | 'now'>;

export interface ListedWorkflow extends Omit<WorkflowRow, 'id' | 'ownerPrincipal' | 'stopped'> {
  /** Why it stopped by itself; null: it did not. */
  readonly stopped: { readonly code: string; readonly why: string; readonly at: Date } | null;
  /** Runs that the reader sees, by state. */
  readonly runs: Readonly<Partial<Record<RunState, number>>>;
}

function listedOf(
  { id, ownerPrincipal: _key, stopped, ...row }: WorkflowRow,
  counts: Awaited<ReturnType<typeof countRunsByWorkflow>>,
): ListedWorkflow {
  const mine = counts.filter(({ workflowId }) => workflowId === id);
  return {
    ...row,
    stopped: stopped && {
      code: stopped.code,
      why: whySentence({ code: stopped.code, params: stopped.params ?? {} } as Why), // written by `haltWorkflow`
      at: new Date(stopped.at),
    },
    runs: Object.fromEntries(mine.map(({ state, count }) => [state, count])),
  };
}

export interface WorkflowList {
  readonly items: readonly ListedWorkflow[];
  /** Events are read up to here only: a transaction that is open since then holds them up. Null: they are read as they come. */
  readonly eventsWaitSince: Date | null;
}

/** So long events may wait before it is worth telling. */
const lateAfterMs = 15 * 60_000;

/** @param scope whose runs are counted. */
export async function listWorkflows({ db, now }: Reader, scope: Scope): Promise<WorkflowList> {
  const counts = await countRunsByWorkflow(db, scope);
  const since = await fetchEventsWaitSince(db);
  const isLate = since !== undefined && now().getTime() - since.getTime() > lateAfterMs;
  return {
    items: (await listWorkflowRows(db)).map((row) => listedOf(row, counts)),
    eventsWaitSince: isLate ? since : null,
  };
}

export type ShownVersion = Omit<VersionHead, 'savedByPrincipal' | 'decidedByPrincipal'>;

export interface WorkflowDetail extends ListedWorkflow {
  /** Of the version that is asked for: the approved one, else the latest. */
  readonly shownVersion: number;
  readonly definition: WorkflowDefinition;
  readonly source: string;
  /** The last hundred, newest first. */
  readonly versions: readonly ShownVersion[];
}

/** @param version absent: the approved one, else the latest. @throws TielineError WORKFLOW_UNKNOWN, WORKFLOW_MOVED. */
export async function fetchWorkflow(
  { db }: Reader,
  scope: Scope,
  { name, version }: { readonly name: string; readonly version?: number | undefined },
): Promise<WorkflowDetail> {
  const row = await findWorkflow(db, name);
  if (!row) throw unknownWorkflow(name);
  const wanted = version ?? row.approvedVersion ?? row.latestVersion;
  const shown = await findVersion(db, row.id, wanted);
  if (!shown) throw new TielineError('WORKFLOW_MOVED', `${name} has no version ${wanted}.`);
  return {
    ...listedOf(row, await countRunsByWorkflow(db, scope)),
    shownVersion: shown.version,
    definition: shown.definition,
    source: shown.source,
    versions: (await listVersions(db, row.id)).map(
      ({ savedByPrincipal: _saver, decidedByPrincipal: _decider, ...each }) => each,
    ),
  };
}

export interface ShownTrace extends Omit<TraceRow, 'why'> {
  readonly code: string;
  readonly why: string;
}

export interface RunDetail extends Omit<RunRow, 'id' | 'problem'> {
  readonly problem: string | null;
  readonly trace: readonly ShownTrace[];
}

export const shownRun = ({ id: _id, problem, ...row }: RunRow) => ({
  ...row,
  problem: problem === null ? null : whySentence(problem),
});

/** @param id the whole id or its first characters. @throws TielineError WORKFLOW_RUN_UNKNOWN, also where it is outside of the scope. */
export async function fetchRun({ db }: Reader, scope: Scope, id: string): Promise<RunDetail> {
  const [runId, another] = await findRunIds(db, id);
  const row = runId === undefined || another !== undefined ? undefined : await findRun(db, scope, runId);
  if (!row)
    throw new TielineError(
      'WORKFLOW_RUN_UNKNOWN',
      another === undefined
        ? `There is no run ${id}.`
        : `More than one run begins with "${id}": give more of the id.`,
    );
  const trace = await listTraces(db, row.runId);
  return {
    ...shownRun(row),
    trace: trace.map(({ why, ...each }) => ({ ...each, code: why.code, why: whySentence(why) })),
  };
}
