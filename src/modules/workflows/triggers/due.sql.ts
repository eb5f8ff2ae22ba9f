/** Which workflows are due, and where metrics stood when they were looked at last. */
import { sql, type Kysely } from 'kysely';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';

/** A workflow whose schedule has come, with the time for which it is due. */
export interface DueWorkflow {
  readonly id: number;
  readonly at: Date;
}

/** Workflows that are due. They stay so until all of their runs are there: a process that is killed before leaves them to the next. */
export async function listDue(db: Kysely<Database>, now: Date): Promise<DueWorkflow[]> {
  const { rows } = await sql<DueWorkflow>`
    select w.id, w.next_run_at as at from workflows w
     where w.mode <> 'off' and w.removed_at is null and w.stopped_code is null and w.approved_version is not null
       and w.next_run_at <= ${now}::timestamptz`.execute(db);
  return rows;
}

/** @returns false where it is due no more, or another worker is at it. */
export async function lockDue(db: Kysely<Database>, { id, at }: DueWorkflow): Promise<boolean> {
  const { rows } = await sql`
    select id from workflows where id = ${id} and next_run_at = ${at}::timestamptz for update skip locked`.execute(
    db,
  );
  return rows.length > 0;
}

/** @param at null: it has no schedule any more. */
export async function setNextRun(db: Kysely<Database>, workflowId: number, at: Date | null): Promise<void> {
  await sql`update workflows set next_run_at = ${at}::timestamptz where id = ${workflowId}`.execute(db);
}

export interface NewestValue {
  readonly boundary: string;
  readonly value: number;
  readonly at: Date;
}

/** So long a value counts: partitions of earlier months are not looked at. */
const freshDays = 40;

/**
 * The latest value of the leading number of a metric, of each boundary; what is broken down by severity or band is not asked. Of the last take that
 * succeeded only: a boundary that has no value in it has none now. The same values raise alerts (modules/alerts).
 */
export async function listNewestValues(
  db: Kysely<Database>,
  metric: string,
  now: Date,
): Promise<NewestValue[]> {
  const { rows } = await sql<NewestValue>`
    select distinct on (v.system_id) v.system_id as boundary, v.value::float8 as value, v.calculated_at at time zone 'UTC' as at
      from metrics_definitions d
      join metrics_values v on v.metric_id = d.id and v.measure = coalesce(d.measures -> 0 ->> 'key', 'value')
     where d.metric_name = ${metric} and d.ended_at is null and v.level = 'boundary' and v.system_id is not null
       and v.severity is null and v.band is null
       and v.calculated_at > ${now}::timestamptz at time zone 'UTC' - ${freshDays}::int * interval '1 day'
       and v.taken_on = (select max(t.taken_on) from metrics_takes t
                          where t.metric_id = d.id and t.lacks = '{}' and t.problem is null and t.taken_at <= ${now}::timestamptz)
     order by v.system_id, v.calculated_at desc, v.id desc`.execute(db);
  return rows;
}

/** Whether the latest value of each boundary lay beyond the threshold; null: nobody has looked since it was switched on. */
export async function lockPosition(
  db: Kysely<Database>,
  workflowId: number,
): Promise<Readonly<Record<string, boolean>> | null> {
  const { rows } = await sql<{ position: Readonly<Record<string, boolean>> | null }>`
    select metric_position as position from workflows where id = ${workflowId} for update`.execute(db);
  return rows[0]?.position ?? null;
}

export async function setPosition(
  db: Kysely<Database>,
  workflowId: number,
  beyond: Readonly<Record<string, boolean>>,
): Promise<void> {
  await sql`update workflows set metric_position = ${storableJson(beyond)}::jsonb where id = ${workflowId}`.execute(
    db,
  );
}
