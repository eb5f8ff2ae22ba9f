import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import type { Feed } from './cve-facts.ts';

/** From where and when a worker loads a feed by itself. */
export interface FeedSource {
  readonly feed: Feed;
  readonly address: string;
  readonly cron: string;
  readonly enabled: boolean;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly lastOutcome: string | null;
  readonly setBy: string;
  readonly setAt: Date;
}

const columns = sql`
  s.feed, s.address, s.cron, s.is_enabled as enabled, s.next_run_at as "nextRunAt", s.last_run_at as "lastRunAt",
  s.last_outcome as "lastOutcome", s.set_by as "setBy", s.set_at as "setAt"`;

export async function listFeedSources(db: Kysely<Database>): Promise<FeedSource[]> {
  const { rows } = await sql<FeedSource>`
    select ${columns} from intelligence_sources s order by s.feed`.execute(db);
  return rows;
}

/** Makes the source of a feed exactly this. */
export async function saveFeedSource(
  db: Kysely<Database>,
  source: Omit<FeedSource, 'lastRunAt' | 'lastOutcome'>,
): Promise<void> {
  await sql`
    insert into intelligence_sources (feed, address, cron, is_enabled, next_run_at, set_by, set_at)
    values (${source.feed}, ${source.address}, ${source.cron}, ${source.enabled}, ${source.nextRunAt}, ${source.setBy}, ${source.setAt})
    on conflict (feed) do update
      set address = excluded.address, cron = excluded.cron, is_enabled = excluded.is_enabled, next_run_at = excluded.next_run_at,
          set_by = excluded.set_by, set_at = excluded.set_at`.execute(db);
}

/** @returns whether there was one. */
export async function deleteFeedSource(db: Kysely<Database>, feed: Feed): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from intelligence_sources where feed = ${feed}`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

/** Sources whose time has come at `now`, locked; what another worker has locked is left to it. */
export async function takeDueFeedSources(db: Kysely<Database>, now: Date): Promise<FeedSource[]> {
  const { rows } = await sql<FeedSource>`
    select ${columns} from intelligence_sources s
     where s.is_enabled and (s.next_run_at is null or s.next_run_at <= ${now}) order by s.feed
       for update of s skip locked`.execute(db);
  return rows;
}

export async function moveFeedSource(db: Kysely<Database>, feed: Feed, nextRunAt: Date): Promise<void> {
  await sql`update intelligence_sources set next_run_at = ${nextRunAt} where feed = ${feed}`.execute(db);
}

/** Keeps what a load by schedule came to. */
export async function recordFeedOutcome(
  db: Kysely<Database>,
  feed: Feed,
  { at, outcome }: { readonly at: Date; readonly outcome: string },
): Promise<void> {
  await sql`
    update intelligence_sources set last_run_at = ${at}, last_outcome = ${outcome} where feed = ${feed}`.execute(
    db,
  );
}
