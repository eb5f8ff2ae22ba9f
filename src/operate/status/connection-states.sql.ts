/** What the state of each connection is decided by. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface ConnectionFacts {
  readonly connection: string;
  readonly type: string;
  readonly url: string;
  readonly isEnabled: boolean;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pausedReason: string | null;
  readonly sendingPausedAt: Date | null;
  readonly sendingPausedBy: string | null;
  readonly sendingPausedReason: string | null;
  readonly lastSuccess: Date | null;
  /** Changes that are not settled: the rows of `outbox list --connection`. */
  readonly waiting: number;
  /** Since when the oldest change waits to be sent; null if none does. */
  readonly unsentSince: Date | null;
  /** Since when the entity that was read least recently may have moved on. */
  readonly unreadSince: Date | null;
  /** The earliest of its schedules, and how many seconds are added at random at most. */
  readonly nextRun: Date | null;
  readonly jitterSeconds: number | null;
  /** A run that a process is at. */
  readonly runningOperation: string | null;
  /** Checks that came to something bad the last time. */
  readonly unhealthy: readonly { readonly check: string; readonly detail: string | null }[];
  /** Calls in a row, the latest ones, that were not answered or failed at the server. */
  readonly failedInARow: number;
  readonly marks: readonly {
    readonly entity: string;
    readonly readAt: Date | null;
    readonly isUnfinished: boolean;
  }[];
}

/** As many of the latest calls as tell whether the circuit is open. */
const callsLookedAt = 20;

/** Facts of every connection that was not removed, in the order in which they were added. */
export async function listConnectionFacts(db: Kysely<Database>): Promise<ConnectionFacts[]> {
  const { rows } = await sql<ConnectionFacts>`
    select s.system_name as connection, s.system_type as type, s.api_base_url as url, s.sync_enabled is not false as "isEnabled",
           s.sync_paused_at as "pausedAt", s.sync_paused_by as "pausedBy", s.sync_paused_reason as "pausedReason",
           s.sending_paused_at as "sendingPausedAt", s.sending_paused_by as "sendingPausedBy", s.sending_paused_reason as "sendingPausedReason",
           s.last_sync_time as "lastSuccess",
           (select count(*)::int from sync_outbox o where o.external_system_id = s.id and o.state in ('waiting', 'pending', 'sent', 'failed')) as waiting,
           (select min(o.created_at) from sync_outbox o where o.external_system_id = s.id and o.state in ('pending', 'sent')) as "unsentSince",
           (select min(r.mark_set_at) from sync_reads r where r.external_system_id = s.id) as "unreadSince",
           next.at as "nextRun", next.jitter as "jitterSeconds", run.id as "runningOperation",
           coalesce((select jsonb_agg(jsonb_build_object('check', h.health_check_type, 'detail', h.error_details ->> 'detail') order by h.health_check_type)
                       from (select distinct on (health_check_type) * from integration_health own where own.external_system_id = s.id
                              order by health_check_type, checked_at desc, id desc) h
                      where h.status = 'unhealthy'), '[]') as unhealthy,
           (select coalesce(min(c.place) filter (where not c.failed) - 1, count(*))::int
              from (select row_number() over (order by l.called_at desc, l.id desc) as place,
                           coalesce(l.response_status, 599) >= 500 as failed
                      from api_call_logs l where l.external_system_id = s.id order by l.called_at desc, l.id desc limit ${callsLookedAt}) c) as "failedInARow",
           coalesce((select jsonb_agg(jsonb_build_object('entity', r.entity_type, 'readAt', r.mark_set_at, 'isUnfinished', r.operation_id is not null) order by r.entity_type)
                       from sync_reads r where r.external_system_id = s.id), '[]') as marks
      from external_systems s
      left join lateral (select c.next_run_at as at, c.jitter_seconds as jitter from sync_schedules c
                          where c.external_system_id = s.id and c.is_enabled and c.next_run_at is not null
                          order by c.next_run_at limit 1) next on true
      left join lateral (select o.batch_id as id from operation_progress p join ingestion_batches o on o.batch_id = p.operation_id
                          where o.status = 'in_progress' and o.metadata -> 'systems' ? s.system_name
                            and p.updated_at > tieline_now() - interval '60 seconds'
                          order by o.id desc limit 1) run on true
     where s.removed_at is null order by s.id`.execute(db);
  // JSON knows no instants.
  return rows.map((row) => ({
    ...row,
    marks: row.marks.map((mark) => ({
      ...mark,
      readAt:
        mark.readAt === null
          ? null
          : new Date(`${String(mark.readAt)}${/[Z+]/.test(String(mark.readAt).slice(10)) ? '' : 'Z'}`),
    })),
  }));
}
