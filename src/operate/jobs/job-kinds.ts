/**
 * What a worker does for whoever asked: one entry a kind, with what it is given and how it is done. A job may be begun again after its worker
 * was killed, so each kind continues where it was or does nothing twice.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { intersected, nowhere, type Permission, type Scope } from '../../canonical/access/index.ts';
import { poamList } from '../../canonical/lists/index.ts';
import { conflictChoices } from '../../canonical/vocabulary/index.ts';
import { type App, progressNotes, type StepProgress } from '../../engine/run/index.ts';
import type { ProgressNote } from '../../ledger/operations/index.ts';
import { evaluateAlerts } from '../../modules/alerts/index.ts';
import {
  endImport,
  endImportWith,
  importFiles,
  listScanFiles,
  readerOf,
  usualSource,
} from '../../modules/scan-files/index.ts';
import { assessRisks, loadFeed, openFeedFile } from '../../modules/intelligence/index.ts';
import { computeHistory, takeMetrics } from '../../modules/metrics/index.ts';
import { endSearch, runPrivacySearch } from '../../modules/privacy/index.ts';
import { feeds } from '../../record/intelligence/index.ts';
import { leaveReport, makeReport, requireHeldThere } from '../../modules/reports/index.ts';
import { removeUpload } from '../uploads/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { defined, type Json, type JsonObject } from '../../platform/values/index.ts';
import { entityName } from '../../record/entities/index.ts';
import { resolveConflicts } from '../../review/conflicts/index.ts';
import { type BulkEdit, editRecords } from '../../review/records/index.ts';
import { applyKeptPlan, keepNewPlan } from '../../review/plans/index.ts';
import { syncSystems } from '../../runs/sync/index.ts';
import type { Problem, RecordResult } from './jobs.sql.ts';

/** What the work of a job is given, beside what was asked for. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly note: (progress: ProgressNote) => void;
  /** Who asked. */
  readonly actor: { readonly name: string; readonly principalId: string };
  /** Where they hold a permission now; undefined: nowhere. */
  readonly holds: (permission: Permission) => Promise<Scope | undefined>;
  /** To be called with the operation as soon as it is known. */
  readonly begun: (operationId: string) => void;
  /** Records that were dealt with before the job's worker was gone. */
  readonly done: ReadonlySet<string>;
  /** Keeps what came of records, in the transaction that changed them. */
  readonly keep: (db: Kysely<Database>, results: readonly RecordResult[]) => Promise<void>;
}

interface JobKind<Payload> {
  /** Looked at again when it is done: who asked may have lost it meanwhile. */
  readonly permission: Permission;
  readonly payload: z.ZodType<Payload>;
  /** @returns what the job came to, as its reader is told. */
  readonly run: (app: App, payload: Payload, context: JobContext) => Promise<Json>;
  /** Once it is over without a result: failed, or cancelled before or after it began. */
  readonly failed?: (
    app: Pick<App, 'db' | 'uploads'>,
    payload: Payload,
    end: { readonly state: 'failed' | 'cancelled'; readonly problem: Problem | undefined },
  ) => Promise<void>;
}

const defineJob = <Payload>(kind: JobKind<Payload>): JobKind<Payload> => kind;

const scope: z.ZodType<Scope> = z.union([
  z.strictObject({ kind: z.literal('everywhere') }),
  z.strictObject({ kind: z.literal('boundaries'), systemIds: z.array(z.string()), unassigned: z.boolean() }),
]);

const syncOptions = z.strictObject({
  systems: z.array(z.string()),
  entities: z.array(z.string()).transform((names) => names.map((name) => entityName(name))),
  full: z.boolean(),
  acceptMissing: z.boolean().exactOptional(),
});

/** An edit of many POA&Ms as a request names it. @throws FILTER_INVALID; REQUEST_INVALID where it names both a filter and ids, or neither. */
export function bulkPoamEdit(
  { filter, ids, changes, shiftDays, reason }: BulkPoamRequest,
  { now, approves }: { readonly now: Date; readonly approves: Scope },
): BulkEdit {
  if ((filter === undefined) === (ids === undefined))
    throw new TielineError('REQUEST_INVALID', 'The body of the request is not what it must be.', {
      fields: [{ field: '/filter', message: 'name either a filter or ids' }],
    });
  const selection = ids
    ? ({ entity: 'poam', ids } as const)
    : ({ entity: 'poam', filter: parseFilter(poamList.filters, Object.entries(filter ?? {}), now) } as const);
  return { selection, changes, approves, ...defined({ shiftDays, reason }) };
}

export interface BulkPoamRequest {
  readonly filter?: Readonly<Record<string, string>> | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly changes: JsonObject;
  readonly shiftDays?: number | undefined;
  readonly reason?: string | undefined;
}

/** The part of a job that a run of steps is called by. */
function callerOf({ signal, note, actor, begun }: JobContext) {
  const noteOf = progressNotes();
  return { signal, report: (progress: StepProgress) => note(noteOf(progress)), by: actor.name, begun };
}

/** A worker on another machine sees an upload only where both see the directory of uploads. */
function refuseAbsent(paths: readonly string[]): void {
  const absent = paths.find((path) => !existsSync(path));
  if (absent !== undefined)
    throw new TielineError('USAGE', `${basename(absent)} is not where this worker could read it.`, {
      remedy:
        'Send the file again; if the worker runs on another machine than the server, both must see the directory of TIELINE_IMPORT_DIR.',
    });
}

export const jobKinds = {
  evaluate_alerts: defineJob({
    permission: 'alert:rules',
    payload: z.strictObject({}),
    async run(app) {
      const evaluated = await evaluateAlerts(app, { heavy: true });
      if (!evaluated) return null;
      const { raised, changed, resolved, failed, deliveries } = evaluated;
      return { raised, changed, resolved, deliveries, failed: failed.map(({ kind }) => kind) };
    },
  }),
  sync: defineJob({
    permission: 'sync:run',
    payload: syncOptions,
    async run(app, options, context) {
      const { operationId, resumed, counts } = await syncSystems(app, options, callerOf(context));
      return { operationId, resumed, counts: { ...counts } };
    },
  }),
  plan: defineJob({
    permission: 'plan:create',
    payload: syncOptions,
    async run(app, options, context) {
      return { planId: await keepNewPlan(app, context.actor, options, callerOf(context)) };
    },
  }),
  apply_plan: defineJob({
    permission: 'plan:apply',
    payload: z.strictObject({ planId: z.string(), sha256: z.string().exactOptional(), scope }),
    async run(app, { planId, sha256, scope: within }, context) {
      const by = { actor: context.actor, scope: within, caller: callerOf(context) };
      const { operationId, counts } = await applyKeptPlan(app, by, { id: planId, sha256 });
      return { operationId, counts: { ...counts } };
    },
  }),
  import: defineJob({
    permission: 'import:write',
    payload: z.strictObject({
      paths: z.array(z.string()).min(1),
      /** The source that the files are filed under. */
      source: z.string().optional(),
      keepPartial: z.boolean(),
      newSource: z.boolean(),
      timeZone: z.string().optional(),
      /** The upload that the path is of, which goes when it is over. */
      importId: z.string().optional(),
    }),
    async run(app, { paths, source, importId, ...options }, { signal, note }) {
      if (importId !== undefined) refuseAbsent(paths);
      const outcomes = await importFiles(app, await listScanFiles(readerOf(app), paths), {
        ...options,
        source: source ?? usualSource,
        signal,
        report: (file, { items }) => note({ step: file, done: items, unit: 'items' }),
      });
      if (outcomes.some(({ outcome }) => outcome === 'imported' || outcome === 'partial'))
        await assessRisks(app, 'import');
      if (importId !== undefined) {
        await endImportWith(app.db, importId, outcomes);
        await removeUpload(app, importId);
      }
      return outcomes.map(({ heldBecause, counts, ...outcome }) => ({
        ...outcome,
        counts: { ...counts },
        heldBecause: [...heldBecause],
      }));
    },
    async failed(app, { importId }, { state, problem }) {
      if (importId === undefined) return;
      const outcome = state === 'cancelled' ? 'cancelled' : 'refused';
      await endImport(app.db, importId, {
        outcome,
        files: [],
        ...(problem && outcome === 'refused' ? { problem } : {}),
      });
      await removeUpload(app, importId);
    },
  }),
  load_feed: defineJob({
    permission: 'intelligence:write',
    payload: z.strictObject({
      feed: z.enum(feeds),
      path: z.string(),
      /** The upload that the path is of, which goes when it is over. */
      uploadId: z.string(),
      /** As it was called where it came from. */
      name: z.string(),
      force: z.string().optional(),
    }),
    async run(app, { feed, path, uploadId, name, force }, { signal, actor }) {
      refuseAbsent([path]);
      const file = await openFeedFile(path, signal, name);
      const { feedDate, notes, ...loaded } = await loadFeed(app, feed, file, {
        by: actor.name,
        signal,
        force,
      });
      await removeUpload(app, uploadId);
      return { ...loaded, feedDate: feedDate?.toISOString() ?? null, notes: [...notes] };
    },
    failed: (app, { uploadId }) => removeUpload(app, uploadId),
  }),
  take_metrics: defineJob({
    permission: 'metric:write',
    payload: z.strictObject({
      only: z.array(z.string()).exactOptional(),
      history: z.boolean().exactOptional(),
    }),
    async run(app, { only, history = false }, { signal, note }) {
      const taken = await takeMetrics(app, { signal, ...(only ? { only: new Set(only) } : {}) });
      const days = history
        ? await computeHistory(app, {
            signal,
            report: (day, done) => note({ step: day, done, unit: 'days' }),
          })
        : [];
      return {
        day: taken.day,
        metrics: taken.metrics.length,
        values: taken.metrics.reduce((sum, { values }) => sum + values, 0),
        history: days.length,
      };
    },
  }),
  edit_poams: defineJob({
    permission: 'poam:write',
    payload: z.strictObject({
      /** Of the list of POA&Ms, or their ids. */
      filter: z.record(z.string(), z.string()).optional(),
      ids: z.array(z.string()).optional(),
      changes: z.record(z.string(), z.json() as z.ZodType<Json>),
      shiftDays: z.int().optional(),
      reason: z.string().optional(),
      token: z.string(),
      scope,
      /** Where the asker could extend and complete POA&Ms. */
      approves: scope.default(nowhere),
      /** The days of a filter count from here. */
      askedAt: z.iso.datetime(),
    }),
    async run(app, payload, { actor, holds, signal }) {
      const approves = intersected(payload.approves, (await holds('poam:approve')) ?? nowhere);
      const asked = bulkPoamEdit(payload, { now: new Date(payload.askedAt), approves });
      const edit = { ...asked, token: payload.token, signal };
      const { operationId, matched, changed, refused } = await editRecords(app, actor, payload.scope, edit);
      return { operationId, matched, changed, refused };
    },
  }),
  make_report: defineJob({
    permission: 'report:create',
    payload: z.strictObject({ reportId: z.uuid(), scope }),
    async run(app, { reportId }, { signal, note, holds }) {
      await requireHeldThere(app, reportId, holds);
      await makeReport(app, reportId, { signal, note: (step) => note({ step }) });
      return { reportId };
    },
    failed: (app, { reportId }, { state, problem }) =>
      leaveReport(app, reportId, {
        status: state,
        problem: problem ? { code: problem.code, message: problem.message } : null,
      }),
  }),
  privacy_search: defineJob({
    permission: 'privacy:write',
    payload: z.strictObject({ searchId: z.int() }),
    async run(app, { searchId }, { signal, note }) {
      const { read, found } = await runPrivacySearch(app, searchId, {
        signal,
        note: (progress) => note({ ...progress, unit: 'tables' }),
      });
      return { searchId, read, found };
    },
    // Said where the officer looks: the search ended without a result, and may be started again.
    failed: ({ db }, { searchId }, { state, problem }) =>
      endSearch(db, searchId, {
        code: problem?.code ?? state,
        message: problem?.message ?? `The search was ${state}.`,
      }),
  }),
  resolve_conflicts: defineJob({
    permission: 'conflict:resolve',
    payload: z.strictObject({
      ids: z.array(z.int()),
      keep: z.enum(conflictChoices),
      value: (z.json() as z.ZodType<Json>).optional(),
      reason: z.string().optional(),
    }),
    async run(app, { ids, keep, value, reason }, { signal, note, actor, holds, done, keep: keepResults }) {
      const left = ids.filter((id) => !done.has(String(id)));
      let settled = done.size;
      if (left.length > 0)
        await resolveConflicts(
          app,
          { ids: left },
          {
            choice: { keep, ...(value === undefined ? {} : { value }) },
            by: actor.name,
            reason,
            approves: (await holds('poam:approve')) ?? nowhere,
            async met(db, id, refused) {
              signal.throwIfAborted();
              await keepResults(db, [
                refused === undefined
                  ? { record: String(id), outcome: 'done' }
                  : { record: String(id), outcome: 'refused', detail: { message: refused } },
              ]);
              settled += 1;
              note({ step: 'settle', done: settled, total: ids.length, unit: 'conflicts' });
            },
          },
        );
      return { conflicts: ids.length };
    },
  }),
} as const;

export type JobKindName = keyof typeof jobKinds;
export type JobPayload<Kind extends JobKindName> = z.input<(typeof jobKinds)[Kind]['payload']>;
export const isJobKind = (name: string): name is JobKindName => Object.hasOwn(jobKinds, name);
