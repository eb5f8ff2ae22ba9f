/**
 * How far the sources of events were read, so that none is missed and none read twice.
 *
 * A source numbers its rows, but a transaction that took a low number may commit after one that took a higher. So a page ends at the highest number
 * that was there at some moment, and is read only when every transaction that could still add a lower one is over: those that had begun a moment
 * later (by then whoever took a number has begun to write) are all older than the oldest that is open now.
 *
 * Other databases of the server are let be: each open transaction holds a lock on its own number, and pg_locks says whose it is. One without a
 * process (prepared) counts, whatever its database.
 *
 * Rejected: reading again what lies some seconds back (an import of a large file is one transaction of minutes), and triggers on the tables (functions
 * that act by themselves in the owner's database). A transaction that stays open for long delays events; `tieline workflows list` says since when.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';

export interface Cursor {
  readonly source: string;
  readonly position: number;
  readonly upTo: number | null;
  readonly seenAt: Date | null;
  readonly xid: string | null;
}

/** Whoever took a number has begun to write after so long. */
const settleMs = 2_000;

/** The cursor of a source, locked; made at the newest row where nobody listened so far: what was before starts nothing. */
export async function lockCursor(
  db: Kysely<Database>,
  source: string,
  highest: RawBuilder<unknown>,
  now: Date,
): Promise<Cursor | undefined> {
  await sql`
    insert into workflow_cursors (source, position, moved_at)
    select ${source}, coalesce((${highest}), 0), ${now}::timestamptz
     where not exists (select from workflow_cursors where source = ${source})
    on conflict do nothing`.execute(db);
  const { rows } = await sql<Cursor>`
    select source, position::float8 as position, up_to::float8 as "upTo", up_to_seen_at as "seenAt", up_to_xid as xid
      from workflow_cursors where source = ${source} for update skip locked`.execute(db);
  return rows[0];
}

/** Where nobody listens any more, nothing is kept: who listens next begins with what happens then. */
export async function forgetCursors(db: Kysely<Database>, listenedTo: readonly string[]): Promise<void> {
  await sql`delete from workflow_cursors where not source = any(${[...listenedTo]}::text[])`.execute(db);
}

/**
 * Up to which number a source may be read now.
 * @returns the position itself where nothing new may be read yet.
 */
export async function readableUpTo(
  db: Kysely<Database>,
  cursor: Cursor,
  highest: RawBuilder<unknown>,
): Promise<number> {
  const { source, position } = cursor;
  if (cursor.upTo === null) {
    await sql`
      update workflow_cursors set up_to = seen.highest, up_to_seen_at = clock_timestamp(), up_to_xid = null
        from (select (${highest})::bigint as highest) seen where source = ${source} and seen.highest > position`.execute(
      db,
    );
    return position;
  }
  if (cursor.xid === null)
    await sql`
      update workflow_cursors set up_to_xid = pg_snapshot_xmax(pg_current_snapshot())::text
       where source = ${source} and up_to_seen_at < clock_timestamp() - make_interval(secs => ${settleMs / 1000})`.execute(
      db,
    );
  const { rows } = await sql<{ ready: boolean }>`
    select up_to_xid is not null and not exists (
             select from pg_locks l left join pg_stat_activity a on a.pid = l.pid
              where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted
                and (a.pid is null or a.datname = current_database())
                and age(l.transactionid) > age(up_to_xid::xid8::xid)) as ready
      from workflow_cursors where source = ${source}`.execute(db);
  return rows[0]?.ready === true ? cursor.upTo : position;
}

/** @param isAtEnd whether all up to `up_to` was read: the next page is looked for then. */
export async function moveCursor(
  db: Kysely<Database>,
  source: string,
  position: number,
  { isAtEnd, now }: { readonly isAtEnd: boolean; readonly now: Date },
): Promise<void> {
  await sql`
    update workflow_cursors set position = ${position}, moved_at = ${now}::timestamptz,
           up_to = case when ${isAtEnd} then null else up_to end, up_to_seen_at = case when ${isAtEnd} then null else up_to_seen_at end,
           up_to_xid = case when ${isAtEnd} then null else up_to_xid end
     where source = ${source}`.execute(db);
}

/** The oldest page that waits to be read; undefined: none does. */
export async function fetchEventsWaitSince(db: Kysely<Database>): Promise<Date | undefined> {
  const { rows } = await sql<{
    since: Date | null;
  }>`select min(up_to_seen_at) as since from workflow_cursors`.execute(db);
  return rows[0]?.since ?? undefined;
}
