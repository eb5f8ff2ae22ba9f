/** Which folders processes watch for scan files, by machine. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/** A process that watches. */
export interface Watcher {
  readonly host: string;
  readonly source: string;
  readonly by: string;
  readonly everySeconds: number;
  readonly beganAt: Date;
}

/** What one look at a folder found. */
export interface FolderLook {
  readonly folder: string;
  readonly files: number;
  /** Why it could not be read. */
  readonly problem: string | undefined;
}

export interface WatchedFolder extends Omit<FolderLook, 'problem'>, Watcher {
  readonly problem: string | null;
  readonly lookedAt: Date;
  readonly endedAt: Date | null;
  /** Whether a process still looks at it. */
  readonly isWatched: boolean;
}

/** @param at when it was looked at. */
export async function noteLooks(
  db: Kysely<Database>,
  watcher: Watcher,
  looks: readonly FolderLook[],
  at: Date,
): Promise<void> {
  for (const { folder, files, problem } of looks)
    await sql`
      insert into watched_folders (host, folder, source_name, watched_by, every_seconds, began_at, looked_at, files, problem)
      values (left(${watcher.host}, 255), ${folder}, left(${watcher.source}, 50), left(${watcher.by}, 255), ${watcher.everySeconds}, ${watcher.beganAt}, ${at}, ${files}, ${problem ?? null})
      on conflict (host, folder) do update
        set source_name = excluded.source_name, watched_by = excluded.watched_by, every_seconds = excluded.every_seconds, began_at = excluded.began_at,
            looked_at = excluded.looked_at, ended_at = null, files = excluded.files, problem = excluded.problem`.execute(
      db,
    );
}

export async function noteEnd(
  db: Kysely<Database>,
  { host, beganAt }: Pick<Watcher, 'host' | 'beganAt'>,
  at: Date,
): Promise<void> {
  await sql`update watched_folders set ended_at = ${at} where host = left(${host}, 255) and began_at = ${beganAt} and ended_at is null`.execute(
    db,
  );
}

/** So many looks may be missed: a file that is being imported holds the next look up. */
const missedLooks = 3;
const leastMinutes = 2;

/** Those that are watched first; one that ended is shown for 30 days. */
export async function listWatchedFolders(db: Kysely<Database>, now: Date): Promise<WatchedFolder[]> {
  const { rows } = await sql<WatchedFolder>`
    select host, folder, source_name as source, watched_by as "by", every_seconds as "everySeconds", began_at as "beganAt", looked_at as "lookedAt",
           ended_at as "endedAt", files, problem,
           ended_at is null and looked_at > ${now}::timestamptz - greatest(every_seconds * ${missedLooks} * interval '1 second', ${leastMinutes} * interval '1 minute') as "isWatched"
      from watched_folders where looked_at > ${now}::timestamptz - interval '30 days'
     order by "isWatched" desc, host, folder limit 500`.execute(db);
  return rows;
}
