/** Starts runs of a workflow for records: of those that its owner sees and its condition is true of, once each, within its limit. */
import { setImmediate as turn } from 'node:timers/promises';
import { isWithin, type Permission, type Scope, scopeFor } from '../../../canonical/access/index.ts';
import type { RecordKind, WorkflowDefinition } from '../../../canonical/workflow/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { recordEvents } from '../../../ledger/events/index.ts';
import { evaluate } from '../executor/read-condition.ts';
import { haltWorkflow } from '../executor/halt.ts';
import type { Snapshot, WorkflowParts } from '../parts.ts';
import { enqueueRuns } from '../queue.ts';
import { countTouched, insertRuns, type RunToStart, type StartedRun, writeTraces } from '../rows/runs.sql.ts';
import { findVersion, type WorkflowRow } from '../rows/workflows.sql.ts';
import { checksumOf } from '../executor/advance.ts';

const dayMs = 86_400_000;

/** What the owner of a workflow must be allowed to see, for a record of such a kind to exist for it. */
export const seenBy: Readonly<Record<RecordKind, Permission>> = {
  finding: 'finding:read',
  weakness: 'poam:read',
  poam: 'poam:read',
  deviation: 'poam:read',
  asset: 'asset:read',
  system: 'system:read',
  scan: 'system:read',
  feed: 'intelligence:read',
};

/** A workflow that may start runs now, with the version that they follow. */
export interface Starting {
  readonly workflow: WorkflowRow;
  readonly definition: WorkflowDefinition;
  readonly sees: Scope;
}

/** A record that something happened to. */
export interface Cause {
  readonly recordId: string;
  readonly key: string;
  readonly causedBy: string | null;
  readonly depth: number;
}

/** Whether a workflow may start runs, as its row says: switched on, not stopped, approved. */
export const mayStart = ({ mode, stopped, approvedVersion }: WorkflowRow): boolean =>
  mode !== 'off' && stopped === null && approvedVersion !== null;

/**
 * The version of a workflow that runs, if it may: switched on, not stopped, approved, its owner there and seeing such records. One that may not
 * any more is stopped here, with the reason.
 */
export async function startingOf(
  app: App,
  parts: WorkflowParts,
  workflow: WorkflowRow,
): Promise<Starting | undefined> {
  const { approvedVersion, ownerPrincipal, owner } = workflow;
  if (!mayStart(workflow) || approvedVersion === null) return undefined;
  const at = app.now();
  const halt = async (why: Parameters<typeof haltWorkflow>[2]): Promise<undefined> => {
    await haltWorkflow(app, { workflowId: workflow.id, workflow: workflow.name }, why, at);
    return undefined;
  };
  const version = await findVersion(app.db, workflow.id, approvedVersion);
  if (version?.state !== 'approved' || checksumOf(version.definition) !== version.sha256)
    return halt({ code: 'version_changed' });
  const actor = await parts.ownerOf(ownerPrincipal, owner);
  if (!actor) return halt({ code: 'owner_gone', params: { owner } });
  const permission = seenBy[version.definition.record];
  const sees = scopeFor(actor, permission, at);
  if (!sees) return halt({ code: 'owner_lacks', params: { owner, permission } });
  return { workflow, definition: version.definition, sees };
}

export interface StartedCount {
  readonly started: number;
  /** The limit of the workflow was reached: they wait for a person. */
  readonly held: number;
  /** They lay too deep in a chain of runs that start each other: they failed at once. */
  readonly cut: number;
}

export const noneStarted: StartedCount = { started: 0, held: 0, cut: 0 };

export const bothStarted = (one: StartedCount, other: StartedCount): StartedCount => ({
  started: one.started + other.started,
  held: one.held + other.held,
  cut: one.cut + other.cut,
});

/** So many records are read at a time; between, others have their turn. */
const readAtOnce = 1_000;

async function* snapshotsOf(
  app: App,
  parts: WorkflowParts,
  kind: RecordKind,
  ids: readonly string[],
): AsyncGenerator<Snapshot> {
  for (let from = 0; from < ids.length; from += readAtOnce) {
    if (from > 0) await turn();
    yield* await parts.snapshots(app.db, kind, ids.slice(from, from + readAtOnce), app.now());
  }
}

/** @param start.within where the person who starts them may run workflows; absent: they start by themselves. */
export async function startRuns(
  app: App,
  parts: WorkflowParts,
  { workflow, definition, sees }: Starting,
  causes: readonly Cause[],
  start: {
    readonly trigger: string;
    readonly by: { readonly name: string; readonly principalId: string } | null;
    readonly within?: Scope;
  },
): Promise<StartedCount & { readonly runs: readonly StartedRun[] }> {
  const at = app.now();
  const byRecord = Map.groupBy(causes, ({ recordId }) => recordId);
  const isMeant = (snapshot: Snapshot): boolean =>
    isWithin(sees, snapshot.boundary) &&
    (start.within === undefined || isWithin(start.within, snapshot.boundary)) &&
    evaluate({ parts, at }, snapshot, definition.when).is === 'true';
  const runs: RunToStart[] = [];
  for await (const snapshot of snapshotsOf(app, parts, definition.record, [...byRecord.keys()]))
    if (isMeant(snapshot))
      runs.push(
        ...(byRecord.get(snapshot.id) ?? []).map((cause) => ({ ...cause, boundary: snapshot.boundary })),
      );
  if (runs.length === 0) return { ...noneStarted, runs: [] };
  const free =
    workflow.mode === 'simulate'
      ? runs.length
      : Math.max(0, workflow.limit - (await countTouched(app.db, workflow, new Date(at.getTime() - dayMs))));
  const [first] = definition.steps;
  const made = await insertRuns(
    app.db,
    {
      id: workflow.id,
      version: workflow.approvedVersion ?? 0,
      mode: workflow.mode === 'off' ? 'simulate' : workflow.mode,
      recordKind: definition.record,
      firstStep: first?.id ?? '',
    },
    runs,
    { trigger: start.trigger, by: start.by, free, limit: workflow.limit, at },
  );
  await tellStarted(app, made, { by: start.by?.name ?? start.trigger, limit: workflow.limit }, at);
  const count = (status: StartedRun['status']): number => made.filter((run) => run.status === status).length;
  return { started: count('pending'), held: count('held'), cut: count('failed'), runs: made };
}

async function tellStarted(
  app: App,
  made: readonly StartedRun[],
  { by, limit }: { readonly by: string; readonly limit: number },
  at: Date,
): Promise<void> {
  const idsOf = (status: StartedRun['status']): string[] =>
    made.filter((run) => run.status === status).map(({ executionId }) => executionId);
  const run = { stepId: null, kind: 'run' } as const;
  await writeTraces(
    app.db,
    idsOf('pending'),
    { ...run, outcome: 'started', why: { code: 'started', params: { by } } },
    at,
  );
  await writeTraces(
    app.db,
    idsOf('held'),
    { ...run, outcome: 'held', why: { code: 'limit', params: { limit } } },
    at,
  );
  for (const [depth, cut] of Map.groupBy(
    made.filter(({ status }) => status === 'failed'),
    (each) => each.depth,
  ))
    await writeTraces(
      app.db,
      cut.map(({ executionId }) => executionId),
      { ...run, outcome: 'cut', why: { code: 'too_deep', params: { depth } } },
      at,
    );
  await enqueueRuns(app.db, idsOf('pending'));
  if (made.some(({ status }) => status !== 'pending'))
    await recordEvents(app.db, [{ kind: 'inbox.changed' }]);
}
