/**
 * A person edits many records at once: those of a filter, or some by id. First it is tried: what would change, what is refused and why, and
 * a token for exactly that set. The run takes the token, is one operation of the journal, and continues where it was after an interruption:
 * which records it is about, with the version of each, and how far it has come are kept in the operation; each page of records, their journal
 * and the position are committed together.
 */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Actor, Scope } from '../../canonical/access/index.ts';
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import type { Database, SessionLock, Tx } from '../../platform/postgres/index.ts';
import {
  bulkStep,
  type BulkState,
  fetchBulk,
  findBulk,
  insertHeldRecords,
  listBulkOutcomes,
  saveBulkPosition,
  withOperation,
} from '../../ledger/operations/index.ts';
import { linkedEntity, lockRows } from '../../record/entities/index.ts';
import {
  listMilestoneIds,
  listPoamIds,
  type MilestoneFilter,
  type PoamFilter,
} from '../../record/poams/index.ts';
import type { App } from '../../engine/run/index.ts';
import { applyEdits, type DecidedEdit } from './apply-edits.ts';
import { decideEdit, type EditedRecord, type EditVerdict } from './decide-edit.ts';
import { type EditableEntity, gatherRecords } from './gather-records.ts';
import { fetchRules } from './record-rules.ts';

/** Which records: all of a filter, or those named. */
export type Selection =
  | { readonly entity: 'poam'; readonly filter: PoamFilter }
  | { readonly entity: 'milestone'; readonly filter: MilestoneFilter }
  | { readonly entity: EditableEntity; readonly ids: readonly string[] };

/** Who edits: what the journal keeps of them. */
export type Editor = Pick<Actor, 'principalId' | 'name'>;

export interface BulkEdit {
  readonly selection: Selection;
  /** New values by field, the same for all. */
  readonly changes: JsonObject;
  /** Moves the scheduled completion of each by so many days; one without such a date keeps none. */
  readonly shiftDays?: number | undefined;
  readonly reason?: string | undefined;
  /** Where the editor may end POA&Ms. */
  readonly approves: Scope;
}

export interface RefusedEdit {
  readonly id: string;
  readonly code: 'EDIT_REFUSED' | 'RECORD_MOVED' | 'RECORD_UNKNOWN';
  readonly faults: readonly FieldFault[];
}

export interface TriedEdit {
  readonly matched: number;
  readonly willChange: number;
  readonly refused: readonly RefusedEdit[];
  /** For the run: it stands for these records as they are, and this edit of them. */
  readonly token: string;
}

export interface BulkOutcome {
  readonly operationId: string;
  readonly matched: number;
  readonly changed: number;
  readonly refused: number;
  /** What became of each record. */
  readonly outcomes: readonly {
    readonly id: string;
    readonly outcome: 'changed' | 'unchanged' | 'refused';
    readonly message: string | null;
  }[];
}

const pageSize = 200;
const todayOf = (app: Pick<App, 'now'>): string => app.now().toISOString().slice(0, 10);

function selectIds(db: Kysely<Database>, scope: Scope, selection: Selection, now: Date): Promise<string[]> {
  if ('ids' in selection) return Promise.resolve([...new Set(selection.ids)].toSorted());
  return selection.entity === 'poam'
    ? listPoamIds(db, scope, { filter: selection.filter, now })
    : listMilestoneIds(db, scope, { filter: selection.filter, now });
}

/** The edit as it is for one record. */
function changesFor(edit: Pick<BulkEdit, 'changes' | 'shiftDays'>, record: EditedRecord): JsonObject {
  const due = record.row['scheduled_completion'];
  if (edit.shiftDays === undefined || typeof due !== 'string') return edit.changes;
  const moved = new Date(new Date(`${due.slice(0, 10)}T00:00:00Z`).getTime() + edit.shiftDays * 86_400_000);
  return { ...edit.changes, scheduled_completion: moved.toISOString().slice(0, 10) };
}

type Judged = {
  readonly id: string;
  readonly record?: EditedRecord;
  readonly verdict: EditVerdict | undefined;
};

const refusalOf = ({ id, verdict }: Judged): RefusedEdit | undefined =>
  verdict === undefined
    ? { id, code: 'RECORD_UNKNOWN', faults: [{ field: id, message: 'is not there' }] }
    : verdict.may
      ? undefined
      : { id, code: verdict.code, faults: verdict.faults };

const judge = (
  edit: Omit<BulkEdit, 'selection'> & { readonly today: string },
  id: string,
  record: EditedRecord | undefined,
  version?: string,
): Judged =>
  record
    ? {
        id,
        record,
        verdict: decideEdit(record, {
          changes: changesFor(edit, record),
          version,
          reason: edit.reason,
          approves: edit.approves,
          today: edit.today,
        }),
      }
    : { id, verdict: undefined };

/** Tries an edit of many records; nothing is changed. */
export async function tryRecords(app: App, scope: Scope, edit: BulkEdit): Promise<TriedEdit> {
  return (await survey(app, scope, edit)).tried;
}

async function survey(
  app: App,
  scope: Scope,
  edit: BulkEdit,
): Promise<{
  readonly tried: TriedEdit;
  readonly records: readonly (readonly [id: string, version: string])[];
}> {
  const { entity } = edit.selection;
  const ids = await selectIds(app.db, scope, edit.selection, app.now());
  const rules = await fetchRules(app, app.db, entity);
  const withLife = 'status' in edit.changes;
  const today = todayOf(app);
  const records: [string, string][] = [];
  const refused: RefusedEdit[] = [];
  let willChange = 0;
  for (let from = 0; from < ids.length; from += pageSize) {
    const some = ids.slice(from, from + pageSize);
    const found = await gatherRecords(app.db, scope, { entity, ids: some, rules, withLife });
    for (const id of some) {
      const judged = judge({ ...edit, today }, id, found.get(id));
      records.push([id, judged.record?.version ?? '']);
      const refusal = refusalOf(judged);
      if (refusal) refused.push(refusal);
      if (judged.verdict?.may && judged.verdict.changes.length > 0) willChange += 1;
    }
  }
  const about = [entity, edit.changes, edit.shiftDays ?? null, edit.reason ?? null, records];
  const token = createHash('sha256').update(JSON.stringify(about)).digest('hex');
  return { tried: { matched: ids.length, willChange, refused, token }, records };
}

/**
 * Edits the records that a token stands for. Called again with the same token it continues, or says what became of it.
 * @param signal ends it after a page; a later call continues. @throws SELECTION_MOVED where the records are no longer those that were shown.
 */
export async function editRecords(
  app: App,
  actor: Editor,
  scope: Scope,
  run: BulkEdit & { readonly token: string; readonly signal?: AbortSignal },
): Promise<BulkOutcome> {
  const lock = await takeTurn(app, run);
  try {
    return await runAlone(app, actor, scope, run);
  } finally {
    await lock.release();
  }
}

/** The first of two numbers of a lock; the second is made of the token. */
const bulkLockKey = 745_320;

/** Waits until nobody else is at work under the token: then there is an outcome, or an interrupted run to continue. */
async function takeTurn(
  app: App,
  { token, signal = new AbortController().signal }: { readonly token: string; readonly signal?: AbortSignal },
): Promise<SessionLock> {
  const numbers = [bulkLockKey, createHash('sha256').update(token).digest().readInt32BE()];
  for (;;) {
    const lock = await app.store.takeLock({ numbers });
    if (lock) return lock;
    await app.sleep(200, signal);
  }
}

async function runAlone(
  app: App,
  actor: Editor,
  scope: Scope,
  run: BulkEdit & { readonly token: string; readonly signal?: AbortSignal },
): Promise<BulkOutcome> {
  const known = await findBulk(app.db, actor.principalId, run.token);
  if (known?.isDone === true) return outcomeOf(app.db, known.operationId);
  const kind = { type: 'update', system: 'tieline', step: bulkStep } as const;
  const spec = known
    ? { ...kind, resumes: known.operationId }
    : { ...kind, ...(await beginning(app, actor, scope, run)) };
  return withOperation(app.db, spec, async ({ id: operationId }) => {
    for (;;) {
      run.signal?.throwIfAborted();
      const isOver = await app.store.transaction((tx) =>
        editPage(app, tx, { actor, scope, approves: run.approves, operationId }),
      );
      if (isOver) return outcomeOf(app.db, operationId);
    }
  });
}

/** What a new run is about. */
async function beginning(
  app: App,
  actor: Editor,
  scope: Scope,
  run: BulkEdit & { readonly token: string },
): Promise<{ readonly metadata: JsonObject }> {
  const { tried, records } = await survey(app, scope, run);
  if (tried.token !== run.token)
    throw new TielineError(
      'SELECTION_MOVED',
      `The ${linkedEntity(run.selection.entity).title.many} are no longer those that were shown.`,
    );
  const bulk = {
    token: run.token,
    principalId: actor.principalId,
    by: actor.name,
    entity: run.selection.entity,
    changes: run.changes,
    shiftDays: run.shiftDays ?? null,
    reason: run.reason ?? null,
    records: records.map(([id, version]) => [id, version]),
    done: 0,
  };
  return { metadata: { bulk } };
}

/** The next page of an edit of many, in one transaction with the position. @returns whether there is nothing left. */
async function editPage(
  app: App,
  tx: Tx,
  {
    actor,
    scope,
    approves,
    operationId,
  }: {
    readonly actor: Editor;
    readonly scope: Scope;
    readonly approves: Scope;
    readonly operationId: string;
  },
): Promise<boolean> {
  const state = await fetchBulk(tx.db, operationId);
  const page = state.records.slice(state.done, state.done + pageSize);
  if (page.length === 0) return true;
  const entity = state.entity as EditableEntity; // we wrote it
  const ids = page.map(([id]) => id);
  await lockRows(tx.db, entity, ids);
  const found = await gatherRecords(tx.db, scope, {
    entity,
    ids,
    rules: await fetchRules(app, tx.db, entity),
    withLife: 'status' in state.changes,
  });
  const edit = {
    today: todayOf(app),
    changes: state.changes,
    shiftDays: state.shiftDays ?? undefined,
    reason: state.reason ?? undefined,
    approves,
  };
  const judged = page.map(([id, version]) => judge(edit, id, found.get(id), version));
  const decided = judged.flatMap(({ record, verdict }): DecidedEdit[] =>
    record && verdict?.may && verdict.changes.length > 0 ? [{ record, changes: verdict.changes }] : [],
  );
  const refused = judged.flatMap((each) => refusalOf(each) ?? []);
  if (decided.length > 0)
    await applyEdits(tx, entity, decided, { name: actor.name, reason: edit.reason, operationId });
  await holdRefused(tx, { entity, operationId }, refused);
  await saveBulkPosition(tx.db, operationId, {
    done: state.done + page.length,
    read: page.length,
    updated: decided.length,
    unchanged: page.length - decided.length - refused.length,
    held: refused.length,
  });
  return state.done + page.length >= state.records.length;
}

/** What was refused is kept with the operation, each with why. */
const holdRefused = (
  tx: Tx,
  { entity, operationId }: { readonly entity: EditableEntity; readonly operationId: string },
  refused: readonly RefusedEdit[],
): Promise<void> =>
  insertHeldRecords(
    tx.db,
    operationId,
    refused.map(({ id, code, faults }) => ({
      table: linkedEntity(entity).row.table,
      identifier: id,
      type: code,
      message: faults.map((fault) => `${fault.field}: ${fault.message}`).join('; '),
      raw: null,
    })),
  );

async function outcomeOf(db: Kysely<Database>, operationId: string): Promise<BulkOutcome> {
  const state: BulkState = await fetchBulk(db, operationId);
  const { changed, refused } = await listBulkOutcomes(db, operationId);
  return {
    operationId,
    matched: state.records.length,
    changed: changed.size,
    refused: refused.size,
    outcomes: state.records.map(([id]) => {
      const message = refused.get(id);
      if (message !== undefined) return { id, outcome: 'refused' as const, message };
      return { id, outcome: changed.has(id) ? ('changed' as const) : ('unchanged' as const), message: null };
    }),
  };
}
