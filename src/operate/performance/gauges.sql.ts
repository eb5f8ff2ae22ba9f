/**
 * What monitoring asks of the state of an installation: a name, what it says, and a query of its labels and value. Nothing of a record is in a label:
 * whoever watches the machine need not see findings.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface Gauge {
  readonly name: string;
  readonly help: string;
  /** Rows of text columns, which are its labels, and `value`. */
  readonly query: RawBuilder<Record<string, string | number | null>>;
}

const living = sql`s.removed_at is null`;
const seconds = (since: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`greatest(0, extract(epoch from tieline_now() - (${since})))::float8`;

export const gauges: readonly Gauge[] = [
  {
    name: 'tieline_connection_enabled',
    help: 'Whether a connection is synced (1) or paused (0).',
    query: sql`
      select s.system_name as connection, s.system_type as type, (s.sync_enabled is not false)::int as value from external_systems s where ${living}`,
  },
  {
    name: 'tieline_connection_healthy',
    help: 'Whether the latest check of this kind found the connection usable (1) or not (0); data_sync is its latest sync.',
    query: sql`
      select distinct on (s.id, h.health_check_type) s.system_name as connection, h.health_check_type as check, (h.status <> 'unhealthy')::int as value
        from integration_health h join external_systems s on s.id = h.external_system_id
       where ${living} order by s.id, h.health_check_type, h.checked_at desc, h.id desc`,
  },
  {
    name: 'tieline_connection_checked_seconds',
    help: 'Seconds since the latest check of a connection.',
    query: sql`
      select s.system_name as connection, ${seconds(sql`max(h.checked_at)`)} as value
        from integration_health h join external_systems s on s.id = h.external_system_id where ${living} group by s.system_name`,
  },
  {
    name: 'tieline_sync_age_seconds',
    help: 'Seconds since the last sync of a connection that came to its end. Absent: there was none.',
    query: sql`
      select s.system_name as connection, ${seconds(sql`s.last_sync_time at time zone 'UTC'`)} as value
        from external_systems s where ${living} and s.last_sync_time is not null`,
  },
  {
    name: 'tieline_sync_overdue_seconds',
    help: 'Seconds since a schedule should have run; 0: it is not late.',
    query: sql`
      select s.system_name as connection, c.schedule_name as schedule, ${seconds(sql`c.next_run_at`)} as value
        from sync_schedules c join external_systems s on s.id = c.external_system_id where ${living} and c.is_enabled and c.next_run_at is not null`,
  },
  {
    name: 'tieline_outbox_changes',
    help: 'Changes that have not gone out, by state: waiting for approval, pending, sent without an answer yet, failed.',
    query: sql`
      select s.system_name as connection, o.state, count(*)::float8 as value from sync_outbox o join external_systems s on s.id = o.external_system_id
       where ${living} and o.state in ('waiting', 'pending', 'sent', 'failed') group by 1, 2`,
  },
  {
    name: 'tieline_outbox_age_seconds',
    help: 'Seconds that the oldest change waits to be sent. Absent: none waits.',
    query: sql`
      select s.system_name as connection, ${seconds(sql`min(o.created_at)`)} as value from sync_outbox o join external_systems s on s.id = o.external_system_id
       where ${living} and o.state in ('pending', 'sent') group by 1`,
  },
  {
    name: 'tieline_conflicts_open',
    help: 'Conflicts that wait for a person.',
    query: sql`
      select coalesce(s.system_name, '') as connection, count(*)::float8 as value from sync_conflicts c
        left join external_systems s on s.id = c.external_system_id where c.resolution_status = 'pending' group by 1`,
  },
  {
    name: 'tieline_alerts_open',
    help: 'Alerts that are not over, by kind, severity and state.',
    query: sql`
      select a.alert_type as kind, a.severity, a.status as state, count(*)::float8 as value from alerts a where a.status <> 'resolved' group by 1, 2, 3`,
  },
  {
    name: 'tieline_deliveries_waiting',
    help: 'Messages that a channel has not taken yet, or that were given up.',
    query: sql`
      select c.name as channel, d.state, count(*)::float8 as value from alert_deliveries d join alert_channels c on c.id = d.channel_id
       where c.removed_at is null and d.state in ('pending', 'sending', 'failed') group by 1, 2`,
  },
  {
    name: 'tieline_jobs',
    help: 'Requested jobs that wait or run.',
    query: sql`
      select j.kind, j.state, count(*)::float8 as value from requested_jobs j where j.state in ('queued', 'running') group by 1, 2`,
  },
  {
    name: 'tieline_metrics_age_seconds',
    help: 'Seconds since metrics were last taken. Absent: never.',
    query: sql`
      select ${seconds(sql`max(t.taken_at)`)} as value from metrics_takes t where not t.is_computed having max(t.taken_at) is not null`,
  },
  {
    name: 'tieline_metrics_failed',
    help: 'Metrics whose latest take failed.',
    query: sql`
      select count(*)::float8 as value from (select distinct on (t.metric_id) t.problem from metrics_takes t where not t.is_computed
                                              order by t.metric_id, t.taken_on desc) latest where latest.problem is not null`,
  },
  {
    name: 'tieline_feed_age_seconds',
    help: 'Age of what is loaded of a threat feed.',
    query: sql`
      select l.feed, ${seconds(sql`max(l.feed_date)`)} as value from intelligence_loads l group by 1`,
  },
  {
    name: 'tieline_database_bytes',
    help: 'Size of the database.',
    query: sql`select pg_database_size(current_database())::float8 as value`,
  },
];

/** The rows of a gauge. */
export async function readGauge(
  db: Kysely<Database>,
  { query }: Gauge,
): Promise<readonly Readonly<Record<string, string | number | null>>[]> {
  return (await query.execute(db)).rows;
}
