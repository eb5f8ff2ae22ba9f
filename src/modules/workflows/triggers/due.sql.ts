/** Which workflows are due, and where metrics stood when they were looked at last. */
import { sql, type Kysely } from 'kysely';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import { nextTimeOf } from './schedule.ts';

/** Workflows that are due, taken: their next time is set in the same statement, so that no other worker takes them. */
export async function takeDue(
  db: Kysely<Database>,
  now: Date,
): Promise<{ readonly id: number; readonly at: Date }[]> {
  const { rows } = await sql<{ id: number; at: Date; schedule: string | null }>`
    select w.id, w.next_run_at as at, w.trigger_conditions #>> '{trigger,schedule}' as schedule from workflows w
     where w.mode <> 'off' and w.removed_at is null and w.stopped_code is null and w.next_run_at <= ${now}::timestamptz
       for update skip locked`.execute(db);
  for (const { id, schedule } of rows)
    await sql`update workflows set next_run_at = ${schedule === null ? null : nextTimeOf(schedule, now)}::timestamptz where id = ${id}`.execute(
      db,
    );
  return rows;
}

export async function setNextRun(db: Kysely<Database>, workflowId: number, at: Date): Promise<void> {
  await sql`update workflows set next_run_at = ${at}::timestamptz where id = ${workflowId}`.execute(db);
}

export interface NewestValue {
  readonly boundary: string;
  readonly value: number;
  readonly at: Date;
}

export async function listNewestValues(db: Kysely<Database>, metric: string): Promise<NewestValue[]> {
  const { rows } = await sql<NewestValue>`
    select distinct on (v.additional_data ->> 'system_id') v.additional_data ->> 'system_id' as boundary, v.value::float8 as value,
           v.calculated_at at time zone 'UTC' as at
      from metrics_values v join metrics_definitions d on d.id = v.metric_id
     where d.metric_name = ${metric} and v.additional_data ->> 'system_id' is not null
     order by v.additional_data ->> 'system_id', v.calculated_at desc`.execute(db);
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
