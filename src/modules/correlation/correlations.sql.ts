import { sql, type Kysely } from 'kysely';
import type { Candidate, Identifier, IdentifierKind } from '../../canonical/identity/index.ts';
import type { PairDecision, PersonLink } from './shared-components.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { reasonValue, ruleValues } from '../../ledger/operations/index.ts';

/** SQL that is true of a component that its GRC system still shows: one that was removed there matches nothing. */
export const isThere = (component: string) =>
  sql.raw(`not exists (select from sync_links own
                        where own.external_system_id = ${component}.external_system_id and own.entity_type = 'component'
                          and own.entity_id = ${component}.id::text and own.missing_since is not null and own.retired_at is null)`);

/** Columns of an asset that follow from the component it was matched to. */
export const matchedColumns: ReadonlySet<string> = new Set(['system_id', 'xacta_component_id']);

export interface CandidatePair extends Candidate {
  readonly assetUuid: string;
  readonly isMatched: boolean;
  /** Whether no source reports the asset any more. */
  readonly isUnreported: boolean;
}

/** Assets that can be matched: neither ended nor merged into another one. */
const living = sql`select asset_uuid, unreported_since from ingestion_assets
         where deleted_at is null and terminated_at is null and merged_into is null`;

/**
 * Every pair of a living asset and a component that share an identifier other than an address, and every pair that a rule has matched,
 * whatever the two still share; but for pairs that a person has decided about. Counts on idx_component_identifiers_value.
 */
export async function listCandidatePairs(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<CandidatePair[]> {
  const { rows } = await sql<PairRow>`
    with living as (${living}), components as (
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
      from asset_correlations k join (${living}) a using (asset_uuid) join system_components c on c.id = k.component_id
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

/**
 * Makes the decisions of the rule exactly these; a person's decisions stay. Then settles the links.
 */
export async function applyCorrelations(
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
          reason_code = excluded.reason_code, reason_params = excluded.reason_params, rule_code = excluded.rule_code, operation_id = excluded.operation_id, decided_at = now()
      where known.decided_by_kind = 'rule'
        and (known.decision, known.score, known.evidence, known.reason_code, known.reason_params, known.rule_code)
            is distinct from (excluded.decision, excluded.score, excluded.evidence, excluded.reason_code, excluded.reason_params, excluded.rule_code)`.execute(
    db,
  );
  await settleCorrelationLinks(db, source);
}

/** Brings assets, assignments and links in line with what is decided about all pairs, and journals what that changes. */
export async function settleCorrelationLinks(
  db: Kysely<Database>,
  source: { systemId: number; operationId: string },
): Promise<void> {
  await retireLinks(db, source);
  await makeLinks(db, source);
}

/** Current matches, of every GRC system: a machine may be a component of several, and belongs to a system of each then. */
const everyLinked = sql`
    select k.asset_uuid, c.id, c.external_system_id, c.component_id, c.system_id, c.business_owner, c.technical_owner
      from asset_correlations k join system_components c on c.id = k.component_id join (${living}) living using (asset_uuid)
     where k.decision = 'linked' and ${isThere('c')}`;

const linked = (systemId: number) => sql`
    select * from (${everyLinked}) every_linked where external_system_id = ${systemId}`;

/** Whether asset `a` is in its system because correlation put it there; an assignment of the owner's is kept. */
const isCorrelated = sql.raw(`exists (select from ingestion_system_assets s
                          where s.asset_uuid = a.asset_uuid and s.system_id = a.system_id and s.assignment_type = 'correlated')`);

async function retireLinks(
  db: Kysely<Database>,
  source: { systemId: number; operationId: string },
): Promise<void> {
  await sql`
    with gone as (
      update sync_links l set retired_at = now()
       where l.external_system_id = ${source.systemId} and l.entity_type = 'asset_component' and l.retired_at is null
         and not exists (select from (${linked(source.systemId)}) k
                          where k.asset_uuid::text = l.entity_id and k.component_id = l.external_id)
      returning l.entity_id, l.external_id
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, direction, decided_by_kind, rule_code, reason_code)
      select ${source.operationId}::uuid, ${source.systemId}, 'asset', gone.entity_id, 'xacta_component_id', to_jsonb(gone.external_id),
             'internal', ${sql.raw(ruleValues('weighted_identifiers'))}, ${sql.raw(reasonValue('match_unclear'))}
        from gone
    ), unassigned as (
      delete from ingestion_system_assets s using gone
       where s.asset_uuid::text = gone.entity_id and s.assignment_type = 'correlated'
         and not exists (select from (${everyLinked}) k where k.asset_uuid = s.asset_uuid and k.system_id = s.system_id)
    )
    update ingestion_assets a
       set xacta_component_id = null,
           system_id = case when ${isCorrelated} then null else a.system_id end
      from gone where a.asset_uuid::text = gone.entity_id and a.xacta_component_id = gone.external_id`.execute(
    db,
  );
}

async function makeLinks(
  db: Kysely<Database>,
  source: { systemId: number; operationId: string },
): Promise<void> {
  await sql`
    insert into sync_links as known (external_system_id, entity_type, entity_id, external_id, operation_id)
    select ${source.systemId}, 'asset_component', k.asset_uuid::text, k.component_id, ${source.operationId}::uuid
      from (${linked(source.systemId)}) k
    on conflict (external_system_id, external_id, entity_id) where entity_type = 'asset_component' do update
      set retired_at = null, operation_id = excluded.operation_id, confirmed_at = now()
      where known.retired_at is not null`.execute(db);
  // A different assignment by the owner stays; ours is kept beside it. With several GRC systems, the first one's applies, as long as it exists.
  await sql`
    with main as (
      select distinct on (k.asset_uuid) k.*
        from (${everyLinked}) k join ingestion_assets a on a.asset_uuid = k.asset_uuid
       order by k.asset_uuid, (k.component_id is not distinct from a.xacta_component_id and k.system_id is not distinct from a.system_id) desc,
                (k.component_id is not distinct from a.xacta_component_id) desc, k.external_system_id, k.id
    ), changing as (
      select a.asset_uuid, a.system_id as old_system, a.xacta_component_id as old_component,
             case when a.system_id is null or ${isCorrelated} then k.system_id else a.system_id end as new_system,
             k.component_id as new_component, k.business_owner, k.technical_owner, k.external_system_id
        from main k join ingestion_assets a on a.asset_uuid = k.asset_uuid
       where a.xacta_component_id is distinct from k.component_id
          or a.system_id is null
          or a.system_id <> k.system_id and ${isCorrelated}
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction,
                                decided_by_kind, rule_code, reason_code)
      select ${source.operationId}::uuid, c.external_system_id, 'asset', c.asset_uuid::text, f.name, to_jsonb(f.before), to_jsonb(f.after), 'internal',
             ${sql.raw(ruleValues('weighted_identifiers'))}, ${sql.raw(reasonValue('see_evidence'))}
        from changing c
       cross join lateral (values ('system_id', c.old_system::text, c.new_system::text),
                                  ('xacta_component_id', c.old_component::text, c.new_component::text)) f(name, before, after)
       where f.before is distinct from f.after
    )
    update ingestion_assets a
       set system_id = c.new_system, xacta_component_id = c.new_component,
           business_owner = coalesce(a.business_owner, c.business_owner),
           technical_owner = coalesce(a.technical_owner, c.technical_owner),
           external_system_mappings = coalesce(a.external_system_mappings, '{}')
             || jsonb_build_object('xacta', jsonb_build_object('component_id', c.new_component, 'system_id', c.new_system)),
           updated_at = now()
      from changing c
     where a.asset_uuid = c.asset_uuid`.execute(db);
  await sql`
    delete from ingestion_system_assets s using (${linked(source.systemId)}) k
     where s.asset_uuid = k.asset_uuid and s.assignment_type = 'correlated' and s.system_id <> k.system_id
       and not exists (select from (${everyLinked}) other where other.asset_uuid = s.asset_uuid and other.system_id = s.system_id)`.execute(
    db,
  );
  await sql`
    insert into ingestion_system_assets (system_id, asset_uuid, assignment_type)
    select k.system_id, k.asset_uuid, 'correlated' from (${linked(source.systemId)}) k
     where not exists (select from ingestion_system_assets s where s.asset_uuid = k.asset_uuid and s.system_id = k.system_id)`.execute(
    db,
  );
}

export interface CorrelationCounts {
  readonly linked: number;
  readonly review: number;
  /** Living assets with no candidate that fits. */
  readonly unmatched: number;
  /** Linked assets by the strongest identifier that linked them; `person` where a person did, and no identifier would. */
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
        from asset_correlations group by asset_uuid
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
