/**
 * Events: that something changed, told to whoever watches. An event is a row and a notification in the transaction of the change, so it is
 * seen exactly when the change is. It bears ids and counts only. One statement that changes many rows is one event.
 *
 * Rejected: triggers on each table (one event a row where rows are sent one by one, and functions in the owner's database that act by
 * themselves).
 */
import { sql, type Kysely } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

export const eventKinds = [
  'operation.progress',
  'operation.finished',
  'conflict.opened',
  'conflict.settled',
  'approval.asked',
  'approval.decided',
  'outbox.changed',
  'health.changed',
  'import.progress',
  'inbox.changed',
  /** What an account may do, or whether it is signed in; its id. Streams of it look again who they speak to; nobody else is told. */
  'access.changed',
] as const;
export type EventKind = (typeof eventKinds)[number];

export const eventChannel = 'tieline_events';

export interface EventToRecord {
  readonly kind: EventKind;
  /** The id of what changed; absent where many did. */
  readonly subject?: string | undefined;
  /** `ingestion_systems.system_id`; absent where it concerns none, or may concern several. */
  readonly boundary?: string | null | undefined;
  readonly count?: number | undefined;
  /** Of conflicts: which, so that each boundary is told of its own. */
  readonly conflicts?: readonly number[] | undefined;
}

export interface TielineEvent {
  readonly id: number;
  readonly kind: EventKind;
  readonly subject: string | null;
  readonly boundary: string | null;
  readonly count: number | null;
  readonly conflicts: readonly number[] | null;
  readonly at: Date;
}

/** Records events, in the transaction of what they tell. */
export async function recordEvents(db: Kysely<Database>, events: readonly EventToRecord[]): Promise<void> {
  if (events.length === 0) return;
  await sql`
    with added as (
      insert into tieline_events (kind, subject, system_id, count, conflict_ids)
      select e.kind, e.subject, e.boundary, e.count, e.conflicts
        from jsonb_to_recordset(${storableJson(events)}::jsonb) as e(kind text, subject text, boundary text, count int, conflicts int[])
      returning id
    )
    select pg_notify(${eventChannel}, id::text) from added`.execute(db);
}

const columns = sql`id::int8::float8 as id, kind, subject, system_id as boundary, count, conflict_ids as conflicts, at`;

export async function listEvents(db: Kysely<Database>, ids: readonly number[]): Promise<TielineEvent[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<TielineEvent>`
    select ${columns} from tieline_events where id = any(${[...ids]}::bigint[]) order by id`.execute(db);
  return rows;
}

/** How far back a reader who resumes is told again. An id is given when a row is written, and seen when its transaction commits. */
const overlapSeconds = 60;

/**
 * Events after the one that a reader saw last. Those written in the minute before that one are told again: a transaction may have
 * committed later than one that began after it.
 */
export async function listEventsAfter(
  db: Kysely<Database>,
  id: number,
  limit: number,
): Promise<TielineEvent[]> {
  const { rows } = await sql<TielineEvent>`
    select ${columns} from tieline_events
     where id <> ${id} and id > ${id} - 10000
       and (id > ${id} or at > (select seen.at from tieline_events seen where seen.id = ${id}) - make_interval(secs => ${overlapSeconds}))
     order by id limit ${limit}`.execute(db);
  return rows;
}

/** The latest event; 0 where there is none. */
export async function fetchLatestEvent(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select coalesce(max(id), 0)::int8::float8 as id from tieline_events`.execute(db);
  return rows[0]?.id ?? 0;
}

const keptHours = 24;

/** Deletes events that are past what is kept. @returns how many. */
export async function forgetEvents(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from tieline_events where at < tieline_now() - make_interval(hours => ${keptHours})
       -- Workflows that were not looked at for a while still find what ended meanwhile, up to a month.
       and (at < tieline_now() - interval '31 days' or id <= coalesce((select position from workflow_cursors where source = 'scans'), id))`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0n);
}
