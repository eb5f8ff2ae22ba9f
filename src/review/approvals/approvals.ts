/**
 * What a person who approves reads and decides: what is asked for, by authorization boundary, as rows of record, field, before, after and
 * why; changes that do the same to many records together, the most dangerous first; and a decision on all of it or on some records.
 */
import { listPersonsEdits } from '../../ledger/operations/index.ts';
import { type Actor, isWithin as isInScope, type Scope } from '../../canonical/access/index.ts';
import { type Danger, dangers, requestDangers } from '../../canonical/vocabulary/index.ts';
import {
  type ApprovalRow,
  decide,
  type DecidedApproval,
  findApproval,
  isWithin,
  listApprovalRows,
  listAuthors,
  listRequests,
  type RequestRow,
} from '../../engine/approvals/index.ts';
import { describeChanges, type DescribedLine } from '../../engine/outbox/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { inOrderOf, type Page } from '../../platform/lists/index.ts';
import { isJsonObject, type Json } from '../../platform/values/index.ts';
import { entity as entityOf, isEntity } from '../../record/entities/index.ts';
import { countDangers, findViewed, groupChanges, markGroup } from '../plans/index.ts';
import { type ApprovalListQuery, selectApprovals } from './approval-list.sql.ts';
import { type Asking, askingOf } from './requests.ts';

export interface ListedApproval extends Asking {
  /** Changes, each of one record. */
  readonly changes: number;
  readonly dangers: Readonly<Record<Danger, number>>;
}

/** One value of one record that is to be sent, or a record as a whole (`field` null; `after` is then what it says). */
export interface ApprovalItem {
  /** Its place, from 1: unique within the approval, and where the next page begins. */
  readonly number: number;
  readonly entity: string;
  readonly entityId: string;
  readonly record: string;
  readonly title: string;
  readonly kind: 'create' | 'update';
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
  /** The same in words: names, not ids; of a record as a whole a line for each field. */
  readonly lines: readonly DescribedLine[];
  readonly reason: string;
  /** Where a person edited it here: who, and what he wrote. */
  readonly edit: { readonly by: string; readonly at: Date; readonly reason: string | null } | null;
  readonly danger: Danger;
}

/** Items that make the same change. */
export interface ApprovalGroup {
  readonly danger: Danger;
  readonly sha256: string;
  readonly count: number;
  /** The first of them, at most five. */
  readonly sample: readonly ApprovalItem[];
  /** `number` of each. */
  readonly items: readonly number[];
  /** When the reader marked it as viewed; null where they did not. */
  readonly viewedAt: Date | null;
}

export interface ApprovalDetail extends ListedApproval {
  readonly groups: readonly ApprovalGroup[];
  /** People whose edits it sends: none of them may approve it, unless the setting says so. */
  readonly authors: readonly string[];
}

type Reader = Pick<App, 'db' | 'now'>;

const flatten = ({ content, system }: ApprovalRow) =>
  content.flatMap((change, at) => {
    const { entity, entityId = change.record, record, kind, reason } = change;
    const whole = kind === 'create' || (isEntity(entity) && entityOf(entity).kind === 'sent');
    const before = isJsonObject(change.before) ? change.before : {};
    const values = whole
      ? [{ field: null, before: null, after: change.after }]
      : Object.entries(change.after).map(([field, after]) => ({
          field,
          before: before[field] ?? null,
          after: after ?? null,
        }));
    const fixed = {
      connection: system,
      direction: 'outbound',
      entity,
      entityId,
      record,
      kind,
      reason,
    } as const;
    return values.map((value) => ({ ...fixed, ...value, at }));
  });

function summaryOf(row: ApprovalRow): ListedApproval {
  const { content, isByBoundary: _known, ...approval } = row;
  const dangers = countDangers(groupChanges(flatten(row)));
  return { ...approval, request: null, changes: content.length, dangers };
}

function summaryOfRequest(row: RequestRow): ListedApproval {
  const dangers = { ...countDangers([]), [requestDangers[row.subject.kind]]: 1 };
  return { ...askingOf(row), changes: 1, dangers };
}

/** Approvals within the scope, a page of them; those that wait where the filter names no state. */
export async function listApprovals(
  { db }: Pick<App, 'db'>,
  scope: Scope,
  query: ApprovalListQuery,
): Promise<Page<ListedApproval>> {
  const { items: keys, ...page } = await selectApprovals(db, scope, query);
  if (keys.length === 0) return { items: [], ...page };
  const ids = keys.map(Number);
  const plans = await listApprovalRows(db, { ids }, ids.length);
  const requests = await listRequests(db, { ids }, ids.length);
  const rows = [...plans.map(summaryOf), ...requests.map(summaryOfRequest)];
  return { items: inOrderOf(keys, rows, (row) => row.number), ...page };
}

/** @throws TielineError APPROVAL_UNKNOWN, also where it is outside of the scope. */
async function fetchWithin({ db }: Pick<App, 'db'>, scope: Scope, id: string): Promise<ApprovalRow> {
  const found = await findApproval(db, id);
  if (found && isWithin(scope, found)) return found;
  throw new TielineError('APPROVAL_UNKNOWN', `There is no approval ${id}.`);
}

/** One approval with its groups. @param id the whole id. @param reader whose marks are shown. @throws TielineError APPROVAL_UNKNOWN. */
export async function fetchApproval(
  app: Reader,
  scope: Scope,
  id: string,
  reader: Pick<Actor, 'principalId'>,
): Promise<ApprovalDetail> {
  const [request] = await listRequests(app.db, { approvalId: id }, 1);
  if (request && isInScope(scope, request.boundary))
    return { ...summaryOfRequest(request), authors: [request.requestedBy], groups: [] };
  const row = await fetchWithin(app, scope, id);
  const flat = flatten(row).map((each, n) => ({ ...each, number: n + 1 }));
  const groups = groupChanges(flat);
  const viewed = await findViewed(
    app.db,
    reader.principalId,
    groups.map(({ sha256 }) => sha256),
  );
  const samples = groups.map(({ changes }) => changes.slice(0, 5));
  const described = new Map(
    (await describeItems(app, row, samples.flat())).map((item) => [item.number, item]),
  );
  return {
    ...summaryOf(row),
    authors: await listAuthors(app.db, row.content),
    groups: groups.map(({ danger, sha256, changes }, n) => ({
      danger,
      sha256,
      count: changes.length,
      sample: (samples[n] ?? []).flatMap(({ number }) => described.get(number) ?? []),
      items: changes.map(({ number }) => number),
      viewedAt: viewed.get(sha256) ?? null,
    })),
  };
}

/** Marks a group of an approval as viewed by the actor, or takes the mark back. @throws TielineError APPROVAL_UNKNOWN; RECORD_UNKNOWN if it has no such group. */
export async function viewApprovalGroup(
  app: Reader,
  scope: Scope,
  group: {
    readonly id: string;
    readonly sha256: string;
    readonly actor: Pick<Actor, 'principalId'>;
  },
  viewed: boolean,
): Promise<void> {
  const { id, sha256, actor } = group;
  const groups = groupChanges(flatten(await fetchWithin(app, scope, id)));
  if (!groups.some((each) => each.sha256 === sha256))
    throw new TielineError('RECORD_UNKNOWN', 'The approval has no such group.');
  await markGroup(app.db, { principalId: actor.principalId, sha256 }, viewed);
}

/** Items of an approval after `after`, in the order of its records. @throws TielineError APPROVAL_UNKNOWN. */
export async function listApprovalItems(
  app: Reader,
  scope: Scope,
  id: string,
  page: { readonly after?: number; readonly limit: number; readonly numbers?: readonly number[] },
): Promise<Page<ApprovalItem>> {
  const row = await fetchWithin(app, scope, id);
  const wanted = page.numbers === undefined ? undefined : new Set(page.numbers);
  const flat = flatten(row)
    .map((each, n) => ({ ...each, number: n + 1 }))
    .filter(({ number }) => number > (page.after ?? 0) && (wanted === undefined || wanted.has(number)));
  const shown = flat.slice(0, page.limit);
  const last = shown.at(-1)?.number ?? 0;
  const items = await describeItems(app, row, shown);
  return flat.length > shown.length ? { items, next: { value: last, id: last } } : { items };
}

const editKey = ({ entity, entityId, field }: Pick<ApprovalItem, 'entity' | 'entityId' | 'field'>): string =>
  JSON.stringify([entity, entityId, field]);

type Flat = ReturnType<typeof flatten>[number] & { readonly number: number };

async function describeItems(
  { db, now }: Reader,
  { content }: ApprovalRow,
  flat: readonly Flat[],
): Promise<ApprovalItem[]> {
  const words = await describeChanges(
    db,
    flat.map(({ at, field, before, after, entityId, entity, kind }) => ({
      entity,
      entityId,
      kind,
      before: field === null ? (content[at]?.before ?? null) : { [field]: before },
      after: field === null && isJsonObject(after) ? after : { [field ?? '']: after },
    })),
    now().toISOString().slice(0, 10),
  );
  const edits = new Map((await listPersonsEdits(db, flat)).map((each) => [editKey(each), each]));
  const editOf = (key: { entity: string; entityId: string; field: string | null }): ApprovalItem['edit'] => {
    const edit = edits.get(editKey(key));
    return edit ? { by: edit.by, at: edit.at, reason: edit.reason } : null;
  };
  const judged = new Map(
    groupChanges(flat).flatMap(({ danger, changes }) => changes.map(({ number }) => [number, danger])),
  );
  return flat.map(({ at: _at, connection: _to, direction: _way, ...item }, n) => ({
    ...item,
    title: words[n]?.title ?? item.record,
    lines: words[n]?.lines ?? [],
    edit: editOf(item),
    danger: judged.get(item.number) ?? dangers[0],
  }));
}

export interface ApprovalDecision {
  readonly decision: 'approve' | 'reject';
  /** Only the changes of these records (their ids there or here); absent or empty: all of it. */
  readonly records?: readonly string[];
  readonly reason?: string | undefined;
  /** `contentSha256` of what the person read. */
  readonly sha256?: string;
}

/**
 * Lets changes go out, or drops them permanently.
 * @param scope where the actor may decide. @param id the whole id or its first characters.
 * @throws TielineError APPROVAL_UNKNOWN, APPROVAL_MOVED, APPROVAL_OWN; USAGE if a record is not part of it.
 */
export function decideApproval(
  app: Pick<App, 'store' | 'mayApproveOwn'>,
  actor: Pick<Actor, 'name'>,
  scope: Scope,
  id: string,
  decision: ApprovalDecision,
): Promise<DecidedApproval> {
  const { records = [], reason, sha256 } = decision;
  return decide(app, id, {
    approved: decision.decision === 'approve',
    by: actor.name,
    reason,
    records,
    scope,
    ...(sha256 === undefined ? {} : { sha256 }),
  });
}
