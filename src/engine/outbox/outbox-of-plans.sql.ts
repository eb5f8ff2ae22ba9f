/** Changes that wait for a person's consent, by the plan under which it is asked for. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { stateAfter, statesBefore } from './outbox-moves.sql.ts';

/** Puts waiting changes, by their keys, under a plan. @param among those of a system, or of another plan. */
export async function tieWaitingChanges(
  db: Kysely<Database>,
  among: { readonly systemId: number } | { readonly planId: string },
  keys: readonly string[],
  planId: string,
): Promise<void> {
  await sql`
    update sync_outbox set plan_id = ${planId}::uuid
     where ${'systemId' in among ? sql`external_system_id = ${among.systemId}` : sql`plan_id = ${among.planId}::uuid`}
       and state = 'waiting' and idempotency_key = any(${[...keys]}::text[])`.execute(db);
}

/** Lets the changes of a plan go out. @returns how many. */
export async function consentToPlan(db: Kysely<Database>, planId: string, by: string): Promise<number> {
  const { numAffectedRows } = await sql`
    update sync_outbox set state = ${stateAfter('consented')}, approved_at = tieline_now(), approved_by = left(${by}, 255)
     where plan_id = ${planId}::uuid and state in (${statesBefore('consented')})`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** Drops the changes of a plan. @returns how many. */
export async function rejectPlan(db: Kysely<Database>, planId: string, note: JsonObject): Promise<number> {
  const { numAffectedRows } = await sql`
    update sync_outbox set state = ${stateAfter('rejected')}, settled_at = tieline_now(), failure = ${storableJson(note)}::jsonb
     where plan_id = ${planId}::uuid and state in (${statesBefore('rejected')})`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
