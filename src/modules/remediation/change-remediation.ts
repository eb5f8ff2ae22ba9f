/**
 * A person plans the work on findings: all of a filter, or some by key. First it is tried: how many would change and which are left as they
 * are, with a token for just that; the run takes the token and is one operation and one transaction.
 */
import { isUuid } from '../../platform/values/index.ts';
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import { type JournalEntry, recordChanges, withOperation } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import { type FindingFilter, listFindingIds } from '../../record/finding-lists/index.ts';
import { projectRemediation } from '../../record/findings/index.ts';
import type { Assignee } from './assignees.sql.ts';
import { requireAssignee } from './require-assignee.ts';
import { decideWork, type WorkChange, type WorkVerdict } from './decide-work.ts';
import {
  fetchWork,
  findWorked,
  lockWork,
  saveWork,
  type WorkedFinding,
} from '../../record/remediation/index.ts';

interface Working {
  readonly db: Kysely<Database>;
  readonly store: Store;
  readonly now: () => Date;
}

export type FindingSelection = { readonly filter: FindingFilter } | { readonly keys: readonly string[] };

export interface WorkWish extends Omit<WorkChange, 'assignee'> {
  /** The name of a person or team; null: nobody's any more. */
  readonly to?: string | null;
}

export interface WorkAsked {
  readonly selection: FindingSelection;
  readonly wish: WorkWish;
  readonly reason?: string | undefined;
}

export interface WorkTried {
  readonly matched: number;
  readonly willChange: number;
  readonly unchanged: number;
  /** Fixed already, as a scan showed: there is nothing to do. */
  readonly fixed: number;
  /** In no system that the person or team may see. */
  readonly unseen: number;
  readonly token: string;
}

export interface WorkChanged extends Omit<WorkTried, 'token' | 'willChange'> {
  readonly changed: number;
  /** Null where nothing changed. */
  readonly operationId: string | null;
}

const mostFindings = 100_000;
const pageSize = 5_000;

const refused = (field: string, message: string): TielineError =>
  new TielineError('USAGE', 'The work was not planned.', { fields: [{ field, message }] });

const assigneeOf = (working: Working, to: string | null | undefined): Promise<Assignee | null | undefined> =>
  to === undefined || to === null ? Promise.resolve(to) : requireAssignee(working.db, working.now(), to);

async function idsOf(
  db: Kysely<Database>,
  scope: Scope,
  selection: FindingSelection,
  now: Date,
): Promise<number[]> {
  if ('filter' in selection) {
    const ids = await listFindingIds(db, scope, { filter: selection.filter, now, limit: mostFindings + 1 });
    if (ids.length > mostFindings)
      throw refused('filter', `matches more than ${mostFindings.toLocaleString('en')} findings; narrow it`);
    return ids;
  }
  const keys = [...new Set(selection.keys.map((key) => key.toLowerCase()))];
  const found = await findWorked(
    db,
    scope,
    keys.filter((key) => isUuid(key)),
  );
  const known = new Set(found.map(({ key }) => key));
  const missing = keys.find((key) => !known.has(key));
  if (missing !== undefined) throw new TielineError('RECORD_UNKNOWN', `There is no finding ${missing}.`);
  return found.map(({ id }) => id).toSorted((a, b) => a - b);
}

interface Surveyed {
  readonly tried: WorkTried;
  readonly changed: readonly (WorkedFinding & {
    readonly verdict: WorkVerdict & { readonly is: 'changed' };
  })[];
}

async function survey(
  working: Working,
  db: Kysely<Database>,
  scope: Scope,
  { asked, by }: { readonly asked: WorkAsked; readonly by: string },
): Promise<Surveyed> {
  const at = working.now();
  const { to, ...rest } = asked.wish;
  const assignee = await assigneeOf(working, to);
  const change: WorkChange = { ...rest, ...(assignee === undefined ? {} : { assignee }) };
  const findings = await fetchWork(db, await idsOf(db, scope, asked.selection, at), assignee?.sees);
  const judged = findings.map((finding) => ({
    ...finding,
    verdict: decideWork(finding, change, { name: by, at }),
  }));
  const changed = judged.flatMap(({ verdict, ...finding }) =>
    verdict.is === 'changed' ? [{ ...finding, verdict }] : [],
  );
  const count = (is: WorkVerdict['is']): number => judged.filter(({ verdict }) => verdict.is === is).length;
  const token = createHash('sha256')
    .update(JSON.stringify([asked.wish, changed.map(({ id, work }) => [id, work])]))
    .digest('hex');
  return {
    changed,
    tried: {
      matched: findings.length,
      willChange: changed.length,
      unchanged: count('unchanged'),
      fixed: count('fixed'),
      unseen: count('unseen'),
      token,
    },
  };
}

function requireWish({ wish }: WorkAsked): void {
  if (Object.values(wish).every((value) => value === undefined))
    throw refused(
      'change',
      'say what is to change: whose work it is, until when, its plan, effort, cost or status',
    );
}

/** What a change would do; nothing is changed. @param scope where the person may plan work. */
export async function tryRemediation(
  working: Working,
  scope: Scope,
  asked: WorkAsked,
  by: { readonly name: string },
): Promise<WorkTried> {
  requireWish(asked);
  return (await survey(working, working.db, scope, { asked, by: by.name })).tried;
}

/**
 * Changes the work on findings. @param token of `tryRemediation`; undefined: whatever it is now.
 * @throws TielineError SELECTION_MOVED where other findings would change than were tried.
 */
export async function changeRemediation(
  working: Working,
  scope: Scope,
  asked: WorkAsked & { readonly token?: string | undefined },
  by: { readonly name: string },
): Promise<WorkChanged> {
  requireWish(asked);
  return working.store.transaction(async ({ db }) => {
    await lockWork(db);
    const { tried, changed } = await survey(working, db, scope, { asked, by: by.name });
    if (asked.token !== undefined && asked.token !== tried.token)
      throw new TielineError('SELECTION_MOVED', 'Other findings would change than those that were shown.');
    const { token: _token, willChange, ...counts } = tried;
    if (changed.length === 0) return { ...counts, changed: 0, operationId: null };
    const operation = { type: 'update', system: 'tieline', step: 'plan remediation' } as const;
    return withOperation(db, operation, async ({ id: operationId, count }) => {
      await write(db, changed, { operationId, by: by.name, at: working.now(), reason: asked.reason });
      await count({ read: tried.matched, updated: willChange, unchanged: tried.matched - willChange });
      return { ...counts, changed: willChange, operationId };
    });
  });
}

async function write(
  db: Kysely<Database>,
  changed: Surveyed['changed'],
  made: {
    readonly operationId: string;
    readonly by: string;
    readonly at: Date;
    readonly reason: string | undefined;
  },
): Promise<void> {
  for (let at = 0; at < changed.length; at += pageSize) {
    const page = changed.slice(at, at + pageSize);
    await saveWork(
      db,
      page.map(({ id, verdict: { work } }) => ({ id, work })),
      { name: made.by, at: made.at },
    );
    await projectRemediation(
      db,
      page.map(({ id }) => id),
    );
    const entries = page.flatMap(({ id, verdict: { fields } }) =>
      fields.map((field): JournalEntry => ({
        ...field,
        entity: 'finding',
        entityId: String(id),
        direction: 'internal',
        decidedBy: byPerson(made.by),
        ...(made.reason === undefined ? {} : { reason: made.reason }),
      })),
    );
    await recordChanges(db, { systemId: null, operationId: made.operationId }, entries);
  }
}
