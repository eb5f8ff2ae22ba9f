/** Proposals of new records that have not gone out: withdrawn, or queued again with other contents. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { stateAfter, statesBefore } from './outbox-moves.sql.ts';

/** Takes proposals back out of the queue. @param as `dropped`: a person cancelled it; `superseded`: its reason is gone. */
export async function withdrawProposals(
  db: Kysely<Database>,
  proposals: readonly { readonly outboxId: number; readonly why: string }[],
  as: 'dropped' | 'superseded',
): Promise<void> {
  if (proposals.length === 0) return;
  const event = as === 'dropped' ? 'dropped' : 'proposal_withdrawn';
  await sql`
    update sync_outbox o
       set state = ${stateAfter(event)}, settled_at = tieline_now(),
           failure = jsonb_build_object('outcome', 'withdrawn', 'message', w.why, 'fields', '[]'::jsonb)
      from jsonb_to_recordset(${storableJson(proposals)}::jsonb) as w("outboxId" bigint, why text)
     where o.id = w."outboxId" and o.state in (${statesBefore(event)})`.execute(db);
}

export interface RenewedProposal {
  readonly outboxId: number;
  readonly payload: JsonObject;
  readonly composed: JsonObject;
  readonly reason: string;
  readonly severity: string;
  readonly needsApproval: boolean;
}

/** Queues proposals with other contents: what was approved was not this. */
export async function renewProposals(
  db: Kysely<Database>,
  operationId: string,
  renewed: readonly RenewedProposal[],
): Promise<void> {
  if (renewed.length === 0) return;
  await sql`
    update sync_outbox o
       set payload = r.payload, composed = r.composed, reason = r.reason, severity = r.severity,
           state = case when r."needsApproval" then ${stateAfter('renewed_for_approval')} else ${stateAfter('renewed')} end, operation_id = ${operationId}::uuid,
           failure = null, settled_at = null, not_before = null, plan_id = null, approved_at = null, approved_by = null,
           must_replan = false
      from jsonb_to_recordset(${storableJson(renewed)}::jsonb)
        as r("outboxId" bigint, payload jsonb, composed jsonb, reason text, severity text, "needsApproval" boolean)
     where o.id = r."outboxId" and o.state in (${statesBefore('renewed')})`.execute(db);
}
