/** Tasks: what somebody is to do about a record, until when; done by whom. */
import type { Kysely } from 'kysely';
import { isWithin, type Scope } from '../../canonical/access/index.ts';
import { byPerson, type TaskSubject } from '../../canonical/vocabulary/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import type { Json } from '../../platform/values/index.ts';
import { type Assignee, requireAssignee } from '../remediation/index.ts';
import { findTask, type TaskRow } from './task-list.sql.ts';
import { fetchAssigned, findSubject, insertTask, setDone, updateTask } from './write-task.sql.ts';

interface Working {
  readonly db: Kysely<Database>;
  readonly store: Store;
  readonly now: () => Date;
}

export interface TaskWish {
  readonly what: string;
  readonly about: { readonly kind: TaskSubject; readonly id: string };
  /** A person or team by name; absent: whoever sees it. */
  readonly to?: string | null;
  readonly due?: string | null;
  readonly note?: string | null;
}

const refused = (field: string, message: string): TielineError =>
  new TielineError('USAGE', 'The task was not saved.', { fields: [{ field, message }] });

/** @throws TielineError RECORD_UNKNOWN where it is not there or out of scope. */
export async function fetchTask(db: Kysely<Database>, scope: Scope, id: number): Promise<TaskRow> {
  const task = await findTask(db, scope, id);
  if (!task) throw new TielineError('RECORD_UNKNOWN', `There is no task ${id}.`);
  return task;
}

async function journal(
  db: Kysely<Database>,
  operationId: string,
  change: {
    readonly id: number;
    readonly before: Json;
    readonly after: Json;
    readonly by: string;
    readonly reason?: string | null | undefined;
  },
): Promise<void> {
  const { id, before, after, by, reason } = change;
  await recordChanges(db, { systemId: null, operationId }, [
    {
      entity: 'task',
      entityId: String(id),
      field: 'state',
      before,
      after,
      direction: 'internal',
      decidedBy: byPerson(by),
      ...(reason === undefined || reason === null ? {} : { reason }),
    },
  ]);
}

/** Who is to do it: a task that its owner does not see would fall silent. @throws TielineError USAGE. */
async function assigneeOf(
  db: Kysely<Database>,
  now: Date,
  to: string | null,
  boundary: string | null,
): Promise<Assignee | null> {
  if (to === null) return null;
  const assignee = await requireAssignee(db, now, to);
  if (!assignee.sees.some((seen) => isWithin(seen, boundary)))
    throw refused(
      'to',
      `${assignee.title} does not see ${boundary ?? 'what is in no system'}: give them a role there first`,
    );
  return assignee;
}

/** @param scope where the person may give tasks. @throws TielineError RECORD_UNKNOWN of what it is about; USAGE where nobody would see it. */
export async function addTask(
  { store, now }: Working,
  scope: Scope,
  wish: TaskWish,
  by: { readonly name: string },
): Promise<TaskRow> {
  const what = wish.what.trim();
  if (what === '' || what.length > 500)
    throw refused('what', 'say what is to be done, in at most 500 characters');
  return store.transaction(async ({ db }) => {
    const subject = await findSubject(db, scope, wish.about);
    if (!subject)
      throw new TielineError('RECORD_UNKNOWN', `There is no ${wish.about.kind} ${wish.about.id}.`);
    const assignee = await assigneeOf(db, now(), wish.to ?? null, subject.boundary);
    return withDecision(db, { system: 'tieline', step: 'make a task' }, async (operationId) => {
      const id = await insertTask(db, {
        what,
        about: wish.about.kind,
        recordId: subject.id,
        boundary: subject.boundary,
        principalId: assignee?.kind === 'person' ? assignee.id : null,
        teamId: assignee?.kind === 'team' ? assignee.id : null,
        due: wish.due ?? null,
        note: wish.note ?? null,
        madeAt: now(),
        madeBy: by.name,
      });
      await journal(db, operationId, { id, before: null, after: 'open', by: by.name });
      return fetchTask(db, scope, id);
    });
  });
}

/** Says that a task is done, or that it is open again; what is so already stays. @throws TielineError RECORD_UNKNOWN. */
export async function settleTask(
  { store, now }: Working,
  scope: Scope,
  settled: { readonly id: number; readonly done: boolean; readonly note?: string | null | undefined },
  by: { readonly name: string },
): Promise<TaskRow> {
  const { id, done, note = null } = settled;
  return store.transaction(async ({ db }) => {
    const before = await fetchTask(db, scope, id);
    if ((before.doneAt !== null) === done) return before;
    return withDecision(
      db,
      { system: 'tieline', step: done ? 'finish a task' : 'reopen a task' },
      async (operationId) => {
        await setDone(db, id, done ? { at: now(), by: by.name, note } : null);
        const [was, is] = done ? ['open', 'done'] : ['done', 'open'];
        await journal(db, operationId, {
          id,
          before: was ?? null,
          after: is ?? null,
          by: by.name,
          reason: note,
        });
        return fetchTask(db, scope, id);
      },
    );
  });
}

/** What is absent stays; null empties it. */
export interface TaskEdit {
  readonly id: number;
  readonly what?: string | undefined;
  /** A person or team by name; null: whoever sees it. */
  readonly to?: string | null | undefined;
  readonly due?: string | null | undefined;
  readonly note?: string | null | undefined;
}

const plain = ({ what, assignedTo, due, note }: TaskRow): Record<string, string | null> => ({
  what,
  assigned_to: assignedTo,
  due,
  note,
});

/** Gives a task to another, moves its day, or says it differently; its history keeps what it said. @throws TielineError RECORD_UNKNOWN, USAGE. */
export async function changeTask(
  { store, now }: Working,
  scope: Scope,
  edit: TaskEdit,
  by: { readonly name: string },
): Promise<TaskRow> {
  const what = edit.what?.trim();
  if (what !== undefined && (what === '' || what.length > 500))
    throw refused('what', 'say what is to be done, in at most 500 characters');
  return store.transaction(async ({ db }) => {
    const before = await fetchTask(db, scope, edit.id);
    const given = await fetchAssigned(db, edit.id);
    const assignee =
      edit.to === undefined ? undefined : await assigneeOf(db, now(), edit.to, before.systemId);
    return withDecision(db, { system: 'tieline', step: 'change a task' }, async (operationId) => {
      await updateTask(db, edit.id, {
        what: what ?? before.what,
        principalId:
          assignee === undefined
            ? (given?.principalId ?? null)
            : assignee?.kind === 'person'
              ? assignee.id
              : null,
        teamId:
          assignee === undefined ? (given?.teamId ?? null) : assignee?.kind === 'team' ? assignee.id : null,
        due: edit.due === undefined ? before.due : edit.due,
        note: edit.note === undefined ? before.note : edit.note,
      });
      const after = await fetchTask(db, scope, edit.id);
      const [was, is] = [plain(before), plain(after)];
      const changed = Object.keys(is).filter((field) => was[field] !== is[field]);
      await recordChanges(
        db,
        { systemId: null, operationId },
        changed.map((field) => ({
          entity: 'task',
          entityId: String(edit.id),
          field,
          before: was[field] ?? null,
          after: is[field] ?? null,
          direction: 'internal',
          decidedBy: byPerson(by.name),
        })),
      );
      return after;
    });
  });
}
