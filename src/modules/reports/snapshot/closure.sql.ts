/** The story of POA&Ms that are closed, or that one asks about: findings before and after, changes, approvals, evidence. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { ClosureFacts } from './snapshot.ts';

const utc = (column: string) =>
  sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`);
/** Columns of the plan that hold UTC without a zone. */
const plain = (column: string) => sql.raw(`to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`);

/** So much of what a plugin said is kept: the last time that it found the weakness. */
const shownOutput = 2_000;

/** @param poamIds those that the reader may see. */
export async function listClosures(
  db: Kysely<Database>,
  poamIds: readonly string[],
): Promise<ClosureFacts[]> {
  const { rows } = await sql<ClosureFacts>`
    select p.poam_id as "poamId", ${utc('life.verified_at')} as "verifiedAt", ${utc('life.closed_by_evidence_at')} as "closedByEvidenceAt",
           coalesce(life.evidence, '[]') as evidence,
           coalesce((select jsonb_agg(jsonb_build_object('plugin', v.plugin_id::text, 'name', v.vulnerability_name, 'asset', coalesce(a.hostname, v.asset_uuid::text),
                              'state', v.lifecycle_state, 'firstFound', ${plain('v.first_found')}, 'lastFound', ${plain('v.last_found')},
                              'fixedAt', ${plain('v.last_fixed')},
                              'output', left(coalesce(to_jsonb(v) -> 'raw_data', to_jsonb(v) -> 'raw_json') ->> 'output', ${shownOutput}::int)) order by v.plugin_id::text, coalesce(a.hostname, v.asset_uuid::text), v.id)
                       from ingestion_vulnerabilities v left join ingestion_assets a on a.asset_uuid = v.asset_ref where v.poam_id = p.id), '[]') as findings,
           coalesce((select jsonb_agg(jsonb_build_object('at', ${utc('j.changed_at')}, 'field', j.field_name, 'before', left(j.before_value #>> '{}', 500),
                              'after', left(j.after_value #>> '{}', 500), 'by', coalesce(j.decided_by, j.rule_code, 'rule'), 'reason', j.reason) order by j.id)
                       from sync_changes j where j.entity_type = 'poam' and j.entity_id = p.poam_id), '[]') as story,
           coalesce((select jsonb_agg(jsonb_build_object('asked', q.requested_action, 'by', q.requested_by, 'at', ${utc('q.requested_at')}, 'status', q.status,
                              'decidedBy', q.decided_by, 'decidedAt', ${utc('q.decided_at')}, 'reason', q.reason) order by q.id)
                       from approvals q where q.subject_kind is not null
                        and (q.subject_id = p.poam_id or exists (select from deviations d where d.poam_id = p.poam_id and d.approval_id = q.approval_id))), '[]') as approvals
      from ingestion_poams p left join poam_lives life on life.poam_id = p.poam_id
     where p.poam_id = any(${[...poamIds]}::text[]) order by p.poam_id`.execute(db);
  return rows;
}
