/** Asks a worker for work: a row that says what, and a job of the queue, in one transaction. */
import { type Actor, nowhere, type Scope, scopeFor } from '../../canonical/access/index.ts';
import type { ConflictChoice, EntityType } from '../../canonical/vocabulary/index.ts';
import { fetchSystem } from '../../engine/connections/index.ts';
import type { App, SyncOptions } from '../../engine/run/index.ts';
import { requestCancel } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { enqueueJob, ensureQueue } from '../../platform/queue/index.ts';
import {
  findPrivacySearch,
  type PrivacyRequest,
  setSearchJob,
  startPrivacySearch,
} from '../../modules/privacy/index.ts';
import { askForReport, type ReportAsked, setReportJob } from '../../modules/reports/index.ts';
import { defined, type Json, type JsonObject } from '../../platform/values/index.ts';
import { type ConflictListFilter, previewResolution } from '../../review/conflicts/index.ts';
import { fetchPlan } from '../../review/plans/index.ts';
import { tryRecords } from '../../review/records/index.ts';
import { type BulkPoamRequest, bulkPoamEdit, type JobKindName, type JobPayload } from './job-kinds.ts';
import { tellFailed } from './run-job.ts';
import {
  cancelJobRow,
  findJob,
  findJobPayload,
  insertJob,
  type Job,
  type JobFilter,
  listJobs as listRows,
  listResults,
  type RecordResult,
} from './jobs.sql.ts';

/** The task of the queue that does a requested job. */
export const requestedJob = 'requested job';

type Who = Pick<Actor, 'name' | 'principalId'>;
type Asking = Pick<App, 'store' | 'queue'>;

/** A job whose worker was killed is taken up again so often; one that has to wait for another one is put back each time. */
const attempts = 50;

/** @param total how much there is to do, where that is known. @returns the job's id. @throws WORKER_NOT_INSTALLED. */
export async function requestJob<Kind extends JobKindName>(
  app: Asking,
  actor: Who,
  kind: Kind,
  {
    payload,
    total,
    beside,
  }: {
    readonly payload: JobPayload<Kind>;
    readonly total?: number;
    /** What is kept together with it. */
    readonly beside?: (db: App['db'], jobId: string) => Promise<void>;
  },
): Promise<string> {
  await ensureQueue(app.queue);
  return app.store.transaction(async (tx) => {
    const row = { kind, payload: payload as JsonObject, by: actor.name, principalId: actor.principalId };
    const id = await insertJob(tx.db, { ...row, total });
    await beside?.(tx.db, id);
    await enqueueJob(tx.db, {
      task: requestedJob,
      payload: { job: id },
      key: `job:${id}`,
      // Files are read one after the other; what else has to wait for its turn finds out by itself.
      queue: kind === 'import' ? 'job:import' : undefined,
      attempts,
    });
    return id;
  });
}

/** Names of systems that there are: a wrong one is refused now, and not by the worker. @throws SYSTEM_UNKNOWN. */
async function syncPayload(app: Pick<App, 'db'>, options: SyncOptions) {
  for (const name of options.systems) await fetchSystem(app, name);
  const { systems, entities, full, acceptMissing } = options;
  const asked = { systems: [...systems], entities: [...entities] as EntityType[], full };
  return acceptMissing === undefined ? asked : { ...asked, acceptMissing };
}

/** Asks for a sync. @returns the job's id. @throws SYSTEM_UNKNOWN, WORKER_NOT_INSTALLED. */
export const requestSync = async (
  app: Asking & Pick<App, 'db'>,
  actor: Who,
  options: SyncOptions,
): Promise<string> => requestJob(app, actor, 'sync', { payload: await syncPayload(app, options) });

/** Asks for a plan that is kept; the job's result is `{ planId }`. @returns the job's id. */
export const requestPlan = async (
  app: Asking & Pick<App, 'db'>,
  actor: Who,
  options: SyncOptions,
): Promise<string> => requestJob(app, actor, 'plan', { payload: await syncPayload(app, options) });

/**
 * Asks for a kept plan to be applied. @param scope where the actor may apply plans.
 * @returns the job's id. @throws PLAN_UNKNOWN; PLAN_MOVED where the checksum is not the plan's.
 */
export async function requestApply(
  app: Asking & Pick<App, 'db'>,
  actor: Who,
  scope: Scope,
  plan: { readonly id: string; readonly sha256: string },
): Promise<string> {
  const { planId, sha256, itemsOutside } = await fetchPlan(app, scope, plan.id);
  if (itemsOutside > 0)
    throw new TielineError('PLAN_UNKNOWN', `Plan ${plan.id} holds records that you may not change.`);
  if (sha256 !== plan.sha256)
    throw new TielineError('PLAN_MOVED', `The plan ${plan.id} is not what you reviewed.`);
  return requestJob(app, actor, 'apply_plan', { payload: { planId, sha256, scope } });
}

/**
 * Asks for many conflicts to be settled in one way. @param scope where the actor may settle conflicts.
 * @param decided.token of the preview: only what was shown is settled.
 * @returns the job's id. @throws PLAN_MOVED where other conflicts fit by now.
 */
export async function requestResolution(
  app: Asking & Pick<App, 'db' | 'modules'>,
  { actor, scope }: { readonly actor: Who; readonly scope: Scope },
  which: { readonly filter: ConflictListFilter } | { readonly ids: readonly number[] },
  decided: {
    readonly keep: ConflictChoice;
    readonly value?: Json;
    readonly reason?: string;
    readonly token?: string;
  },
): Promise<string> {
  const { ids, token } = await previewResolution(app, scope, which, decided);
  if (decided.token !== undefined && decided.token !== token)
    throw new TielineError('PLAN_MOVED', 'The conflicts that fit are not those that you were shown.');
  const { keep, value, reason } = decided;
  return requestJob(app, actor, 'resolve_conflicts', {
    payload: { ids: [...ids], keep, value, reason },
    total: ids.length,
  });
}

/**
 * Asks for a report to be made by a worker. @param scope where the actor sees report templates. @returns its id and the job's.
 * @throws REPORT_TEMPLATE_UNKNOWN, REPORT_INVALID, SNAPSHOT_UNKNOWN, NOT_ALLOWED, WORKER_NOT_INSTALLED.
 */
export async function requestReport(
  app: App,
  { actor, scope }: { readonly actor: Actor; readonly scope: Scope },
  asked: ReportAsked,
): Promise<{ readonly reportId: string; readonly jobId: string }> {
  await ensureQueue(app.queue);
  const { id: reportId, scope: covered } = await askForReport(app, { actor, scope }, asked);
  const jobId = await requestJob(app, actor, 'make_report', {
    payload: { reportId, scope: covered },
    beside: (db, job) => setReportJob(db, reportId, job),
  });
  return { reportId, jobId };
}

/**
 * Starts the search for the person of a privacy request, by a worker. One that runs already is not started twice.
 * @throws TielineError USAGE, RECORD_UNKNOWN, WORKER_NOT_INSTALLED.
 */
export async function requestPrivacySearch(
  app: App,
  actor: Who,
  asked: { readonly id: number; readonly terms: readonly string[] },
): Promise<{ readonly searchId: number; readonly jobId: string; readonly request: PrivacyRequest }> {
  await ensureQueue(app.queue);
  const { searchId, request } = await startPrivacySearch(app, asked.id, { terms: asked.terms, by: actor });
  const running = (await findPrivacySearch(app, asked.id))?.jobId ?? undefined;
  const before = running === undefined ? undefined : await findJob(app.db, running);
  if (before?.state === 'queued' || before?.state === 'running')
    return { searchId, jobId: before.id, request };
  const jobId = await requestJob(app, actor, 'privacy_search', {
    payload: { searchId },
    beside: (db, job) => setSearchJob(db, searchId, job),
  });
  return { searchId, jobId, request };
}

/**
 * Asks for an edit of many POA&Ms, as it was tried. @param scope where the actor may edit them. @returns the job's id.
 * @throws SELECTION_MOVED where the records are no longer those that were shown.
 */
export async function requestPoamEdits(
  app: App,
  { actor, scope }: { readonly actor: Actor; readonly scope: Scope },
  { token, ...request }: BulkPoamRequest & { readonly token: string },
): Promise<string> {
  const now = app.now();
  const approves = scopeFor(actor, 'poam:approve', now) ?? nowhere;
  const tried = await tryRecords(app, scope, bulkPoamEdit(request, { now, approves }));
  if (tried.token !== token)
    throw new TielineError('SELECTION_MOVED', 'The POA&Ms are no longer those that you were shown.');
  const { filter, ids, changes, shiftDays, reason } = request;
  const asked = { changes: { ...changes }, token, scope, approves, askedAt: now.toISOString() };
  return requestJob(app, actor, 'edit_poams', {
    payload: {
      ...asked,
      ...defined({ filter: filter && { ...filter }, ids: ids && [...ids], shiftDays, reason }),
    },
    total: tried.matched,
  });
}

/** @throws JOB_UNKNOWN, also where it is another's and `own` is asked for. */
export async function fetchJob(
  { db }: Pick<App, 'db'>,
  id: string,
  own?: Pick<Actor, 'principalId'>,
): Promise<Job> {
  const job = await findJob(db, id);
  if (job && (own === undefined || job.requestedByPrincipal === own.principalId)) return job;
  throw new TielineError('JOB_UNKNOWN', `There is no job ${id}.`);
}

/** Jobs that fit, the latest first. */
export const listJobs = ({ db }: Pick<App, 'db'>, filter: JobFilter, limit: number): Promise<Job[]> =>
  listRows(db, filter, limit);

/** What came of the records of a job. @param page.after the record that the page before ended with. */
export const listJobResults = (
  { db }: Pick<App, 'db'>,
  id: string,
  page: { readonly after?: string; readonly limit: number },
): Promise<RecordResult[]> => listResults(db, id, page);

/** Asks for a job to end: one that waits ends at once, one that is done ends within seconds. @throws JOB_UNKNOWN. */
export async function cancelJob(
  app: Pick<App, 'db' | 'uploads'>,
  actor: Pick<Actor, 'name'>,
  id: string,
): Promise<Job> {
  const { db } = app;
  const before = await fetchJob({ db }, id);
  await cancelJobRow(db, id, actor.name);
  const job = await fetchJob({ db }, id);
  const payload = await findJobPayload(db, id);
  if (before.state === 'queued' && job.state === 'cancelled' && payload !== undefined)
    await tellFailed(app, { kind: job.kind, payload }, { state: 'cancelled', problem: undefined });
  // Its worker reads the wish from either.
  if (job.state === 'running' && job.operationId !== null)
    await requestCancel(db, job.operationId, actor.name);
  return job;
}
