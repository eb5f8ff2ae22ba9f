import { sql, type Kysely } from 'kysely';
import type { Candidate, Identifier, IdentifierKind } from '../../canonical/identity/index.ts';
import type { PersonLink } from './shared-components.ts';
import { type PairDecision, saveCorrelations } from '../../record/matches/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { isThere, livingAssets, settleCorrelationLinks } from '../../record/assets/index.ts';

/** Columns of an asset that follow from the component it was matched to. */
export const matchedColumns: ReadonlySet<string> = new Set(['system_id', 'xacta_component_id']);

export interface CandidatePair extends Candidate {
  readonly assetUuid: string;
  readonly isMatched: boolean;
  /** Whether no source reports the asset any more. */
  readonly isUnreported: boolean;
}

/**
 * Every pair of a living asset and a component that share an identifier other than an address, and every pair that a rule has matched,
 * whatever the two still share; but for pairs that a person has decided about. Counts on idx_component_identifiers_value.
 */
export async function listCandidatePairs(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<CandidatePair[]> {
  const { rows } = await sql<PairRow>`
    with living as (${livingAssets}), components as (
      select id from system_components c where external_system_id = ${externalSystemId} and ${isThere('c')}
    ), shared as (
      select a.asset_uuid, c.component_id, a.kind, a.value
        from asset_identifiers a
        join component_identifiers c using (kind, value)
        join living using (asset_uuid)
        join components on components.id = c.component_id
    ), sharing as (
      select kind, value, count(distinct asset_uuid)::int as assets from shared group by kind, value
    ), grouped as (
      select s.asset_uuid, s.component_id,
             jsonb_agg(jsonb_build_object('kind', s.kind, 'value', s.value) order by s.kind, s.value) as shared,
             jsonb_object_agg(s.kind || ' ' || s.value, n.assets) as sharing,
             array_agg(distinct s.kind) as kinds, bool_or(s.kind <> 'ip') as is_candidate
        from shared s join sharing n using (kind, value)
       group by s.asset_uuid, s.component_id
    ), held as (
      select k.component_id, min(k.asset_uuid::text) as one, max(k.asset_uuid::text) as other
        from asset_correlations k join living using (asset_uuid) join components on components.id = k.component_id
       where k.decision = 'linked' and living.unreported_since is null group by k.component_id
    ), matched as (
      select k.asset_uuid, k.component_id from asset_correlations k join living using (asset_uuid) join components on components.id = k.component_id
       where k.decision = 'linked' and k.decided_by_kind = 'rule'
    ), pairs as (
      select asset_uuid, component_id, coalesce(g.shared, '[]') as shared, coalesce(g.sharing, '{}') as sharing, coalesce(g.kinds, '{}') as kinds,
             m.asset_uuid is not null as is_matched
        from grouped g full join matched m using (asset_uuid, component_id)
       where g.is_candidate or m.asset_uuid is not null
    )
    select p.asset_uuid::text, p.component_id, p.shared, p.sharing, p.is_matched, l.unreported_since is not null as is_unreported,
           coalesce(p.asset_uuid::text <> h.one or p.asset_uuid::text <> h.other, false) as is_held,
           array(select distinct a.kind::text
                   from asset_identifiers a join component_identifiers c using (kind)
                  where a.asset_uuid = p.asset_uuid and c.component_id = p.component_id and a.kind <> all (p.kinds)
                  order by 1) as contradicted
      from pairs p join living l using (asset_uuid) left join held h using (component_id)
     where not exists (select from asset_correlations k
                        where k.asset_uuid = p.asset_uuid and k.component_id = p.component_id
                          and k.decided_by_kind <> 'rule')
     order by p.asset_uuid, p.component_id`.execute(db);
  return rows.map((row) => pairOf(row));
}

interface PairRow {
  readonly asset_uuid: string;
  readonly component_id: number;
  readonly shared: Identifier[];
  readonly sharing: Record<string, number>;
  readonly contradicted: IdentifierKind[];
  readonly is_matched: boolean;
  readonly is_held: boolean;
  readonly is_unreported: boolean;
}

const pairOf = (row: PairRow): CandidatePair => ({
  assetUuid: row.asset_uuid,
  componentId: row.component_id,
  shared: row.shared,
  contradicted: row.contradicted,
  assetsSharing: row.sharing,
  isMatched: row.is_matched,
  isHeld: row.is_held,
  isUnreported: row.is_unreported,
});

export interface PersonDecision extends PersonLink {
  readonly decision: 'linked' | 'rejected';
  readonly isUnreported: boolean;
}

/** What a person decided about pairs of living assets and components of a GRC system. */
export async function listPersonDecisions(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<PersonDecision[]> {
  const { rows } = await sql<PersonDecision>`
    select k.asset_uuid::text as "assetUuid", k.component_id as "componentId", k.decision, a.unreported_since is not null as "isUnreported"
      from asset_correlations k join (${livingAssets}) a using (asset_uuid) join system_components c on c.id = k.component_id
     where k.decided_by_kind <> 'rule' and c.external_system_id = ${externalSystemId} and ${isThere('c')}
     order by 1, 2`.execute(db);
  return rows;
}

/** What each of these assets is known by. */
export async function fetchIdentifiers(
  db: Kysely<Database>,
  assetUuids: readonly string[],
): Promise<ReadonlyMap<string, readonly Identifier[]>> {
  if (assetUuids.length === 0) return new Map();
  const { rows } = await sql<Identifier & { uuid: string }>`
    select asset_uuid::text as uuid, kind, value from asset_identifiers where asset_uuid = any(${[...assetUuids]}::uuid[])
     order by asset_uuid, kind, value`.execute(db);
  return new Map(
    [...Map.groupBy(rows, (row) => row.uuid)].map(([uuid, list]) => [
      uuid,
      list.map(({ kind, value }) => ({ kind, value })),
    ]),
  );
}

/** Makes the decisions of the rule exactly these, then settles the links. */
export async function applyCorrelations(
  db: Kysely<Database>,
  source: { systemId: number; operationId: string },
  decisions: readonly PairDecision[],
): Promise<void> {
  await saveCorrelations(db, source, decisions);
  await settleCorrelationLinks(db, source);
}

export interface CorrelationCounts {
  readonly linked: number;
  readonly review: number;
  /** Living assets that no component and no rule of a boundary fits. */
  readonly unmatched: number;
  /**
   * Linked assets by the strongest identifier that linked them; `person` where a person did, and no identifier would; `boundary_rule` where
   * only a rule of a boundary puts it somewhere.
   */
  readonly linkedBy: Readonly<Record<string, number>>;
}

export async function countCorrelations(db: Kysely<Database>): Promise<CorrelationCounts> {
  const { rows } = await sql<{
    linked: number;
    review: number;
    unmatched: number;
    linked_by: Record<string, number> | null;
  }>`
    with decided as (
      select asset_uuid, bool_or(decision = 'linked') as linked, bool_or(decision = 'review') as review,
             min(evidence -> 0 ->> 'kind') filter (where decision = 'linked') as kind
        from (select asset_uuid, decision, evidence from asset_correlations
              union all
              -- What a component says is counted before a rule.
              select b.asset_uuid, b.decision, '[{"kind": "boundary_rule"}]' from boundary_decisions b
               where not exists (select from asset_correlations k where k.asset_uuid = b.asset_uuid and k.decision in ('linked', 'review'))) each
       group by asset_uuid
    ), living as (
      select a.asset_uuid, coalesce(d.linked, false) as linked, coalesce(d.review, false) and not coalesce(d.linked, false) as review, d.kind
        from ingestion_assets a left join decided d using (asset_uuid)
       where a.deleted_at is null and a.terminated_at is null
         and exists (select from sync_links l where l.entity_type = 'asset' and l.entity_id = a.asset_uuid::text)
    )
    select count(*) filter (where linked)::int as linked,
           count(*) filter (where review)::int as review,
           count(*) filter (where not linked and not review)::int as unmatched,
           (select jsonb_object_agg(kind, n) from (select coalesce(kind, 'person') as kind, count(*)::int as n from living where linked group by 1) by_kind) as linked_by
      from living`.execute(db);
  const row = rows[0];
  return {
    linked: row?.linked ?? 0,
    review: row?.review ?? 0,
    unmatched: row?.unmatched ?? 0,
    linkedBy: row?.linked_by ?? {},
  };
}
