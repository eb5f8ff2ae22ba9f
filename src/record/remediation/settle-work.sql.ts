/**
 * What scans say of the work on findings, for all of it at once: a finding that a scan shows fixed is done; one that was seen after its fix
 * was reported, or came back, is work again. `settledBy` (canonical/vocabulary/remediation.ts) says the same of one; a property test holds the
 * two against each other. Looked up by the work, which is few beside the findings.
 */
import { type Kysely, sql } from 'kysely';
import type { RuleCode } from '../../canonical/vocabulary/index.ts';
import { ruleValues } from '../../ledger/operations/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

const rule: RuleCode = 'scan_validates';

/** @returns ids of the findings whose work changed. */
export async function settleWork(
  db: Kysely<Database>,
  { operationId, at }: { readonly operationId: string; readonly at: Date },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with judged as (
      select r.id, v.id as finding, r.remediation_status as before, r.validation_status as validation_before,
             case when v.lifecycle_state = 'fixed' then 'fixed' when r.remediation_status = 'fixed' then 'open' else 'in_progress' end as status,
             case when v.lifecycle_state = 'fixed' then 'shown_fixed' else 'refuted' end as validation,
             case when v.lifecycle_state = 'fixed' then v.last_fixed else v.last_found end as seen
        from vulnerability_remediation r join ingestion_vulnerabilities v on v.id = r.vulnerability_id
       where r.updated_at is not null
         and ((v.lifecycle_state = 'fixed' and r.remediation_status <> 'fixed')
          or (v.lifecycle_state in ('open', 'reopened')
              and (r.remediation_status = 'fixed'
                   or r.remediation_status = 'fix_reported' and v.last_found > r.fix_reported_at at time zone 'UTC')))
    ), written as (
      update vulnerability_remediation r
         set remediation_status = j.status, validation_status = j.validation, validated_at = j.seen at time zone 'UTC',
             fix_reported_at = case when j.validation = 'shown_fixed' then r.fix_reported_at end,
             fix_reported_by = case when j.validation = 'shown_fixed' then r.fix_reported_by end,
             updated_at = ${at}::timestamptz, updated_by = null
        from judged j where j.id = r.id
      returning j.finding, j.before, j.status, j.validation_before, j.validation
    ), journal as (
      insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, rule_code)
      select ${operationId}::uuid, 'finding', w.finding::text, change.field, to_jsonb(change.before), to_jsonb(change.after), 'internal',
             ${sql.raw(ruleValues(rule))}
        from written w
       cross join lateral (values ('remediation_status', w.before, w.status), ('validation_status', w.validation_before, w.validation)) change(field, before, after)
       where change.before is distinct from change.after
    )
    select finding as id from written order by 1`.execute(db);
  return rows.map(({ id }) => id);
}
