import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import type { Feed } from './cve-facts.ts';

export interface LoadRow {
  readonly id: number;
  readonly feed: Feed;
  readonly source: string;
  readonly version: string | null;
  readonly feedDate: Date | null;
  readonly loadedAt: Date;
  readonly loadedBy: string;
  readonly read: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly older: number;
  readonly withdrawn: number;
  readonly sha256: string;
  readonly bytes: number;
  readonly forcedReason: string | null;
}

const columns = sql`
  l.id, l.feed, l.source, l.version, l.feed_date as "feedDate", l.loaded_at as "loadedAt", l.loaded_by as "loadedBy",
  l.rows_read as read, l.rows_changed as changed, l.rows_unchanged as unchanged, l.rows_older as older,
  l.rows_withdrawn as withdrawn, l.sha256, l.bytes, l.forced_reason as "forcedReason"`;

/** Of each feed the load whose issue is the newest, where the file says its date, else the latest. */
export async function listNewestLoads(db: Kysely<Database>): Promise<LoadRow[]> {
  const { rows } = await sql<LoadRow>`
    select distinct on (l.feed) ${columns} from intelligence_loads l
     order by l.feed, l.feed_date desc nulls last, l.id desc`.execute(db);
  return rows;
}

/** The last load of a feed; its sum says whether a file is the same again. */
export async function findLastLoad(db: Kysely<Database>, feed: Feed): Promise<LoadRow | undefined> {
  const { rows } = await sql<LoadRow>`
    select ${columns} from intelligence_loads l where l.feed = ${feed} order by l.id desc limit 1`.execute(
    db,
  );
  return rows[0];
}

export interface NewLoad {
  readonly feed: Feed;
  readonly source: string;
  readonly version: string | null;
  readonly feedDate: string | null;
  readonly loadedAt: Date;
  readonly loadedBy: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly forcedReason: string | null;
  readonly operationId: string;
}

/** Enters a load, whose counts follow when they are known (`countLoad`). @returns its id. */
export async function insertLoad(db: Kysely<Database>, load: NewLoad): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into intelligence_loads (feed, source, version, feed_date, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged,
                                    sha256, bytes, forced_reason, operation_id)
    values (${load.feed}, ${load.source}, ${load.version}, ${load.feedDate}::timestamptz, ${load.loadedAt}, ${load.loadedBy}, 0, 0, 0,
            ${load.sha256}, ${load.bytes}, ${load.forcedReason}, ${load.operationId}::uuid)
    returning id`.execute(db);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('an insert returned no row');
  return id;
}

export interface LoadCounts {
  readonly read: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Left out because what is stored is newer. */
  readonly older: number;
  /** No longer listed. */
  readonly withdrawn: number;
}

export async function countLoad(db: Kysely<Database>, id: number, counts: LoadCounts): Promise<void> {
  await sql`
    update intelligence_loads
       set rows_read = ${counts.read}, rows_changed = ${counts.changed}, rows_unchanged = ${counts.unchanged},
           rows_older = ${counts.older}, rows_withdrawn = ${counts.withdrawn}
     where id = ${id}`.execute(db);
}

/** Waits until no other load is under way, for the rest of the transaction: two of them would meet at the same rows. */
export async function waitForTurnToLoad(db: Kysely<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('tieline intelligence'))`.execute(db);
}
