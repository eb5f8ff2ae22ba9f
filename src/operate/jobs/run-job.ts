/** Does a requested job, for the worker that took it from the queue. */
import { z } from 'zod';
import type { App } from '../../engine/run/index.ts';
import { watching } from '../../ledger/operations/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { isDatabaseFault } from '../../platform/postgres/index.ts';
import { isJsonObject, type Json } from '../../platform/values/index.ts';
import {
  everywhere,
  isInside,
  type Permission,
  permissions,
  type Scope,
  scopeFor,
} from '../../canonical/access/index.ts';
import { actorOf } from '../accounts/index.ts';
import { isJobKind, jobKinds, type JobContext } from './job-kinds.ts';
import {
  beginJob,
  endJob,
  findJobCanceller,
  insertResults,
  type JobToDo,
  listResults,
  type Problem,
  requeueJob,
  saveJobProgress,
  setOperation,
} from './jobs.sql.ts';

const queued = z.object({ job: z.string() });

function problemOf(error: unknown): Problem {
  if (!(error instanceof TielineError)) return { code: 'INTERNAL', message: messageOf(error) };
  const { code, message, remedy, fields } = error;
  return { code, message, remedy, fields: fields.map((fault) => ({ ...fault })) };
}

/** Another one is at it, or the database is away: it is done later. */
const mustWait = (error: unknown): boolean =>
  isDatabaseFault(error) ||
  (error instanceof TielineError && (error.code === 'SYNC_RUNNING' || error.code === 'LOCK_LOST'));

const localPrefix = 'local:';

/** Of a job that reaches only so far. */
const scopeIn = (payload: Json): Scope | undefined =>
  isJsonObject(payload) && isJsonObject(payload['scope'])
    ? (payload['scope'] as unknown as Scope) // as its kind's schema had it when it was asked for
    : undefined;

/** Where the asker holds a permission at this moment. */
async function heldNow(
  app: App,
  { requestedByPrincipal: principalId }: Pick<JobToDo, 'requestedByPrincipal'>,
  permission: Permission,
): Promise<Scope | undefined> {
  if (principalId.startsWith(localPrefix)) return everywhere;
  const actor = await actorOf(app, principalId);
  return actor && scopeFor(actor, permission, app.now());
}

/**
 * Whoever asked may have been locked out, or lost the right, since: then nothing is done in his name. The operator at the machine has an
 * account of the system and none of ours. @throws TielineError NOT_ALLOWED.
 */
async function requireStillAllowed(app: App, job: JobToDo): Promise<void> {
  if (!isJobKind(job.kind)) return;
  const { permission } = jobKinds[job.kind];
  const scope = await heldNow(app, job, permission);
  const asked = scopeIn(job.payload);
  if (scope && (asked === undefined || isInside(asked, scope))) return;
  throw new TielineError(
    'NOT_ALLOWED',
    `${job.requestedBy} may not ${permissions[permission].title} any more.`,
  );
}

/** @throws what lets the queue try again: the worker ends, another one is at it, the database is away. */
export async function runJob(app: App, payload: unknown, signal: AbortSignal): Promise<void> {
  const { job: id } = queued.parse(payload);
  const job = await beginJob(app.db, id);
  if (!job) return;
  if (job.cancelRequestedBy !== null) {
    await tellFailed(app, job, { state: 'cancelled', problem: undefined });
    await endJob(app.db, id, { state: 'cancelled' });
    return;
  }
  app.log.info({ job: id, kind: job.kind, by: job.requestedBy }, 'job begins');
  try {
    await requireStillAllowed(app, job);
    const doing = (): Promise<Json> => work(app, job, signal);
    const result = await (app.timings?.measure('job', 'worker', job.kind, doing) ?? doing());
    await endJob(app.db, id, { state: 'succeeded', result });
    app.log.info({ job: id, kind: job.kind }, 'job done');
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = problemOf(error);
    app.log.warn({ job: id, kind: job.kind, code: problem.code }, `job: ${problem.message}`);
    if (mustWait(error)) {
      await requeueJob(app.db, id, problem).catch(() => undefined);
      throw error;
    }
    const state = problem.code === 'CANCELLED' ? 'cancelled' : 'failed';
    await tellFailed(app, job, { state, problem });
    await endJob(app.db, id, { state, problem });
  }
}

/** Lets the kind of a job that came to nothing clear up after it. */
export async function tellFailed(
  app: Pick<App, 'db' | 'uploads'>,
  job: Pick<JobToDo, 'kind' | 'payload'>,
  end: { readonly state: 'failed' | 'cancelled'; readonly problem: Problem | undefined },
): Promise<void> {
  if (!isJobKind(job.kind)) return;
  const spec: {
    readonly payload: z.ZodType;
    readonly failed?: (app: Pick<App, 'db' | 'uploads'>, payload: never, told: typeof end) => Promise<void>;
  } = jobKinds[job.kind];
  const payload = spec.payload.safeParse(job.payload);
  if (payload.success) await spec.failed?.(app, payload.data as never, end); // its own schema gave it
}

async function work(app: App, job: JobToDo, signal: AbortSignal): Promise<Json> {
  const { id, kind, requestedBy: name, requestedByPrincipal: principalId } = job;
  if (!isJobKind(kind)) throw new TielineError('INTERNAL', `There is no kind of job ${kind}.`);
  const place = {
    save: (note: Parameters<typeof saveJobProgress>[2]) => saveJobProgress(app.db, id, note),
    look: () => findJobCanceller(app.db, id),
  };
  const done = await doneBefore(app, id);
  return watching(place, signal, async ({ signal: watched, note }) => {
    let begun: Promise<void> = Promise.resolve();
    const context: JobContext = {
      signal: watched,
      note,
      actor: { name, principalId },
      holds: (permission) => heldNow(app, job, permission),
      begun: (operationId) => void (begun = setOperation(app.db, id, operationId).catch(() => undefined)),
      done,
      keep: (db, results) => insertResults(db, id, results),
    };
    try {
      return await runKind(app, kind, job.payload, context);
    } finally {
      await begun;
    }
  });
}

/** The payload was checked when it was asked for, perhaps by an earlier version. */
function runKind(app: App, kind: keyof typeof jobKinds, payload: Json, context: JobContext): Promise<Json> {
  const spec: {
    readonly payload: z.ZodType;
    readonly run: (app: App, payload: never, context: JobContext) => Promise<Json>;
  } = jobKinds[kind];
  return spec.run(app, spec.payload.parse(payload) as never, context); // its own schema gave it
}

const resultsAtOnce = 5_000;

async function doneBefore({ db }: Pick<App, 'db'>, id: string): Promise<ReadonlySet<string>> {
  const done = new Set<string>();
  for (let after: string | undefined; ;) {
    const page = await listResults(db, id, { after, limit: resultsAtOnce });
    for (const { record } of page) done.add(record);
    if (page.length < resultsAtOnce) return done;
    after = page.at(-1)?.record;
  }
}
