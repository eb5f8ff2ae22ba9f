/**
 * What rules look at, as queries: rows of subject (unique in its kind), system_id, entity_type, entity_id, value and facts, which the title
 * names. Each gives all that could pass the loosest threshold in force; which level is reached is decided in `decide.ts`.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { RuledAlertKind } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { conditionsOfRecords } from './conditions-of-records.sql.ts';
import { conditionsOfSecurity } from './conditions-of-security.sql.ts';

export interface Candidate {
  readonly subject: string;
  /** `ingestion_systems.system_id`. */
  readonly systemId: string | null;
  readonly entityType: string | null;
  readonly entityId: string | null;
  readonly value: number;
  readonly facts: JsonObject;
}

/** Kinds that this machine's own disks and files answer, not the database. */
export const machineKinds = ['certificate_ending', 'disk_filling'] as const;
type MachineKind = (typeof machineKinds)[number];

export interface Looking {
  readonly now: Date;
  /** The loosest threshold of the rules in force: nothing short of it is asked for. */
  readonly loosest: number;
}
export type Condition = (looking: Looking) => RawBuilder<unknown>;

const hoursSince = (at: RawBuilder<unknown>, now: Date): RawBuilder<unknown> =>
  sql`extract(epoch from ${now}::timestamptz - (${at})) / 3600`;

/** The latest result of each kind of check with since when it has been bad: the first one after the last good one. */
const failingSince = (types: readonly string[]): RawBuilder<unknown> => sql`
  select s.id, s.system_name as connection, min(since.at) as at,
         string_agg(distinct latest.health_check_type || coalesce(': ' || (latest.error_details ->> 'detail'), ''), '; ') as detail
    from external_systems s
    join lateral (select distinct on (h.health_check_type) h.health_check_type, h.status, h.error_details
                    from integration_health h where h.external_system_id = s.id and h.health_check_type = any(${[...types]}::text[])
                   order by h.health_check_type, h.checked_at desc, h.id desc) latest on latest.status = 'unhealthy'
    join lateral (select min(h.checked_at) as at from integration_health h
                   where h.external_system_id = s.id and h.health_check_type = latest.health_check_type and h.status = 'unhealthy'
                     and h.checked_at > coalesce((select max(good.checked_at) from integration_health good
                                                   where good.external_system_id = s.id and good.health_check_type = latest.health_check_type
                                                     and good.status <> 'unhealthy'), '-infinity')) since on true
   where s.removed_at is null and s.sync_enabled is not false
   group by s.id, s.system_name`;

const failing =
  (types: readonly string[]): Condition =>
  ({ now }) =>
    sql`
  select f.id::text, null, 'connection', f.id::text, greatest(0, ${hoursSince(sql`f.at`, now)}),
         jsonb_build_object('connection', f.connection, 'detail', left(f.detail, 2000), 'since', f.at)
    from (${failingSince(types)}) f`;

const operational: Readonly<
  Record<
    Exclude<
      RuledAlertKind,
      keyof typeof conditionsOfRecords | keyof typeof conditionsOfSecurity | MachineKind
    >,
    Condition
  >
> = {
  connection_unhealthy: failing(['connectivity', 'authentication', 'permission']),
  sync_failed: failing(['data_sync']),
  connection_lagging: ({ now }) => sql`
    select s.id::text, null, 'connection', s.id::text, ${hoursSince(sql`read.at`, now)},
           jsonb_build_object('connection', s.system_name, 'entity', read.entity, 'since', read.at)
      from external_systems s
      join lateral (select r.entity_type as entity, r.mark_set_at as at from sync_reads r
                     where r.external_system_id = s.id and r.mark_set_at is not null order by r.mark_set_at limit 1) read on true
     where s.removed_at is null and s.sync_enabled is not false
       and exists (select from sync_schedules c where c.external_system_id = s.id and c.is_enabled)`,
  outbox_failed: () => sql`
    select s.id::text, null, 'connection', s.id::text, count(*), jsonb_build_object('connection', s.system_name)
      from sync_outbox o join external_systems s on s.id = o.external_system_id
     where o.state = 'failed' and s.removed_at is null group by s.id, s.system_name`,
  outbox_old: ({ now }) => sql`
    select s.id::text, null, 'connection', s.id::text, ${hoursSince(sql`min(o.created_at)`, now)},
           jsonb_build_object('connection', s.system_name, 'waiting', count(*), 'since', min(o.created_at))
      from sync_outbox o join external_systems s on s.id = o.external_system_id
     where o.state in ('pending', 'sent') and s.removed_at is null group by s.id, s.system_name`,
  sync_late: ({ now }) => sql`
    select c.id::text, null, 'connection', s.id::text,
           ${hoursSince(sql`c.next_run_at`, now)},
           jsonb_build_object('connection', s.system_name, 'schedule', c.schedule_name, 'due', c.next_run_at)
      from sync_schedules c join external_systems s on s.id = c.external_system_id
     where c.is_enabled and s.removed_at is null and s.sync_enabled is not false
       and c.next_run_at < ${now}::timestamptz`,
  // The day of expiry is shown for a week after it, so that what stopped working says why.
  token_ending: ({ now }) => sql`
    select t.id, null, 'token', t.id, floor(extract(epoch from t.expires_at - ${now}::timestamptz) / 86400),
           jsonb_build_object('token', t.name, 'owner', p.name, 'on', to_char(t.expires_at at time zone 'UTC', 'YYYY-MM-DD'))
      from api_tokens t join principals p on p.id = t.principal_id
     where t.revoked_at is null and p.status = 'active' and t.expires_at > ${now}::timestamptz - interval '7 days'`,
  recovery_codes_few: () => sql`
    select p.id::text, null, 'person', p.name, count(*) filter (where c.used_at is null), jsonb_build_object('person', p.name)
      from recovery_codes c join principals p on p.id = c.principal_id
     where p.status <> 'disabled'
     group by p.id, p.name`,
  partition_missing: ({ now }) => sql`
    select t.table_name, null, 'table', t.table_name, count(*), jsonb_build_object('table', t.table_name)
      from tieline_partitioned_tables t
      cross join generate_series(0, 1) month(ahead)
     where to_regclass(quote_ident(t.table_name)) is not null
       and not exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid
                        where i.inhparent = to_regclass(quote_ident(t.table_name))
                          and c.relname = t.table_name || to_char(date_trunc('month', ${now}::timestamptz at time zone 'UTC')
                                                                   + month.ahead * interval '1 month', '_YYYY_MM'))
     group by t.table_name`,
  log_forwarding_failing: ({ now }) => sql`
    select 'log', null, 'receiver', f.host, ${hoursSince(sql`f.failing_since`, now)},
           jsonb_build_object('receiver', f.host || ':' || f.port, 'detail', f.failure, 'since', f.failing_since)
      from security_log_forwarding f where f.is_enabled and f.failing_since is not null`,
  // One message that is late is normal while a receiver is down; it is in doubt from its first failure on.
  delivery_failing: ({ now }) => sql`
    select c.id::text, null, 'channel', c.name, ${hoursSince(sql`min(d.created_at)`, now)},
           jsonb_build_object('channel', c.name, 'waiting', count(*), 'detail', (array_agg(d.failure order by d.created_at desc))[1])
      from alert_deliveries d join alert_channels c on c.id = d.channel_id
     where c.removed_at is null and c.is_enabled and (d.state = 'pending' and d.attempts > 0 or d.state = 'failed')
     group by c.id, c.name`,
};

const conditions: Readonly<Record<Exclude<RuledAlertKind, MachineKind>, Condition>> = {
  ...operational,
  ...conditionsOfRecords,
  ...conditionsOfSecurity,
};

/** All that a kind finds now, the worst of it included whatever the boundary. */
export async function listCandidates(
  db: Kysely<Database>,
  kind: Exclude<RuledAlertKind, MachineKind>,
  looking: Looking,
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select c.subject::text as subject, c.system_id::text as "systemId", c.entity_type as "entityType", c.entity_id::text as "entityId",
           round(c.value::numeric, 4)::float8 as value, c.facts
      from (${conditions[kind](looking)}) c(subject, system_id, entity_type, entity_id, value, facts)`.execute(
    db,
  );
  return rows;
}
