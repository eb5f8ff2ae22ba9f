/** Runs as rows: made once a trigger and record, moved by events only, and locked while a step is done. */
import { sql, type Kysely } from 'kysely';
import type { RecordKind, WorkflowDefinition, WorkflowMode } from '../../../canonical/workflow/index.ts';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import { runTransitions, type RunEvent, type RunState, statesBefore } from '../executor/run-states.ts';
import type { ActionChange } from '../parts.ts';
import type { TraceOutcome, Why } from '../executor/trace-words.ts';

/** A run that was started by a run that was started by a run, so many times, is cut: workflows that start each other in a circle end. */
export const deepest = 5;

/** A run to be made. */
export interface RunToStart {
  readonly recordId: string;
  readonly boundary: string | null;
  /** What started it, so that nothing starts two. */
  readonly key: string;
  readonly causedBy: string | null;
  readonly depth: number;
}

export interface StartedRun {
  readonly executionId: string;
  readonly key: string;
  readonly status: RunState;
  readonly depth: number;
}

/**
 * Makes runs, those that are not there yet. One statement: a page of events is a page of runs.
 * @param free how many more records the workflow may touch today; runs beyond are held.
 */
export async function insertRuns(
  db: Kysely<Database>,
  workflow: {
    readonly id: number;
    readonly version: number;
    readonly mode: Exclude<WorkflowMode, 'off'>;
    readonly recordKind: RecordKind;
    readonly firstStep: string;
  },
  runs: readonly RunToStart[],
  start: {
    readonly trigger: string;
    readonly by: { readonly name: string; readonly principalId: string } | null;
    readonly free: number;
    /** As the workflow says it, for those that are held. */
    readonly limit: number;
    readonly at: Date;
  },
): Promise<StartedRun[]> {
  if (runs.length === 0) return [];
  const { rows } = await sql<StartedRun>`
    insert into workflow_executions (workflow_id, status, started_at, version, mode, record_kind, record_id, system_id, trigger_key, trigger_kind,
                                     started_by, started_by_principal, caused_by, depth, current_step, step_since, updated_at, problem)
    select ${workflow.id}::int, case when r.depth > ${deepest} then 'failed' when r.place <= ${start.free} then 'pending' else 'held' end, ${start.at}::timestamptz at time zone 'UTC',
           ${workflow.version}::int, ${workflow.mode}, ${workflow.recordKind}, r."recordId", r.boundary, r.key, ${start.trigger},
           ${start.by?.name ?? null}, ${start.by?.principalId ?? null}, r."causedBy", r.depth, ${workflow.firstStep}, ${start.at}::timestamptz,
           ${start.at}::timestamptz,
           case when r.depth > ${deepest} then jsonb_build_object('code', 'too_deep', 'params', jsonb_build_object('depth', r.depth))
                when r.place > ${start.free} then ${storableJson({ code: 'limit', params: { limit: start.limit } })}::jsonb end
      from (select row_number() over (partition by e.depth > ${deepest}) as place, e.* from jsonb_to_recordset(${storableJson(runs)}::jsonb)
              as e("recordId" text, boundary text, key text, "causedBy" uuid, depth int)
             where not exists (select from workflow_executions known where known.workflow_id = ${workflow.id} and known.trigger_key = e.key)) r
    on conflict (workflow_id, trigger_key) do nothing
    returning execution_id as "executionId", trigger_key as key, status, depth`.execute(db);
  if (rows.length > 0)
    await sql`update workflows set last_started_at = ${start.at}::timestamptz where id = ${workflow.id}`.execute(
      db,
    );
  return rows;
}

/**
 * How many records a workflow has touched since, at most its limit: runs that were neither held, nor cut, nor cancelled before any of their steps did
 * something.
 */
export async function countTouched(
  db: Kysely<Database>,
  { id, limit }: { readonly id: number; readonly limit: number },
  since: Date,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (
      select distinct e.record_id from workflow_executions e
       where e.workflow_id = ${id} and e.started_at >= ${since}::timestamptz at time zone 'UTC' and e.mode = 'live' and e.status <> 'held'
         and not (e.status = 'failed' and e.problem ->> 'code' = 'too_deep')
         and not (e.status = 'cancelled'
                  and not exists (select from workflow_traces t where t.execution_id = e.execution_id and t.kind <> 'run'))
       limit ${limit}) touched`.execute(db);
  return rows[0]?.n ?? 0;
}

/** A run as the executor reads it, with the version that it follows. */
export interface OpenRun {
  readonly executionId: string;
  readonly workflowId: number;
  readonly workflow: string;
  readonly owner: string;
  readonly ownerPrincipal: string;
  readonly version: number;
  readonly sha256: string | null;
  readonly isApproved: boolean;
  readonly mode: Exclude<WorkflowMode, 'off'>;
  readonly status: RunState;
  readonly recordKind: RecordKind;
  readonly recordId: string;
  readonly boundary: string | null;
  readonly startedBy: string | null;
  readonly startedByPrincipal: string | null;
  readonly depth: number;
  readonly currentStep: string | null;
  readonly stepSince: Date;
  readonly wakeAt: Date | null;
  readonly reminded: number;
  readonly attempts: number;
  readonly traces: number;
}

const openColumns = sql`
    e.execution_id as "executionId", e.workflow_id as "workflowId", w.workflow_name as workflow, w.owner_name as owner,
    w.owner_principal as "ownerPrincipal", e.version, v.sha256, coalesce(v.state = 'approved', false) as "isApproved", e.mode, e.status, e.record_kind as "recordKind", e.record_id as "recordId",
    e.system_id as boundary, e.started_by as "startedBy", e.started_by_principal as "startedByPrincipal", e.depth,
    e.current_step as "currentStep", e.step_since as "stepSince", e.wake_at as "wakeAt", e.reminded, e.attempts, e.traces`;

/** A workflow whose runs continue: switched on, and not stopped. */
const continues = sql`w.mode <> 'off' and w.stopped_code is null and w.removed_at is null`;

/**
 * A run in one of the states, locked until the transaction ends.
 * @returns undefined where it is in another state, its workflow is off or stopped, or another process is at it.
 */
export async function lockRun(
  db: Kysely<Database>,
  executionId: string,
  states: readonly RunState[],
): Promise<OpenRun | undefined> {
  const { rows } = await sql<OpenRun>`
    select ${openColumns} from workflow_executions e join workflows w on w.id = e.workflow_id
      left join workflow_versions v on v.workflow_id = e.workflow_id and v.version = e.version
     where e.execution_id = ${executionId}::uuid and e.status = any(${[...states]}::text[]) and ${continues}
       for update of e skip locked`.execute(db);
  return rows[0];
}

/** A run whatever its workflow's state, locked: for what people do. */
export async function lockAnyRun(db: Kysely<Database>, executionId: string): Promise<OpenRun | undefined> {
  const { rows } = await sql<OpenRun>`
    select ${openColumns} from workflow_executions e join workflows w on w.id = e.workflow_id
      left join workflow_versions v on v.workflow_id = e.workflow_id and v.version = e.version
     where e.execution_id = ${executionId}::uuid for update of e`.execute(db);
  return rows[0];
}

export async function fetchRunDefinition(
  db: Kysely<Database>,
  { workflowId, version }: Pick<OpenRun, 'workflowId' | 'version'>,
): Promise<WorkflowDefinition | undefined> {
  const { rows } = await sql<{ definition: WorkflowDefinition }>`
    select definition from workflow_versions where workflow_id = ${workflowId} and version = ${version}`.execute(
    db,
  );
  return rows[0]?.definition;
}

export interface RunMove {
  readonly event: RunEvent;
  /** Where it is next; null: nowhere. Absent: where it was. */
  readonly step?: string | null;
  readonly wakeAt?: Date | null;
  readonly reminded?: number;
  readonly attempts?: number;
  readonly problem?: Why | null;
}

/** Moves a run by an event. @throws Error where the event cannot happen in its state: the caller locked it in another. */
export async function moveRun(
  db: Kysely<Database>,
  run: Pick<OpenRun, 'executionId' | 'status'>,
  move: RunMove,
  at: Date,
): Promise<RunState> {
  const next = runTransitions[run.status][move.event];
  if (next === null) throw new Error(`a run that is ${run.status} was moved by ${move.event}`);
  const over = next === 'completed' || next === 'ended' || next === 'cancelled' || next === 'failed';
  await sql`
    update workflow_executions set status = ${next}, updated_at = ${at}::timestamptz,
           current_step = case when ${move.step === undefined} then current_step else ${move.step ?? null} end,
           step_since = case when ${move.step === undefined} then step_since else ${at}::timestamptz end,
           wake_at = ${move.wakeAt ?? null}::timestamptz,
           reminded = case when ${move.step === undefined} then coalesce(${move.reminded ?? null}::int, reminded) else 0 end,
           attempts = ${move.attempts ?? 0},
           problem = ${move.problem ? storableJson(move.problem) : null}::jsonb,
           completed_at = case when ${over} then ${at}::timestamptz at time zone 'UTC' end
     where execution_id = ${run.executionId}::uuid`.execute(db);
  return next;
}

export interface TraceToWrite {
  readonly stepId: string | null;
  readonly kind: 'action' | 'approve' | 'wait' | 'branch' | 'run';
  readonly outcome: TraceOutcome;
  readonly why: Why;
  readonly changes?: readonly ActionChange[];
  readonly operationId?: string;
  readonly by?: string;
}

/** Adds rows to a trace, in the transaction of what they tell of. */
export async function writeTraces(
  db: Kysely<Database>,
  executionIds: readonly string[],
  trace: TraceToWrite,
  at: Date,
): Promise<void> {
  if (executionIds.length === 0) return;
  await sql`
    with counted as (
      update workflow_executions set traces = traces + 1 where execution_id = any(${[...executionIds]}::uuid[]) returning execution_id, traces
    )
    insert into workflow_traces (execution_id, number, step_id, kind, outcome, why, changes, operation_id, by_name, at)
    select execution_id, traces, ${trace.stepId}, ${trace.kind}, ${trace.outcome}, ${storableJson(trace.why)}::jsonb,
           ${storableJson(trace.changes ?? [])}::jsonb, ${trace.operationId ?? null}::uuid, ${trace.by ?? null}, ${at}::timestamptz
      from counted`.execute(db);
}

/** Runs whose time has come, the longest due first; those of workflows that are off or stopped wait on. */
export async function listDueRuns(db: Kysely<Database>, now: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select e.execution_id as id from workflow_executions e join workflows w on w.id = e.workflow_id
     where e.wake_at <= ${now}::timestamptz and e.status in ('waiting', 'asking') and ${continues}
     order by e.wake_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Runs that could continue and that nothing has touched for a while: their job was lost, or given up by the queue. */
export async function listLeftRuns(db: Kysely<Database>, before: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select e.execution_id as id from workflow_executions e join workflows w on w.id = e.workflow_id
     where e.status = 'pending' and e.updated_at < ${before}::timestamptz and ${continues}
     order by e.updated_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Runs of a workflow that could continue. */
export async function listPendingRuns(db: Kysely<Database>, workflowId: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select execution_id as id from workflow_executions where workflow_id = ${workflowId} and status = 'pending' order by id`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Touches runs that are queued again, so that they are not queued by each look. */
export async function touchRuns(db: Kysely<Database>, ids: readonly string[], at: Date): Promise<void> {
  await sql`update workflow_executions set updated_at = ${at}::timestamptz where execution_id = any(${[...ids]}::uuid[]) and status = 'pending'`.execute(
    db,
  );
}

/** Moves all runs of a workflow that an event can happen to. @returns which. */
export async function moveAllRuns(
  db: Kysely<Database>,
  workflowId: number,
  {
    event,
    problem = null,
    states = statesBefore(event),
  }: { readonly event: RunEvent; readonly problem?: Why | null; readonly states?: readonly RunState[] },
  at: Date,
): Promise<string[]> {
  const to = [...new Set(states.map((state) => runTransitions[state][event]))];
  const [next] = to;
  if (next === undefined || next === null || to.length > 1)
    throw new Error(`${event} does not lead to one state`);
  const over = next === 'cancelled';
  const { rows } = await sql<{ id: string }>`
    update workflow_executions set status = ${next}, updated_at = ${at}::timestamptz, wake_at = null, attempts = 0,
           problem = ${problem ? storableJson(problem) : null}::jsonb,
           completed_at = case when ${over} then ${at}::timestamptz at time zone 'UTC' end
     where workflow_id = ${workflowId} and status = any(${[...states]}::text[]) returning execution_id as id`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

export interface TraceRow {
  readonly number: number;
  readonly stepId: string | null;
  readonly kind: TraceToWrite['kind'];
  readonly outcome: TraceOutcome;
  readonly why: Why;
  readonly changes: readonly ActionChange[];
  readonly operationId: string | null;
  readonly by: string | null;
  readonly at: Date;
}

export async function listTraces(
  db: Kysely<Database>,
  executionId: string,
  limit = 1_000,
): Promise<TraceRow[]> {
  const { rows } = await sql<TraceRow>`
    select number, step_id as "stepId", kind, outcome, why, changes, operation_id as "operationId", by_name as by, at
      from workflow_traces where execution_id = ${executionId}::uuid order by number limit ${limit}`.execute(
    db,
  );
  return rows;
}
