/** Which asset is in which boundary, where rules of boundaries or a person say so: what was decided, and on what evidence. */
import { sql, type Kysely } from 'kysely';
import type { AssetRole, RuleEvidence } from '../../canonical/boundary-rules/index.ts';
import type { Reason, ReasonCode } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isRuledBy } from '../systems/index.ts';

export interface BoundaryDecision {
  readonly assetUuid: string;
  readonly systemId: string;
  readonly decision: 'linked' | 'review' | 'rejected';
  readonly role: AssetRole;
  readonly ruleId: number;
  readonly evidence: readonly RuleEvidence[];
  readonly reason: Reason;
}

/** Makes the decisions of rules about the boundaries of a GRC system exactly these; a person's decisions stay. */
export async function saveBoundaryDecisions(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  decisions: readonly BoundaryDecision[],
): Promise<void> {
  const given = sql`jsonb_to_recordset(${storableJson(decisions)}::jsonb)
        as d("assetUuid" uuid, "systemId" text, decision text, role text, "ruleId" int, evidence jsonb, reason jsonb)`;
  await sql`
    delete from boundary_decisions known
     where known.decided_by_kind = 'rule' and ${isRuledBy(source.systemId, sql`known.system_id`)}
       and not exists (select from ${given} where d."assetUuid" = known.asset_uuid and d."systemId" = known.system_id)`.execute(
    db,
  );
  await sql`
    insert into boundary_decisions as known (asset_uuid, system_id, decision, asset_role, rule_id, evidence, reason_code, reason_params,
                                             decided_by_kind, rule_code, operation_id, decided_at)
    select d."assetUuid", d."systemId", d.decision, d.role, d."ruleId", d.evidence, d.reason ->> 'code', d.reason -> 'params',
           'rule', 'boundary_rule', ${source.operationId}::uuid, tieline_now()
      from ${given}
    on conflict (asset_uuid, system_id) do update
      set decision = excluded.decision, asset_role = excluded.asset_role, rule_id = excluded.rule_id, evidence = excluded.evidence,
          reason_code = excluded.reason_code, reason_params = excluded.reason_params, operation_id = excluded.operation_id, decided_at = tieline_now()
      where known.decided_by_kind = 'rule'
        and (known.decision, known.asset_role, known.rule_id, known.evidence, known.reason_code, known.reason_params)
            is distinct from (excluded.decision, excluded.asset_role, excluded.rule_id, excluded.evidence, excluded.reason_code, excluded.reason_params)`.execute(
    db,
  );
}

/** What a person says about an asset and a boundary; rules leave the pair alone from then on. @returns whether there are both. */
export async function decideBoundary(
  db: Kysely<Database>,
  pair: { readonly assetUuid: string; readonly systemId: string },
  decided: {
    readonly decision: 'linked' | 'rejected';
    readonly role: AssetRole;
    readonly by: string;
    readonly reason: string | undefined;
  },
  operationId: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into boundary_decisions (asset_uuid, system_id, decision, asset_role, evidence, reason, reason_code, decided_by_kind, decided_by, operation_id, decided_at)
    select a.asset_uuid, s.system_id, ${decided.decision}, ${decided.role}, '[]', ${decided.reason ?? null},
           ${decided.reason === undefined ? ('person_decided' satisfies ReasonCode) : null}, 'person', ${decided.by}, ${operationId}::uuid, tieline_now()
      from ingestion_assets a, (select distinct system_id from ingestion_systems) s
     where a.asset_uuid::text = ${pair.assetUuid} and s.system_id = ${pair.systemId}
    on conflict (asset_uuid, system_id) do update
      set decision = excluded.decision, asset_role = excluded.asset_role, rule_id = null, reason = excluded.reason, reason_code = excluded.reason_code,
          reason_params = null, decided_by_kind = 'person', rule_code = null, decided_by = excluded.decided_by,
          operation_id = excluded.operation_id, decided_at = tieline_now()`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

/** What was decided about an asset holds for the one that it turned out to be, unless that one has a decision about the same boundary. */
export async function moveBoundaryDecisions(db: Kysely<Database>, from: string, into: string): Promise<void> {
  await sql`
    update boundary_decisions d set asset_uuid = ${into}::uuid
     where d.asset_uuid = ${from}::uuid
       and not exists (select from boundary_decisions known where known.asset_uuid = ${into}::uuid and known.system_id = d.system_id)`.execute(
    db,
  );
}
