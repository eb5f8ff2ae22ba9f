/**
 * POA&Ms that were completed while a finding under them was open that the rule of their boundary does not name any more: its severity fell
 * below the floor, say. No weakness speaks for such a finding, so the judgement of weaknesses does not see it.
 */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { isSystemOf } from '../systems/index.ts';
import { isApprovedFalsePositive } from './findings-under.sql.ts';

export interface CompletedWhileOpen {
  readonly poamId: string;
  readonly systemId: string;
  readonly status: string;
  /** YYYY-MM-DD; null where the record does not say. */
  readonly endedOn: string | null;
  /** As people know them: `plugin 20001 (OpenSSL)`. */
  readonly plugins: readonly string[];
  readonly openFindings: number;
  /** Names of machines. */
  readonly openOn: readonly string[];
}

/**
 * Of a GRC system; those about which a person has decided since are left out. The findings that the rules name are to be gathered in the same
 * transaction (`weak_findings`). By idx_ingestion_vulnerabilities_answered.
 */
export async function listCompletedWhileOpen(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<CompletedWhileOpen[]> {
  const { rows } = await sql<CompletedWhileOpen>`
    select p.poam_id as "poamId", p.system_id as "systemId", p.status, left(p.actual_completion::text, 10) as "endedOn",
           array_agg(distinct 'plugin ' || v.plugin_id || coalesce(' (' || g.name || ')', '')) as plugins,
           count(*)::int as "openFindings", array_agg(distinct coalesce(a.hostname, a.asset_uuid::text)) as "openOn"
      from ingestion_poams p
      join sync_links l on l.external_system_id = ${externalSystemId} and l.entity_type = 'poam' and l.entity_id = p.poam_id
                       and l.retired_at is null and l.missing_since is null
      join ingestion_vulnerabilities v on v.poam_id = p.id and v.lifecycle_state in ('open', 'reopened')
      join ingestion_assets a on a.asset_uuid = v.asset_ref and a.terminated_at is null and a.deleted_at is null
      left join scan_plugins g on g.plugin_id = v.plugin_id::text
     where p.status = 'Completed' and ${isSystemOf(externalSystemId, 'p.system_id')}
       and (a.system_id = p.system_id
            or exists (select from ingestion_system_assets beside where beside.asset_uuid = a.asset_uuid and beside.system_id = p.system_id
                          and beside.asset_role is distinct from 'inherited'))
       and coalesce(v.resurfaced_at, v.first_found)::date <= coalesce(p.actual_completion::date, 'infinity')
       and v.severity_modification is distinct from 'accepted' and not ${isApprovedFalsePositive}
       and not exists (select from weak_findings named where named.finding_id = v.id)
       and not exists (select from sync_conflicts decided
                        where decided.entity_type = 'poam' and decided.entity_id = p.poam_id and decided.conflict_type = 'contradiction'
                          and decided.resolved_by_kind = 'person' and decided.resolved_at >= coalesce(p.actual_completion, '-infinity'))
     group by p.poam_id, p.system_id, p.status, p.actual_completion
     order by p.poam_id`.execute(db);
  return rows;
}
