/** Looks at what happened in the record since the last look, and starts the runs that it starts: in one transaction with how far it looked. */
import { type RecordKind, triggerEvents, type TriggerEvent } from '../../../canonical/workflow/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { WorkflowParts } from '../parts.ts';
import { findRunsOfOperations } from '../rows/operations.sql.ts';
import { listWorkflowRows, type WorkflowRow } from '../rows/workflows.sql.ts';
import { forgetCursors, lockCursor, moveCursor, readableUpTo } from './cursor.sql.ts';
import { readEvents, type RecordEvent, sourceNames, sourceOf, spread } from './sources.sql.ts';
import {
  bothStarted,
  type Cause,
  mayStart,
  noneStarted,
  type StartedCount,
  startingOf,
  startRuns,
} from './start-runs.ts';

/** So many rows of a source are looked at in one transaction. */
const pageOf = 2_000;

const listens = (workflow: WorkflowRow): boolean => mayStart(workflow) && workflow.triggerEvent !== null;

/** @returns how many runs were started, held and cut. */
export async function dispatchEvents(
  app: App,
  parts: WorkflowParts,
  signal: AbortSignal,
): Promise<StartedCount> {
  const listeners = (await listWorkflowRows(app.db)).filter(listens);
  const wanted = new Set(listeners.map(({ triggerEvent }) => triggerEvent));
  const sources = sourceNames.filter((name) => sourceOf(name).events.some((event) => wanted.has(event)));
  await forgetCursors(app.db, sources);
  let total = noneStarted;
  for (const name of sources)
    for (let more = true; more && !signal.aborted;) {
      const page = await dispatchPage(app, parts, name, listeners);
      total = bothStarted(total, page);
      ({ more } = page);
    }
  return total;
}

async function dispatchPage(
  app: App,
  parts: WorkflowParts,
  name: (typeof sourceNames)[number],
  listeners: readonly WorkflowRow[],
): Promise<StartedCount & { readonly more: boolean }> {
  const source = sourceOf(name);
  const nothing = { ...noneStarted, more: false };
  return app.store.asOne(async (store) => {
    const within = { ...app, store, db: store.db };
    const cursor = await lockCursor(store.db, name, source.highest, app.now());
    if (!cursor) return { keep: true, result: nothing };
    const upTo = await readableUpTo(store.db, cursor, source.highest);
    if (upTo <= cursor.position) return { keep: true, result: nothing };
    const events = await readEvents(store.db, source, { after: cursor.position, upTo, limit: pageOf });
    const isAtEnd = events.length < pageOf;
    const count = await startAll(within, parts, events, listeners);
    await moveCursor(store.db, name, isAtEnd ? upTo : (events.at(-1)?.number ?? upTo), {
      isAtEnd,
      now: app.now(),
    });
    return { keep: true, result: { ...count, more: !isAtEnd } };
  });
}

async function startAll(
  app: App,
  parts: WorkflowParts,
  events: readonly RecordEvent[],
  listeners: readonly WorkflowRow[],
): Promise<StartedCount> {
  let total = noneStarted;
  const byEvent = Map.groupBy(events, ({ event }) => event);
  for (const workflow of listeners) {
    const happened = byEvent.get(workflow.triggerEvent as TriggerEvent); // null listens to nothing
    const starting = happened && (await startingOf(app, parts, workflow));
    if (!happened || !starting) continue;
    const causes = await causesOf(app, happened, starting.definition.record);
    const start = { trigger: happened[0]?.event ?? '', by: null };
    total = bothStarted(total, await startRuns(app, parts, starting, causes, start));
  }
  return total;
}

/** What one operation does to a record is one cause, however many fields it changes. */
async function causesOf(
  app: App,
  happened: readonly RecordEvent[],
  record: RecordKind,
): Promise<readonly Cause[]> {
  const [{ event } = { event: 'poam.changed' as const }] = happened;
  const pairs = Map.groupBy(
    await spread(app.db, triggerEvents[event].record, record, [
      ...new Set(happened.map(({ recordId }) => recordId)),
    ]),
    ({ from }) => from,
  );
  const byRun = await findRunsOfOperations(app.db, [
    ...new Set(happened.flatMap(({ operationId }) => operationId ?? [])),
  ]);
  const causes = happened.flatMap(({ number, recordId, operationId }) =>
    (pairs.get(recordId) ?? []).map(({ to }): Cause => {
      const run = operationId === null ? undefined : byRun.get(operationId);
      return {
        recordId: to,
        key: `${event}:${operationId ?? number}:${to}`,
        causedBy: run?.executionId ?? null,
        depth: run ? run.depth + 1 : 0,
      };
    }),
  );
  return [...new Map(causes.map((cause) => [cause.key, cause])).values()];
}
