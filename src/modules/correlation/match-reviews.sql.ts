/**
 * Matches that a person is asked about. One table and one query for every list and every count of them, so that no number leads to
 * another number of rows.
 */
import { sql, type Kysely } from 'kysely';
import type { Evidence, Identifier } from '../../canonical/identity/index.ts';
import type { DeciderKind, RuleCode } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isThere } from '../../record/assets/index.ts';
import { shownDecider, shownReason, type StoredReason } from '../../ledger/operations/index.ts';

export type ReviewKind = 'component' | 'duplicate' | 'identity' | 'boundary';

/** What may be chosen, or is there to be confirmed. */
export interface MatchCandidate {
  /** What `matches accept` takes: a component's id in its system, an asset's uuid, or a boundary. */
  readonly choice: string;
  readonly name: string | null;
  /** The system (authorization boundary) of the component, or of the asset. */
  readonly systemId: string | null;
  readonly score: number | null;
  readonly reason: string | null;
  readonly decision: string | null;
  /** Assets that have this component now. */
  readonly heldBy: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface MatchReview {
  readonly id: number;
  readonly kind: ReviewKind;
  /** The external system whose components, boundaries, or whose report, it is about. */
  readonly system: string;
  readonly systemId: number;
  readonly assetUuid: string | null;
  readonly assetName: string | null;
  /** The component that the asset has meanwhile, or that the assets share. */
  readonly componentId: string | null;
  /** What the source calls the record: of an identity. */
  readonly externalId: string | null;
  readonly decisionId: number | null;
  readonly reason: string | null;
  readonly openedAt: Date;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly outcome: string | null;
  readonly candidates: readonly MatchCandidate[];
}

export interface ReviewFilter {
  readonly id?: number;
  readonly ids?: readonly number[];
  readonly assetUuid?: string;
  readonly systemId?: number;
  /** Also those that are settled. */
  readonly all?: boolean;
}

const fitting = ({ id, ids, assetUuid, systemId, all }: ReviewFilter) => sql`
     where (${all ?? false} or r.settled_at is null)
       and (${id ?? null}::bigint is null or r.id = ${id ?? null})
       and (${ids === undefined} or r.id = any(${[...(ids ?? [])]}::bigint[]))
       and (${systemId ?? null}::int is null or r.external_system_id = ${systemId ?? null})
       and (${assetUuid ?? null}::uuid is null or r.asset_uuid = ${assetUuid ?? null}
            or r.decision_id in (select i.id from asset_identity_decisions i where i.asset_uuid = ${assetUuid ?? null} and i.decision = 'review')
            or r.component_id in (select k.component_id from asset_correlations k where k.asset_uuid = ${assetUuid ?? null} and k.decision = 'linked'))`;

const evidenceOf = sql`jsonb_build_object('score', k.score, 'reason', k.reason, 'reasonCode', k.reason_code, 'reasonParams', k.reason_params, 'decision', k.decision, 'evidence', k.evidence)`;

/** Candidates of a review, by its kind, as JSON. */
const candidates = sql`
    case r.kind
      when 'component' then (
        select jsonb_agg(jsonb_build_object('choice', c.component_id, 'name', c.name, 'systemId', c.system_id,
                 'heldBy', coalesce((select jsonb_agg(coalesce(h.hostname, h.asset_uuid::text) order by h.asset_uuid)
                             from asset_correlations o join ingestion_assets h using (asset_uuid)
                            where o.component_id = c.id and o.decision = 'linked' and o.asset_uuid <> k.asset_uuid), '[]')) || ${evidenceOf}
                 order by k.decision = 'review' desc, k.score desc, c.id)
          from asset_correlations k join system_components c on c.id = k.component_id
         where k.asset_uuid = r.asset_uuid and c.external_system_id = r.external_system_id and k.decided_by_kind = 'rule')
      when 'duplicate' then (
        select jsonb_agg(jsonb_build_object('choice', k.asset_uuid, 'name', a.hostname, 'systemId', a.system_id, 'heldBy', '[]'::jsonb) || ${evidenceOf}
                 order by k.score desc, k.asset_uuid)
          from asset_correlations k join ingestion_assets a using (asset_uuid)
         where k.component_id = r.component_id and k.decision = 'linked')
      when 'boundary' then (
        select jsonb_agg(jsonb_build_object('choice', b.system_id, 'name', (select min(s.name) from ingestion_systems s where s.system_id = b.system_id),
                 'systemId', b.system_id, 'heldBy', '[]'::jsonb, 'score', null, 'reason', b.reason, 'reasonCode', b.reason_code, 'reasonParams', b.reason_params,
                 'decision', b.decision,
                 'evidence', (select coalesce(jsonb_agg(jsonb_build_object('kind', e ->> 'kind', 'value', e ->> 'value', 'weight', 0, 'note', e ->> 'found')), '[]')
                                from jsonb_array_elements(b.evidence) e))
                 order by b.decision = 'review' desc, b.system_id)
          from boundary_decisions b where b.asset_uuid = r.asset_uuid and b.decided_by_kind = 'rule')
      else (
        select jsonb_agg(jsonb_build_object('choice', e ->> 'assetUuid', 'name', a.hostname, 'systemId', a.system_id, 'heldBy', '[]'::jsonb,
                 'score', (e ->> 'score')::numeric, 'reason', null, 'reasonCode', null, 'reasonParams', null, 'decision', null, 'evidence', coalesce(e -> 'evidence', '[]')) order by place)
          from jsonb_array_elements(d.candidates) with ordinality each(e, place)
          left join ingestion_assets a on a.asset_uuid::text = e ->> 'assetUuid')
    end`;

/** SQL of why a review `r` is one: its own reason, else that of the decision `d` about an identity. */
const reasonOfReview = sql`
           case when r.reason_code is null then coalesce(r.reason, d.reason) end as reason,
           case when r.reason is null then coalesce(r.reason_code, d.reason_code) end as "reasonCode",
           case when r.reason_code is null then d.reason_params else r.reason_params end as "reasonParams"`;

type StoredReview = Omit<MatchReview, 'candidates' | 'reason'> &
  StoredReason & {
    readonly candidates: readonly (Omit<MatchCandidate, 'reason'> & StoredReason)[] | null;
    readonly settledByKind: DeciderKind | null;
    readonly settledByRule: RuleCode | null;
  };

function shownReview(row: StoredReview): MatchReview {
  const { reasonCode: _code, reasonParams: _params, settledByKind, settledByRule, ...review } = row;
  return {
    ...review,
    reason: shownReason(row),
    settledBy:
      settledByKind === null
        ? row.settledBy
        : shownDecider({ decidedByKind: settledByKind, decidedBy: row.settledBy, ruleCode: settledByRule }),
    candidates: (row.candidates ?? []).map((stored) => {
      const { reasonCode: _its, reasonParams: _own, ...candidate } = stored;
      return { ...candidate, reason: shownReason(stored) };
    }),
  };
}

/** Reviews that fit, oldest first, each with its candidates, the best first. */
export async function listMatchReviews(
  db: Kysely<Database>,
  filter: ReviewFilter,
  limit: number,
): Promise<MatchReview[]> {
  const { rows } = await sql<StoredReview>`
    select r.id::int, r.kind, s.system_name as system, r.external_system_id as "systemId", a.asset_uuid::text as "assetUuid",
           a.hostname as "assetName", coalesce(shared.component_id, l.external_id) as "componentId", d.external_id as "externalId",
           r.decision_id::int as "decisionId", ${reasonOfReview}, r.opened_at as "openedAt", r.settled_at as "settledAt",
           r.settled_by_kind as "settledByKind", r.settled_by as "settledBy", r.rule_code as "settledByRule", r.outcome, ${candidates} as candidates
      from match_reviews r join external_systems s on s.id = r.external_system_id
      left join asset_identity_decisions d on d.id = r.decision_id
      left join ingestion_assets a on a.asset_uuid = coalesce(r.asset_uuid, d.asset_uuid)
      left join system_components shared on shared.id = r.component_id
      left join lateral (select l.external_id from sync_links l
                          where r.kind = 'component' and l.entity_type = 'asset_component' and l.external_system_id = r.external_system_id
                            and l.entity_id = r.asset_uuid::text and l.retired_at is null order by l.id limit 1) l on true
    ${fitting(filter)} order by r.id limit ${limit}`.execute(db);
  return rows.map(shownReview);
}

/** How many matches wait for a person; with operations, only those that these first left to one. */
export async function countMatchReviews(db: Kysely<Database>, openedBy?: readonly string[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from match_reviews r ${fitting({})}
       and (${openedBy === undefined} or r.operation_id = any(${openedBy === undefined ? [] : [...openedBy]}::uuid[]))`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

export interface StandingMatch {
  readonly id: number;
  readonly system: string;
  readonly componentId: string;
  /** Our number of the component; null where the system no longer has it. */
  readonly componentRow: number | null;
  readonly evidence: readonly Identifier[];
  readonly decidedBy: string;
  readonly reason: string | null;
  readonly decidedAt: Date;
}

/** Standing decisions in force, of one GRC system or of all. */
export async function listStandingMatches(db: Kysely<Database>, systemId?: number): Promise<StandingMatch[]> {
  const { rows } = await sql<StandingMatch>`
    select m.id::int, s.system_name as system, m.component_id as "componentId", c.id as "componentRow", m.evidence, m.decided_by as "decidedBy",
           m.reason, m.decided_at as "decidedAt"
      from standing_matches m join external_systems s on s.id = m.external_system_id
      left join system_components c on c.external_system_id = m.external_system_id and c.component_id = m.component_id and ${isThere('c')}
     where m.ended_at is null and (${systemId ?? null}::int is null or m.external_system_id = ${systemId ?? null})
     order by m.id`.execute(db);
  return rows;
}

/** Living assets that carry any of this evidence. */
export async function findAssetsBearing(
  db: Kysely<Database>,
  evidence: readonly Identifier[],
): Promise<string[]> {
  if (evidence.length === 0) return [];
  const { rows } = await sql<{ uuid: string }>`
    select distinct i.asset_uuid::text as uuid
      from jsonb_to_recordset(${storableJson(evidence)}::jsonb) e(kind text, value text)
      join asset_identifiers i on i.kind = e.kind and i.value = e.value
      join ingestion_assets a using (asset_uuid)
     where a.deleted_at is null and a.terminated_at is null and a.merged_into is null order by 1`.execute(db);
  return rows.map((row) => row.uuid);
}

export async function insertStandingMatch(
  db: Kysely<Database>,
  match: {
    readonly systemId: number;
    readonly componentId: string;
    readonly evidence: readonly Identifier[];
    readonly by: string;
    readonly reason: string | undefined;
  },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into standing_matches (external_system_id, component_id, evidence, decided_by, reason)
    values (${match.systemId}, ${match.componentId}, ${storableJson(match.evidence)}::jsonb, ${match.by}, ${match.reason ?? null})
    returning id::int`.execute(db);
  return rows[0]?.id ?? 0;
}

/** Ends a standing decision. @returns its GRC system, or undefined if none is in force by that number. */
export async function endStandingMatch(
  db: Kysely<Database>,
  id: number,
  by: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ system: number }>`
    update standing_matches set ended_at = tieline_now(), ended_by = ${by} where id = ${id} and ended_at is null
    returning external_system_id as system`.execute(db);
  return rows[0]?.system;
}
