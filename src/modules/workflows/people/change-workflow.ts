/**
 * What people do with workflows: save a version, decide about it, switch it on and off, give it to another owner, let it continue. Nothing runs
 * that another person did not approve, and a person who approves has not written it and does not own it.
 */
import type { Actor } from '../../../canonical/access/index.ts';
import { byPerson } from '../../../canonical/vocabulary/index.ts';
import type { WorkflowDefinition, WorkflowMode } from '../../../canonical/workflow/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { recordEvents } from '../../../ledger/events/index.ts';
import { recordChanges, withDecision } from '../../../ledger/operations/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import { checksumOf } from '../executor/advance.ts';
import { withdrawQuestions } from '../executor/approval-step.ts';
import type { Why } from '../executor/trace-words.ts';
import type { WorkflowParts } from '../parts.ts';
import { enqueueRuns } from '../queue.ts';
import { listPendingRuns, moveAllRuns, writeTraces } from '../rows/runs.sql.ts';
import {
  decideVersion,
  findVersion,
  insertVersion,
  insertWorkflow,
  lockWorkflow,
  removeWorkflowRow,
  setMode,
  setOwner,
  setStopped,
  showApproved,
  type VersionRow,
  type WorkflowRow,
} from '../rows/workflows.sql.ts';
import { nextTimeOf } from '../triggers/schedule.ts';
import { checkSource } from './check-workflow.ts';

type Changing = Pick<App, 'store' | 'db' | 'now'>;

export const unknownWorkflow = (name: string): TielineError =>
  new TielineError('WORKFLOW_UNKNOWN', `There is no workflow "${name}".`);

async function lockNamed(tx: Tx, name: string): Promise<WorkflowRow> {
  const found = await lockWorkflow(tx.db, name);
  if (!found) throw unknownWorkflow(name);
  return found;
}

/** One change of a workflow: a row of the journal, in one operation. */
async function changed(
  tx: Tx,
  change: {
    readonly name: string;
    readonly field: string;
    readonly before: Json;
    readonly after: Json;
    readonly by: Actor;
    readonly reason?: string | undefined;
  },
  work: () => Promise<void>,
): Promise<void> {
  const { name, field, before, after, by, reason } = change;
  await withDecision(
    tx.db,
    { system: 'tieline', step: `change a workflow: ${field}` },
    async (operationId) => {
      await work();
      await recordChanges(tx.db, { systemId: null, operationId }, [
        {
          entity: 'workflow',
          entityId: name,
          field,
          before,
          after,
          direction: 'internal',
          decidedBy: byPerson(by.name),
          ...(reason === undefined ? {} : { reason }),
        },
      ]);
      await recordEvents(tx.db, [{ kind: 'inbox.changed' }]);
    },
  );
}

export interface SavedVersion {
  readonly name: string;
  readonly version: number;
  /** False: it says just what the latest version says, and nothing was saved. */
  readonly isNew: boolean;
}

/**
 * Saves a version of a workflow; it runs only after another person approved it. The first version makes the workflow, switched off, owned by whoever
 * saved it. @throws TielineError WORKFLOW_INVALID naming every problem; WORKFLOW_TAKEN where the name is of a row that is not Tieline's.
 */
export async function saveWorkflow(
  app: Changing,
  parts: WorkflowParts,
  by: Actor,
  wish: {
    readonly source: string | Readonly<Record<string, unknown>>;
    readonly note?: string | undefined;
    readonly isShipped?: boolean;
  },
): Promise<SavedVersion> {
  const checked = await requireValid(app, parts, wish.source);
  return app.store.transaction(async (tx) => {
    const { definition, source } = checked;
    const { name } = definition;
    const found = await lockWorkflow(tx.db, name);
    const sha256 = checksumOf(definition);
    const latest = found && (await findVersion(tx.db, found.id, found.latestVersion));
    if (latest?.sha256 === sha256 && latest.state !== 'rejected')
      return { name, version: latest.version, isNew: false };
    const at = app.now();
    const id =
      found?.id ??
      (await insertWorkflow(tx.db, definition, {
        owner: by.name,
        ownerPrincipal: by.principalId,
        isShipped: wish.isShipped ?? false,
        at,
      }));
    if (id === undefined)
      throw new TielineError(
        'WORKFLOW_TAKEN',
        `The name "${name}" is of a row of the table workflows that Tieline did not write.`,
      );
    let version = 0;
    const before = found?.latestVersion ?? null;
    await changed(tx, { name, field: 'version', before, after: sha256, by, reason: wish.note }, async () => {
      const row = {
        definition,
        source,
        sha256,
        note: wish.note ?? null,
        by: by.name,
        byPrincipal: by.principalId,
        at,
      };
      version = await insertVersion(tx.db, id, row);
    });
    return { name, version, isNew: true };
  });
}

/** @throws TielineError WORKFLOW_INVALID. */
async function requireValid(
  app: Pick<App, 'db'>,
  parts: WorkflowParts,
  source: string | Readonly<Record<string, unknown>>,
): Promise<{ readonly definition: WorkflowDefinition; readonly source: string }> {
  const checked = await checkSource(app, parts, source);
  if (checked.definition) return checked;
  throw new TielineError('WORKFLOW_INVALID', 'The workflow was not saved.', {
    fields: checked.problems.map(({ path, message, line }) => ({
      field: `${path === '' ? 'workflow' : path}${line === undefined ? '' : ` (line ${line})`}`,
      message,
    })),
  });
}

/**
 * Approves a version, so that it runs from now on; runs that began before follow theirs to the end.
 * @throws TielineError WORKFLOW_MOVED where another version waits, or none; APPROVAL_OWN to who saved it, or owns the workflow.
 */
export async function decideWorkflow(
  app: Changing,
  parts: WorkflowParts,
  by: Actor,
  decision: {
    readonly name: string;
    readonly version: number;
    readonly approved: boolean;
    readonly note?: string | undefined;
  },
): Promise<WorkflowRow> {
  const { name, version: number, approved, note } = decision;
  return app.store.transaction(async (tx) => {
    const workflow = await lockNamed(tx, name);
    const version = await findVersion(tx.db, workflow.id, number);
    refuseDecision(workflow, version, number, by);
    const at = app.now();
    const { definition } = version;
    // Others may have been saved since: a circle that they close is found now.
    if (approved) await requireValid(tx, parts, definition);
    const before = workflow.approvedVersion;
    const change = {
      name,
      field: 'approved_version',
      before,
      after: approved ? number : before,
      by,
      reason: note,
    };
    await changed(tx, change, async () => {
      const decided = {
        version: number,
        approved,
        by: by.name,
        byPrincipal: by.principalId,
        at,
        note: note ?? null,
      };
      await decideVersion(tx.db, workflow.id, decided);
      if (approved)
        await showApproved(tx.db, workflow.id, number, definition, {
          nextRunAt: nextOf(definition, workflow.mode, at),
          at,
        });
    });
    return lockNamed(tx, name);
  });
}

function refuseDecision(
  workflow: WorkflowRow,
  version: VersionRow | undefined,
  number: number,
  by: Actor,
): asserts version is VersionRow {
  if (version?.state !== 'waiting')
    throw new TielineError(
      'WORKFLOW_MOVED',
      version
        ? `Version ${number} of ${workflow.name} was ${version.state} already${version.decidedBy === null ? '' : ` by ${version.decidedBy}`}; the latest is ${workflow.latestVersion}.`
        : `${workflow.name} has no version ${number}; the latest is ${workflow.latestVersion}.`,
    );
  const isTheirs = [version.savedBy, version.savedByPrincipal, workflow.owner, workflow.ownerPrincipal];
  if (isTheirs.includes(by.name) || isTheirs.includes(by.principalId))
    throw new TielineError(
      'APPROVAL_OWN',
      `${by.name} ${version.savedBy === by.name ? 'saved this version' : 'owns this workflow'}, and cannot decide about it.`,
      { remedy: 'Let somebody else who may change workflows decide.' },
    );
}

const nextOf = (
  { trigger }: Pick<WorkflowDefinition, 'trigger'>,
  mode: WorkflowMode,
  at: Date,
): Date | null => ('schedule' in trigger && mode !== 'off' ? nextTimeOf(trigger.schedule, at) : null);

/**
 * Switches a workflow: off, simulate or live. Off, nothing of it starts or continues; runs that wait stay where they are.
 * @throws TielineError WORKFLOW_UNAPPROVED where no version was approved.
 */
export async function setWorkflowMode(
  app: Changing,
  by: Actor,
  {
    name,
    mode,
    reason,
  }: { readonly name: string; readonly mode: WorkflowMode; readonly reason?: string | undefined },
): Promise<WorkflowRow> {
  return app.store.transaction(async (tx) => {
    const workflow = await lockNamed(tx, name);
    if (workflow.mode === mode) return workflow;
    const { approvedVersion } = workflow;
    const version =
      approvedVersion === null ? undefined : await findVersion(tx.db, workflow.id, approvedVersion);
    if (mode !== 'off' && !version)
      throw new TielineError('WORKFLOW_UNAPPROVED', `No version of ${name} was approved, so it cannot run.`);
    await changed(tx, { name, field: 'mode', before: workflow.mode, after: mode, by, reason }, async () => {
      const at = app.now();
      await setMode(tx.db, workflow.id, mode, {
        nextRunAt: version ? nextOf(version.definition, mode, at) : null,
        at,
      });
      // While it was off, the jobs of its runs ended without doing a step.
      if (workflow.mode === 'off') await enqueueRuns(tx.db, await listPendingRuns(tx.db, workflow.id));
    });
    return lockNamed(tx, name);
  });
}

/** Takes a workflow over: it runs by the rights of the new owner from its next step on. */
export async function takeOverWorkflow(app: Changing, by: Actor, name: string): Promise<WorkflowRow> {
  return app.store.transaction(async (tx) => {
    const workflow = await lockNamed(tx, name);
    const approved =
      workflow.approvedVersion === null
        ? undefined
        : await findVersion(tx.db, workflow.id, workflow.approvedVersion);
    if (approved && (approved.decidedByPrincipal === by.principalId || approved.decidedBy === by.name))
      throw new TielineError(
        'APPROVAL_OWN',
        `${by.name} approved the version that runs, and cannot own it.`,
        {
          remedy: 'Let another person take it over, or save a version that another approves.',
        },
      );
    await changed(tx, { name, field: 'owner', before: workflow.owner, after: by.name, by }, () =>
      setOwner(tx.db, workflow.id, by, app.now()),
    );
    return lockNamed(tx, name);
  });
}

/**
 * Lets a workflow that stopped by itself continue, with all its runs from where they halted. @throws TielineError WORKFLOW_NOT_STOPPED. What made it
 * stop makes it stop again if it still holds.
 */
export async function resumeWorkflow(
  app: Changing,
  by: Actor,
  { name, reason }: { readonly name: string; readonly reason?: string | undefined },
): Promise<WorkflowRow> {
  return app.store.transaction(async (tx) => {
    const workflow = await lockNamed(tx, name);
    const { stopped } = workflow;
    if (!stopped) throw new TielineError('WORKFLOW_MOVED', `${name} is not stopped.`);
    await changed(tx, { name, field: 'stopped', before: stopped.code, after: null, by, reason }, async () => {
      await setStopped(tx.db, workflow.id, null);
      await moveAll(tx, workflow, { event: 'resumed', outcome: 'resumed', by, at: app.now() });
    });
    return lockNamed(tx, name);
  });
}

/** Lets runs go that are held because the limit was reached. @throws TielineError APPROVAL_OWN to the owner: the limit asks somebody else. */
export async function releaseRuns(
  app: Changing,
  by: Actor,
  name: string,
): Promise<{ readonly released: number }> {
  return app.store.transaction(async (tx) => {
    const workflow = await lockNamed(tx, name);
    if (workflow.ownerPrincipal === by.principalId || workflow.owner === by.name)
      throw new TielineError('APPROVAL_OWN', `${by.name} owns this workflow: its limit asks somebody else.`, {
        remedy: 'Let somebody else who may change workflows release its runs, or cancel them.',
      });
    let released = 0;
    await changed(tx, { name, field: 'held_runs', before: 'held', after: 'released', by }, async () => {
      released = await moveAll(tx, workflow, { event: 'released', outcome: 'released', by, at: app.now() });
    });
    return { released };
  });
}

async function moveAll(
  tx: Tx,
  workflow: WorkflowRow,
  {
    event,
    outcome,
    by,
    at,
  }: {
    readonly event: 'resumed' | 'released';
    readonly outcome: 'resumed' | 'released';
    readonly by: Actor;
    readonly at: Date;
  },
): Promise<number> {
  const moved = await moveAllRuns(tx.db, workflow.id, { event }, at);
  const why: Why = { code: 'by_person', params: { by: by.name } };
  await writeTraces(tx.db, moved, { stepId: null, kind: 'run', outcome, why, by: by.name }, at);
  await enqueueRuns(tx.db, moved);
  return moved.length;
}

/** Removes a workflow: its runs that are not over are cancelled, and what they ask is withdrawn; what they did stays to be read. */
export async function removeWorkflow(
  app: Changing,
  by: Actor,
  { name, reason }: { readonly name: string; readonly reason?: string | undefined },
): Promise<{ readonly cancelled: number }> {
  return app.store.transaction(async (tx) => {
    const workflow = await lockNamed(tx, name);
    const at = app.now();
    let cancelled: string[] = [];
    await changed(
      tx,
      { name, field: 'removed', before: null, after: at.toISOString(), by, reason },
      async () => {
        cancelled = await moveAllRuns(tx.db, workflow.id, { event: 'cancelled' }, at);
        const why: Why = { code: 'by_person', params: { by: by.name } };
        await writeTraces(
          tx.db,
          cancelled,
          { stepId: null, kind: 'run', outcome: 'cancelled', why, by: by.name },
          at,
        );
        for (const id of cancelled) await withdrawQuestions(tx.db, id, { by: by.name, at });
        await removeWorkflowRow(tx.db, workflow.id, at);
      },
    );
    return { cancelled: cancelled.length };
  });
}
