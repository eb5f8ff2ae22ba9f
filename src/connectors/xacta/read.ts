/**
 * Reads an entity: the list itself, or the lists of each system for what belongs to a system. Pages are stored one by
 * one with the position after them. While a list is walked, records may be added, changed or removed, which shifts
 * those behind them from page to page; so a walk that took more than one page looks once more at what was modified since
 * the walk began, and a record that shows up twice is not a change the second time.
 */
import { z } from 'zod';
import type { Json } from '../../platform/values/index.ts';
import {
  type ConnectorContext,
  type ExternalRecord,
  PageWalk,
  type ReadEvent,
  type ReadOptions,
} from '../kit/index.ts';
import { fillPath } from './field-path.ts';
import { fetchPage } from './lists.ts';
import { listParents } from './parents.ts';
import type { Profile, ProfiledEntity } from './profile.ts';
import { childrenOf, idOf, recordAlone } from './records.ts';
import type { Session } from './session.ts';
import type { XactaSettings } from './settings.ts';

/** How far a mark lies before the start of the read, so that what was being written then is read next time. */
const overlapMs = 60_000;

const positionSchema = z.object({
  /** The server's time at the start of the read, ISO. */
  startedAt: z.string(),
  /** Ours at that moment, ISO. */
  askedAt: z.string(),
  /** Parents still to be walked, the first being in progress; one empty entry where there is no parent. */
  parents: z.array(z.string()),
  total: z.number(),
  next: z.string().optional(),
  /** Whether the current list took more than one page so far. */
  paged: z.boolean(),
  /** Whether the second look at it is in progress. */
  again: z.boolean(),
});
type Position = z.output<typeof positionSchema>;

async function* recordsOf(records: readonly ExternalRecord[]): AsyncGenerator<ExternalRecord> {
  yield* records;
}

/** The server's clock: the Date header of a first, small answer. */
async function serverTime(
  session: Session,
  profile: Profile,
  context: ConnectorContext<XactaSettings>,
  signal: AbortSignal,
): Promise<string> {
  const { list } = profile.entities.system;
  const page = list
    ? await fetchPage(
        session,
        profile,
        { path: list.path, items: list.items, query: list.query, signal },
        undefined,
      )
    : undefined;
  const at = Date.parse(page?.date ?? '');
  return new Date(Number.isNaN(at) ? context.now().getTime() : at).toISOString();
}

export async function* readEntity(
  session: Session,
  profile: Profile,
  context: ConnectorContext<XactaSettings>,
  entity: ProfiledEntity,
  options: ReadOptions,
): AsyncGenerator<ReadEvent> {
  const { signal } = options;
  const shape = profile.entities[entity];
  // What is inside its parent is read where the parent is.
  const walked: ProfiledEntity = shape?.inline && shape.parent ? shape.parent.entity : entity;
  const walkedShape = profile.entities[walked];
  const list = walkedShape?.list;
  if (!shape || !walkedShape || !list) return;

  const resumed = positionSchema.safeParse(options.position);
  let position: Position;
  if (resumed.success) position = resumed.data;
  else {
    position = await startOfWalk(session, profile, context, walkedShape.parent?.entity, signal);
    yield { type: 'position', position: position as Json };
  }
  const mark = markOf(position);

  let walk = new PageWalk(`GET ${list.path}`);
  for (;;) {
    const [parent] = position.parents;
    if (parent === undefined) break;
    const since = position.again ? position.startedAt : options.mark;
    const path = fillPath(list.path, { parent });
    const query = { ...list.query, ...changedSince(profile, since) };
    const page = await fetchPage(session, profile, { path, items: list.items, query, signal }, position.next);
    if (position.next === undefined) walk = new PageWalk(`GET ${list.path}`);
    walk.note({
      at: position.next,
      next: page.next,
      ids: page.items.map((item) => nameInWalk(profile, walked, item)),
    });
    const wanted =
      walked === entity
        ? page.items.map((item) => recordAlone(profile, entity, item, parent === '' ? undefined : parent))
        : page.items.flatMap((item) => childrenOf(profile, walked, item) ?? []);
    // Without the parameter every read is a read of all, which is slower and never wrong.
    position = after(position, page.next, profile.changedSince !== undefined);
    const done = position.total - position.parents.length;
    const unit = walkedShape.parent ? 'systems' : 'pages';
    yield {
      type: 'page',
      records: recordsOf(wanted),
      position: position as Json,
      progress: { done, total: position.total, unit },
    };
  }
  yield { type: 'end', mark };
}

async function startOfWalk(
  session: Session,
  profile: Profile,
  context: ConnectorContext<XactaSettings>,
  parent: 'poam' | 'system' | undefined,
  signal: AbortSignal,
): Promise<Position> {
  const askedAt = context.now().toISOString();
  const startedAt = await serverTime(session, profile, context, signal);
  const parents = parent === undefined ? [''] : await listParents(session, profile, parent, signal);
  return { startedAt, askedAt, parents, total: parents.length, paged: false, again: false };
}

/** The earlier of both clocks: a remote whose clock runs ahead for a while must not hide what is edited when it is right again. */
function markOf({ startedAt, askedAt }: Position): string {
  return new Date(Math.min(Date.parse(startedAt), Date.parse(askedAt)) - overlapMs).toISOString();
}

const changedSince = (profile: Profile, since: string | undefined): Record<string, string> =>
  since !== undefined && profile.changedSince ? { [profile.changedSince.parameter]: since } : {};

/** A record by its id; one without an id by what it holds. */
const nameInWalk = (profile: Profile, entity: ProfiledEntity, item: Json): string =>
  idOf(profile, entity, item) || JSON.stringify(item);

/** The position of the walk after a page whose successor is `next`. */
function after(position: Position, next: string | undefined, canAskSince: boolean): Position {
  const { next: _done, ...rest } = position;
  if (next !== undefined) return { ...rest, paged: true, next };
  if (position.paged && !position.again && canAskSince) return { ...rest, paged: false, again: true };
  return { ...rest, parents: position.parents.slice(1), paged: false, again: false };
}
