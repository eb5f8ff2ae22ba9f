/** A world of POA&Ms in every state that the list knows, for tests of what is read of them. */
import { databaseWithConnection } from './one-connection.ts';
import type { ClonedDatabase } from './database.ts';

export const poamCount = 120;

/** POA&Ms P-1 … in systems S-0 to S-3 and in none, with milestones, assets, findings, weaknesses, links, conflicts and changes. */
export async function databaseWithPoams(): Promise<{ database: ClonedDatabase; systemId: number }> {
  const { database, systemId } = await databaseWithConnection();
  const all = `generate_series(1, ${poamCount}) n`;
  const statements = [
    `insert into ingestion_systems (system_id, name, uuid) select 'S-' || n, 'System ' || n, gen_random_uuid() from generate_series(0, 3) n`,
    `insert into ingestion_batches (batch_id, source_system) values ('00000000-0000-0000-0000-000000000001', 'test')`,
    `insert into ingestion_assets (asset_uuid, hostname, system_id)
     select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'web' || n, 'S-' || (n % 4) from generate_series(0, 9) n`,
    `insert into ingestion_poams (poam_id, system_id, weakness_description, status, weakness_risk_level, risk_rating, scheduled_completion, poc, security_control, updated_at)
     select 'P-' || n, case when n % 9 = 0 then null else 'S-' || (n % 4) end, 'Weakness ' || n || E'\\nmore of it',
            (array['Open', 'ongoing', 'IN_PROGRESS', 'Completed', 'Cancelled', 'Risk Accepted', 'paused', null])[1 + n % 8],
            (array['Critical', 'high', 'Moderate', 'Low', null])[1 + n % 5], case when n % 10 = 4 then 'Low' end,
            case when n % 7 > 0 then timestamp '2026-11-26' + (n % 23 - 7) * interval '11 days' end,
            (array['J. Doe', 'M. Ray', null])[1 + n % 3], (array['SI-2', 'CM-6', null])[1 + n % 3],
            timestamp '2026-11-20' - n * interval '1 hour'
       from ${all}`,
    `insert into weaknesses (system_id, identifier, severity, detected_on, due_on, due_reason, control_reason, poam_id)
     select p.system_id, (1000 + p.id)::text, 'High', '2026-10-01', '2026-11-01', 'High: 30 days', 'any', p.id from ingestion_poams p where p.system_id is not null and p.id % 2 = 0`,
    `insert into group_risks (system_id, plugin_id, risk_score, findings, assets, worst_asset, assessed_at)
     select w.system_id, w.identifier, w.id % 10 * 10 + 5, 1, 1, '00000000-0000-0000-0000-000000000001', now() from weaknesses w where w.id % 3 > 0`,
    `insert into poam_due_dates (poam_ref, obliged_by, since, stands_for)
     select p.id, case when p.id % 15 > 0 then date '2026-11-26' + (p.id % 17 - 8)::int * 9 end, timestamptz '2026-10-01Z', case when p.id % 6 = 2 then date '2026-11-26' end
       from ingestion_poams p where p.id % 5 > 0`,
    `insert into ingestion_poam_milestones (poam_id, milestone_description, scheduled_completion, status)
     select 'P-' || n, 'Step ' || s, timestamp '2026-11-26' + (s * 5 - 8) * interval '1 day', (array['Pending', 'completed', 'Cancelled', null])[1 + (n + s) % 4]
       from ${all} cross join generate_series(1, 3) s where n % 3 > 0`,
    `insert into ingestion_poam_assets (poam_id, asset_uuid)
     select 'P-' || n, ('00000000-0000-0000-0000-' || lpad((n % 10)::text, 12, '0'))::uuid from ${all} where n % 4 > 0`,
    `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, lifecycle_state, severity_rank, poam_id)
     select '1001', 'OpenSSL', 'High', '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000001',
            (array['open', 'fixed', 'reopened'])[1 + p.id % 3], 3, p.id from ingestion_poams p where p.id % 3 > 0`,
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id, edited_at, retired_at)
     select ${systemId}, 'poam', 'P-' || n, 'X-' || n, case when n % 11 = 0 then now() end, case when n % 13 = 0 then now() end from ${all} where n % 5 > 0`,
    `insert into sync_conflicts (entity_type, entity_id, conflict_type, field_name, external_system_id, resolution_status)
     select 'poam', 'P-' || n, (array['field_mismatch', 'validation_rejected', 'unclear_outcome', 'missing_record'])[1 + n % 4], 'comments', ${systemId},
            case when n % 2 = 0 then 'pending' else 'resolved' end from ${all} where n % 6 = 0 or n % 7 = 0`,
    `insert into sync_conflicts (entity_type, entity_id, conflict_type, field_name, external_system_id)
     select 'milestone', id::text, 'field_mismatch', 'status', ${systemId} from ingestion_poam_milestones where id % 50 = 0`,
    `insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, payload, idempotency_key, operation_id, reason, state, failure)
     select ${systemId}, 'poam', 'P-' || n, 'update', '{"comments": "x"}', 'key ' || n, '00000000-0000-0000-0000-000000000001', 'edited here: comments',
            (array['waiting', 'pending', 'sent', 'failed', 'confirmed', 'dropped', 'superseded'])[1 + n % 7],
            case when n % 56 = 3 then '{"outcome": "unclear"}'::jsonb end from ${all} where n % 4 = 3`,
    `insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, decided_by, changed_at)
     select '00000000-0000-0000-0000-000000000001', 'poam', 'P-' || n, 'comments', '"old"', '"new"', case when n % 2 = 0 then 'inbound' else 'internal' end,
            'person', 'J. Doe', timestamptz '2026-11-20Z' from ${all} where n % 3 = 0`,
  ];
  for (const statement of statements) await database.pool.query(statement);
  return { database, systemId };
}
