import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface ScheduleRow {
  readonly id: number;
  readonly systemId: number;
  readonly system: string;
  readonly systemEnabled: boolean;
  readonly name: string;
  readonly cron: string;
  /** Empty: all. */
  readonly entities: readonly string[];
  readonly full: boolean;
  readonly jitterSeconds: number;
  readonly enabled: boolean;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly lastOutcome: string | null;
}

const schedules = sql`
    select c.id, s.id as "systemId", s.system_name as system, s.sync_enabled is not false as "systemEnabled", c.schedule_name as name, c.cron,
           c.entity_types as entities, c.reads_all as full, c.jitter_seconds as "jitterSeconds", c.is_enabled as enabled,
           c.next_run_at as "nextRunAt", c.last_run_at as "lastRunAt", c.last_outcome as "lastOutcome"
      from sync_schedules c join external_systems s on s.id = c.external_system_id`;

export async function listSchedules(db: Kysely<Database>): Promise<ScheduleRow[]> {
  const { rows } = await sql<ScheduleRow>`${schedules} order by s.id, c.schedule_name`.execute(db);
  return rows;
}

export async function findSchedule(db: Kysely<Database>, id: number): Promise<ScheduleRow | undefined> {
  const { rows } = await sql<ScheduleRow>`${schedules} where c.id = ${id}`.execute(db);
  return rows[0];
}

export type ScheduleToSave = Pick<
  ScheduleRow,
  'systemId' | 'name' | 'cron' | 'entities' | 'full' | 'jitterSeconds' | 'enabled' | 'nextRunAt'
>;

/** Makes a schedule exactly this. */
export async function saveSchedule(db: Kysely<Database>, schedule: ScheduleToSave): Promise<void> {
  await sql`
    insert into sync_schedules (external_system_id, schedule_name, cron, entity_types, reads_all, jitter_seconds, is_enabled, next_run_at)
    values (${schedule.systemId}, ${schedule.name}, ${schedule.cron}, ${[...schedule.entities]}::text[], ${schedule.full},
            ${schedule.jitterSeconds}, ${schedule.enabled}, ${schedule.nextRunAt})
    on conflict (external_system_id, schedule_name) do update
      set cron = excluded.cron, entity_types = excluded.entity_types, reads_all = excluded.reads_all,
          jitter_seconds = excluded.jitter_seconds, is_enabled = excluded.is_enabled, next_run_at = excluded.next_run_at,
          updated_at = tieline_now()`.execute(db);
}

/** @returns whether there was one. */
export async function deleteSchedule(db: Kysely<Database>, systemId: number, name: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from sync_schedules where external_system_id = ${systemId} and schedule_name = ${name}`.execute(
    db,
  );
  return (numAffectedRows ?? 0n) > 0n;
}

export async function deleteSchedulesOf(db: Kysely<Database>, systemId: number): Promise<void> {
  await sql`delete from sync_schedules where external_system_id = ${systemId}`.execute(db);
}

/** Schedules whose time has come at `now`, locked; what another worker has locked is left to it. */
export async function takeDueSchedules(db: Kysely<Database>, now: Date): Promise<ScheduleRow[]> {
  const { rows } = await sql<ScheduleRow>`${schedules}
     where c.is_enabled and (c.next_run_at is null or c.next_run_at <= ${now})
     order by c.next_run_at nulls first, c.id limit 100
       for update of c skip locked`.execute(db);
  return rows;
}

/** Schedules whose next time is not yet, locked; what another worker has locked is left to it. */
export async function listSchedulesAhead(db: Kysely<Database>, now: Date): Promise<ScheduleRow[]> {
  const { rows } = await sql<ScheduleRow>`${schedules}
     where c.is_enabled and c.next_run_at > ${now} order by c.id limit 1000
       for update of c skip locked`.execute(db);
  return rows;
}

export async function setNextRun(db: Kysely<Database>, id: number, at: Date): Promise<void> {
  await sql`update sync_schedules set next_run_at = ${at} where id = ${id}`.execute(db);
}

export async function recordScheduleOutcome(
  db: Kysely<Database>,
  id: number,
  outcome: string,
): Promise<void> {
  await sql`update sync_schedules set last_run_at = tieline_now(), last_outcome = ${outcome} where id = ${id}`.execute(
    db,
  );
}
