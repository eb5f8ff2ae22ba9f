/** Which asset is which component: the decisions of rules and of people. */
import { sql, type Kysely } from 'kysely';
import type { CandidateDecision } from '../../canonical/identity/index.ts';
import type { ReasonCode, RuleCode } from '../../canonical/vocabulary/index.ts';
import { reasonValue } from '../../ledger/operations/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** A standing decision of a person holds by rule; its number is a parameter of the reason. */
type MatchRule = Extract<RuleCode, 'weighted_identifiers' | 'standing_decision'>;

export interface PairDecision extends CandidateDecision {
  readonly assetUuid: string;
  readonly rule: MatchRule;
}

/** Makes the decisions of the rule about a system's components exactly these; a person's decisions stay. */
export async function saveCorrelations(
  db: Kysely<Database>,
  source: { systemId: number; operationId: string },
  decisions: readonly PairDecision[],
): Promise<void> {
  const given = sql`jsonb_to_recordset(${storableJson(decisions)}::jsonb)
        as d("assetUuid" uuid, "componentId" int, decision text, score numeric, evidence jsonb, reason jsonb, rule text)`;
  await sql`
    delete from asset_correlations known
     using system_components component
     where component.id = known.component_id and component.external_system_id = ${source.systemId}
       and known.decided_by_kind = 'rule'
       and not exists (select from ${given} where d."assetUuid" = known.asset_uuid and d."componentId" = known.component_id)`.execute(
    db,
  );
  await sql`
    insert into asset_correlations as known (asset_uuid, component_id, decision, score, evidence, reason_code, reason_params, decided_by_kind, rule_code, operation_id)
    select d."assetUuid", d."componentId", d.decision, d.score, d.evidence, d.reason ->> 'code', d.reason -> 'params', 'rule', d.rule, ${source.operationId}::uuid
      from ${given}
    on conflict (asset_uuid, component_id) do update
      set decision = excluded.decision, score = excluded.score, evidence = excluded.evidence, reason = null,
          reason_code = excluded.reason_code, reason_params = excluded.reason_params, rule_code = excluded.rule_code, operation_id = excluded.operation_id, decided_at = tieline_now()
      where known.decided_by_kind = 'rule'
        and (known.decision, known.score, known.evidence, known.reason_code, known.reason_params, known.rule_code)
            is distinct from (excluded.decision, excluded.score, excluded.evidence, excluded.reason_code, excluded.reason_params, excluded.rule_code)`.execute(
    db,
  );
}

export interface PairDecided {
  readonly decision: 'linked' | 'rejected';
  readonly by: string;
  readonly reason: string | undefined;
  /** For a match: whether other assets that have the component leave it. Default: they share it. */
  readonly replaces?: boolean;
}

/**
 * What a person decides about a pair of asset and component; rules leave it alone from then on. A match holds against all that compete
 * with it: the asset is not another component of that GRC system, and other assets that were under review for this component are not it; those
 * that have it keep it by the same word, unless it replaces them.
 * @returns our number of the component, or nothing where there is no such asset or component.
 */
export async function decideCorrelationPair(
  db: Kysely<Database>,
  pair: { readonly assetUuid: string; readonly systemId: number; readonly componentId: string },
  decided: PairDecided,
  operationId: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ component: number }>`
    with pair as (
      select a.asset_uuid, c.id as component_id
        from ingestion_assets a, system_components c
       where a.asset_uuid::text = ${pair.assetUuid} and c.external_system_id = ${pair.systemId} and c.component_id = ${pair.componentId}
    ), overruled as (
      update asset_correlations k
         set decision = 'rejected', decided_by_kind = 'person', decided_by = ${decided.by}, rule_code = null, decided_at = tieline_now(),
             operation_id = ${operationId}::uuid, reason = null,
             reason_code = case when k.asset_uuid = pair.asset_uuid then ${sql.raw(reasonValue('person_matched_other'))}
                                else ${sql.raw(reasonValue('person_matched_asset'))} end,
             reason_params = case when k.asset_uuid <> pair.asset_uuid then jsonb_build_object('asset', pair.asset_uuid) end
        from pair, system_components c
       where ${decided.decision === 'linked'} and c.id = k.component_id and c.external_system_id = ${pair.systemId}
         and (k.asset_uuid = pair.asset_uuid and k.component_id <> pair.component_id and k.decision = 'linked'
              or k.asset_uuid <> pair.asset_uuid and k.component_id = pair.component_id
                 and (k.decision = 'review' or k.decision = 'linked' and ${decided.replaces ?? false}))
    ), beside as (
      -- Who has the component and was not told to leave shares it by the person's word too: nobody is asked again whether they are one.
      update asset_correlations k
         set decided_by_kind = 'person', decided_by = ${decided.by}, rule_code = null, decided_at = tieline_now(), operation_id = ${operationId}::uuid,
             reason = null, reason_code = ${sql.raw(reasonValue('person_matched_beside'))},
             reason_params = jsonb_build_object('asset', pair.asset_uuid)
        from pair
       where ${decided.decision === 'linked' && !decided.replaces} and k.component_id = pair.component_id
         and k.asset_uuid <> pair.asset_uuid and k.decision = 'linked' and k.decided_by_kind = 'rule'
    )
    insert into asset_correlations as known (asset_uuid, component_id, decision, score, evidence, reason, reason_code, decided_by_kind, decided_by, operation_id)
    select asset_uuid, component_id, ${decided.decision}, 0, '[]', ${decided.reason ?? null},
           ${decided.reason === undefined ? ('person_decided' satisfies ReasonCode) : null}, 'person', ${decided.by}, ${operationId}::uuid
      from pair
    on conflict (asset_uuid, component_id) do update
      set decision = excluded.decision, reason = excluded.reason, reason_code = excluded.reason_code, reason_params = null,
          decided_by_kind = excluded.decided_by_kind, decided_by = excluded.decided_by, rule_code = null,
          operation_id = excluded.operation_id, decided_at = tieline_now()
    returning component_id as component`.execute(db);
  return rows[0]?.component;
}

/** Other assets that have a component now. */
export async function listSharingAssets(
  db: Kysely<Database>,
  componentId: number,
  assetUuid: string,
): Promise<{ readonly assetUuid: string; readonly hostname: string | null }[]> {
  const { rows } = await sql<{ assetUuid: string; hostname: string | null }>`
    select a.asset_uuid::text as "assetUuid", a.hostname from asset_correlations k join ingestion_assets a using (asset_uuid)
     where k.component_id = ${componentId} and k.decision = 'linked' and k.asset_uuid <> ${assetUuid}::uuid order by 1`.execute(
    db,
  );
  return rows;
}

/** What an asset was matched to, it is as another one, unless that one was matched to the same. */
export async function moveCorrelations(db: Kysely<Database>, from: string, into: string): Promise<void> {
  await sql`
    update asset_correlations k set asset_uuid = ${into}::uuid
     where k.asset_uuid = ${from}::uuid
       and not exists (select from asset_correlations known where known.asset_uuid = ${into}::uuid and known.component_id = k.component_id)`.execute(
    db,
  );
}
