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

/** What the last look at a folder found. */
export interface FolderLook {
  readonly folder: string;
  readonly files: number;
  /** Why it could not be read. */
  readonly problem: string | undefined;
  readonly lookedAt: Date;
}

export interface WatchedFolder extends Omit<FolderLook, 'problem'>, Watcher {
  readonly problem: string | null;
  /** The file that is being imported. */
  readonly importing: string | null;
  readonly endedAt: Date | null;
  /** `not looking`: its process is there and has not looked for long; `gone`: its process said nothing more. */
  readonly state: 'watched' | 'importing' | 'unreadable' | 'not looking' | 'gone' | 'ended';
}

/** States that a person must see to. */
export const needsPerson = ({ state }: Pick<WatchedFolder, 'state'>): boolean =>
  state === 'unreadable' || state === 'not looking' || state === 'gone';

/** @param at when the process says so. */
export async function noteLooks(
  db: Kysely<Database>,
  watcher: Watcher,
  { looks, importing }: { readonly looks: readonly FolderLook[]; readonly importing: string | undefined },
  at: Date,
): Promise<void> {
  for (const { folder, files, problem, lookedAt } of looks)
    await sql`
      insert into watched_folders (host, folder, source_name, watched_by, every_seconds, began_at, alive_at, looked_at, files, problem, importing)
      values (left(${watcher.host}, 255), ${folder}, left(${watcher.source}, 50), left(${watcher.by}, 255), ${watcher.everySeconds}, ${watcher.beganAt}, ${at}, ${lookedAt},
              ${files}, ${problem ?? null}, ${importing ?? null})
      on conflict (host, folder) do update
        set source_name = excluded.source_name, watched_by = excluded.watched_by, every_seconds = excluded.every_seconds, began_at = excluded.began_at,
            alive_at = excluded.alive_at, looked_at = excluded.looked_at, files = excluded.files, problem = excluded.problem, importing = excluded.importing,
            ended_at = null`.execute(db);
}

export async function noteEnd(
  db: Kysely<Database>,
  { host, beganAt }: Pick<Watcher, 'host' | 'beganAt'>,
  at: Date,
): Promise<void> {
  await sql`
    update watched_folders set ended_at = ${at}, importing = null where host = left(${host}, 255) and began_at = ${beganAt} and ended_at is null`.execute(
    db,
  );
}

const goneAfterMinutes = 2;
/** So many looks may be late, and so long at least. */
const lateLooks = 3;
const lateMinutes = 5;

/** Those that need a person first. One that ended is shown for 30 days, one whose process is gone for a year. */
export async function listWatchedFolders(db: Kysely<Database>, now: Date): Promise<WatchedFolder[]> {
  const { rows } = await sql<WatchedFolder>`
    select * from (
      select host, folder, source_name as source, watched_by as "by", every_seconds as "everySeconds", began_at as "beganAt", looked_at as "lookedAt",
             ended_at as "endedAt", files, problem, importing,
             case when ended_at is not null then 'ended'
                  when alive_at <= ${now}::timestamptz - ${goneAfterMinutes} * interval '1 minute' then 'gone'
                  when importing is not null then 'importing'
                  when looked_at <= ${now}::timestamptz - greatest(every_seconds * ${lateLooks} * interval '1 second', ${lateMinutes} * interval '1 minute') then 'not looking'
                  when problem is not null then 'unreadable' else 'watched' end as state
        from watched_folders
       where alive_at > ${now}::timestamptz - case when ended_at is null then interval '1 year' else interval '30 days' end) each
     order by state in ('gone', 'not looking', 'unreadable') desc, state = 'ended', host, folder limit 500`.execute(
    db,
  );
  return rows;
}
