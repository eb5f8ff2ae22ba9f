/** Questions about matches, as they are asked and settled. */
import { type RawBuilder, sql, type Kysely } from 'kysely';
import type { Reason, ReasonCode, RuleCode } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

export type ReviewOutcome = 'accepted' | 'rejected' | 'always' | 'withdrawn';

export type Question =
  | { readonly kind: 'component'; readonly assetUuid: string; readonly reason: Reason }
  | { readonly kind: 'duplicate'; readonly componentId: number; readonly reason: Reason }
  | { readonly kind: 'boundary'; readonly assetUuid: string; readonly reason: Reason };

/**
 * Asks a person exactly these questions about a GRC system, of these kinds: what was asked already stays, what is gone is withdrawn.
 */
export async function saveQuestions(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  kinds: readonly Question['kind'][],
  questions: readonly Question[],
): Promise<void> {
  const asked = sql`jsonb_to_recordset(${storableJson(questions)}::jsonb) q(kind text, "assetUuid" uuid, "componentId" int, reason jsonb)`;
  await sql`
    update match_reviews r
       set settled_at = tieline_now(), settled_by_kind = 'rule', settled_by = null, rule_code = ${'settled_itself' satisfies RuleCode}, outcome = 'withdrawn'
     where r.external_system_id = ${source.systemId} and r.kind = any(${[...kinds]}::text[]) and r.settled_at is null
       and not exists (select from ${asked} where q.kind = r.kind and (q."assetUuid" = r.asset_uuid or q."componentId" = r.component_id))`.execute(
    db,
  );
  await sql`
    update match_reviews r set reason = null, reason_code = q.reason ->> 'code', reason_params = q.reason -> 'params'
      from ${asked}
     where r.external_system_id = ${source.systemId} and r.settled_at is null and r.kind = q.kind
       and (q."assetUuid" = r.asset_uuid or q."componentId" = r.component_id) and (r.reason_code, r.reason_params) is distinct from (q.reason ->> 'code', q.reason -> 'params')`.execute(
    db,
  );
  await sql`
    insert into match_reviews (kind, external_system_id, asset_uuid, component_id, operation_id, reason_code, reason_params)
    select q.kind, ${source.systemId}, q."assetUuid", q."componentId", ${source.operationId}::uuid, q.reason ->> 'code', q.reason -> 'params'
      from ${asked} on conflict do nothing`.execute(db);
}

/** Asks a person whether records of a source are the assets that they were taken for. @param decisionIds asset_identity_decisions.id. */
export async function askIdentity(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  decisionIds: readonly string[],
): Promise<void> {
  if (decisionIds.length === 0) return;
  await sql`
    insert into match_reviews (kind, external_system_id, decision_id, operation_id)
    select 'identity', ${source.systemId}, id, ${source.operationId}::uuid from unnest(${[...decisionIds]}::bigint[]) id`.execute(
    db,
  );
}

/** Closes a review with a person's word. @returns whether it was open. */
export async function settleMatchReview(
  db: Kysely<Database>,
  id: number,
  settled: { readonly by: string; readonly outcome: ReviewOutcome },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update match_reviews set settled_at = tieline_now(), settled_by_kind = 'person', settled_by = ${settled.by}, outcome = ${settled.outcome}
     where id = ${id} and settled_at is null`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

/** A statement, for a `with`, that closes the reviews of identity decisions with a person's word. @param decisions SQL of `id`. */
export const settleReviewsOfDecisions = (
  decisions: RawBuilder<unknown>,
  settled: { readonly by: string; readonly outcome: ReviewOutcome },
) => sql`
    update match_reviews r set settled_at = tieline_now(), settled_by_kind = 'person', settled_by = ${settled.by}, outcome = ${settled.outcome}
      from (${decisions}) settled where r.decision_id = settled.id and r.settled_at is null`;

/**
 * Takes back the questions about a system that a person removed. Which component an asset is is asked again where the system is read
 * again; what a source reported is a question in any case.
 */
export async function withdrawReviewsOfSystem(
  db: Kysely<Database>,
  systemId: number,
  by: string,
): Promise<void> {
  await sql`
    update match_reviews
       set settled_at = tieline_now(), settled_by_kind = 'person', settled_by = ${by}, outcome = 'withdrawn',
           reason_code = ${'connection_removed' satisfies ReasonCode}, reason_params = null, reason = null
     where external_system_id = ${systemId} and settled_at is null and kind <> 'identity'`.execute(db);
}
