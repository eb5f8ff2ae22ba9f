/**
 * The work in the world of api-world.ts: what a year of syncs leaves behind, so that every list of the console has rows. Links and
 * components for nearly all records, two milestones for each POA&M, runs with their calls and changes, and what waits for people.
 */
import { drawn, systemId, uuidOf, type WorldSize } from './draw.ts';

const now = `timestamptz '2026-11-25 12:00Z'`;
/** Spread over the last 300 days. */
const earlier = (of: string, salt: number): string =>
  `${now} - ${drawn(of, salt, 25_920_000)} * interval '1 second'`;
const runs = 3000;
const run = (of: string): string => uuidOf('run', `1 + (${of}) % ${runs}`);
const poamId = (of: string): string => `'POAM-2026-' || lpad((${of})::text, 5, '0')`;
const series = (count: number): string => `generate_series(1, ${Math.round(count)}) g`;

const linked = ({ assets, systems, poams }: WorldSize): readonly string[] => [
  `insert into ingestion_batches (batch_id, source_system, batch_type, operation_type, external_system, status, started_at, completed_at, total_records, successful_records, metadata)
   select ${uuidOf('run', 'g')}, (array['tenable','xacta'])[1 + g % 2], 'poam', (array['sync','update','import','sync'])[1 + g % 4], (array['tenable','xacta'])[1 + g % 2],
          (array['completed','completed','completed','completed','failed','completed_with_issues'])[1 + ${drawn('g', 51, 6)}], (${earlier('g', 52)}) at time zone 'UTC', (${earlier('g', 52)}) at time zone 'UTC' + interval '3 minutes', 500, 500, '{}'
     from ${series(runs)}`,
  `insert into ingestion_poam_milestones (poam_id, milestone_id, milestone_description, scheduled_completion, status)
   select ${poamId('1 + g / 2')}, 'MS-' || g, 'Step ' || 1 + g % 2 || ' of the plan', ${now} at time zone 'UTC' + (${drawn('g', 53, 400)} - 150) * interval '1 day', (array['Pending','In Progress','Completed'])[1 + ${drawn('g', 54, 3)}]
     from ${series(poams * 2 - 2)}`,
  `insert into sync_links (external_system_id, entity_type, entity_id, external_id, base, operation_id, linked_at, confirmed_at)
   select 3, 'poam', ${poamId('g')}, 'there-' || g, '{}', ${run('g')}, ${now} - interval '300 days', ${earlier('g', 55)} from ${series(poams)} where g % 10 <> 0`,
  `insert into system_components (external_system_id, component_id, name, system_id, component_type)
   select 3, 'CMP-' || lpad(g::text, 6, '0'), 'host-' || lpad(g::text, 6, '0'), ${systemId(`1 + g % ${systems}`)}, 'Hardware' from ${series(assets)} where g % 100 <> 7`,
  `insert into asset_correlations (asset_uuid, component_id, decision, score, evidence, decided_by_kind, rule_code)
   select ${uuidOf('asset', 'g')}, c.id, case when g % 4 = 0 then 'review' else 'linked' end, 40 + g % 60, '[]', 'rule', 'correlation'
     from ${series(assets)} join system_components c on c.component_id = 'CMP-' || lpad(g::text, 6, '0')`,
];

const waiting = ({ assets, systems, poams }: WorldSize): readonly string[] => [
  `insert into sync_conflicts (entity_type, entity_id, conflict_type, field_name, external_system_id, operation_id, internal_value, external_value, base_value, created_at, resolution_status, resolved_by, resolved_by_kind, resolved_at, resolution)
   select 'poam', ${poamId('g')}, (array['field_mismatch','field_mismatch','validation_rejected','unclear_outcome'])[1 + g % 4], (array['scheduled_completion','status','comments','poc'])[1 + ${drawn('g', 61, 4)}], 3, ${run('g')}, '"ours"', '"theirs"', '"base"', (${earlier('g', 62)}) at time zone 'UTC',
          case when settled then 'resolved' else 'pending' end, case when settled then 'ISSO ' || g % 40 end, case when settled then 'person' end, case when settled then (${earlier('g', 63)}) at time zone 'UTC' end, case when settled then jsonb_build_object('choice', 'internal') end
     from (select g, g % 4 <> 0 as settled from ${series(poams / 2)}) each`,
  `insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, external_id, payload, before_values, idempotency_key, operation_id, state, attempts, reason, created_at, settled_at)
   select 3, 'poam', ${poamId('g')}, 'update', 'there-' || g, jsonb_build_object('comments', 'text ' || g), '{"comments": "before"}', 'key ' || g, ${run('g')}, state, 1 + g % 3, 'edited here', ${earlier('g', 64)}, case when state in ('confirmed', 'dropped', 'superseded') then ${now} end
     from (select g, (array['confirmed','confirmed','confirmed','confirmed','confirmed','confirmed','confirmed','waiting','pending','failed','superseded','dropped'])[1 + ${drawn('g', 65, 12)}] as state from ${series(poams)}) each`,
  `insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, decided_by, changed_at)
   select ${run('g')}, 3, 'poam', ${poamId(`1 + g % ${poams}`)}, (array['status','comments','poc'])[1 + g % 3], '"old"', to_jsonb('value ' || g), (array['inbound','outbound'])[1 + g % 2], 'person', 'ISSO ' || g % 40, ${earlier('g', 66)}
     from ${series(poams * 10)}`,
  `insert into match_reviews (kind, external_system_id, asset_uuid, operation_id, opened_at, settled_at, settled_by, settled_by_kind, outcome)
   select 'component', 3, ${uuidOf('asset', 'g')}, ${run('g')}, ${earlier('g', 67)}, case when g % 12 = 0 then ${now} end, case when g % 12 = 0 then 'ISSO 1' end, case when g % 12 = 0 then 'person' end, case when g % 12 = 0 then 'accepted' end
     from ${series(assets)} where g % 4 = 0 and g % 100 <> 7`,
  `insert into sync_plans (plan_id, external_system_id, content, content_sha256, operation_id, system_id, is_by_boundary, created_at)
   select ${uuidOf('plan', 'g')}, 3, '[]', repeat('0', 64), ${run('g')}, ${systemId(`1 + g % ${systems}`)}, true, ${earlier('g', 68)} from ${series(1000)}`,
  `insert into approvals (approval_id, plan_id, requested_action, requested_by, requested_at, status, decided_by, decided_at)
   select ${uuidOf('approval', 'g')}, ${uuidOf('plan', 'g')}, 'send what waits', 'rule:approval', ${earlier('g', 68)}, (array['pending','approved','rejected','expired'])[1 + g % 4], case when g % 4 in (1, 2) then 'ISSM 1' end, case when g % 4 in (1, 2) then ${now} end from ${series(1000)}`,
  `insert into api_call_logs (external_system_id, operation_id, method, endpoint, response_status, response_time_ms, called_at)
   select 1 + g % 3, ${run('g')}, (array['GET','GET','POST'])[1 + g % 3], '/records/' || g % 5000, case when g % 200 <> 0 then (array[200,200,200,200,200,200,200,404,429,500])[1 + ${drawn('g', 71, 10)}] end, 20 + ${drawn('g', 72, 3000)}, ${now} - ${drawn('g', 73, 7_776_000)} * interval '1 second'
     from ${series(poams * 5)}`,
  `insert into scan_imports (import_id, file_name, source_name, way, bytes, imported_by, requested_at, ended_at, outcome)
   select ${uuidOf('import', 'g')}, 'scan-' || g || '.nessus', 'scan files', 'upload', 1000000, 'ISSO ' || g % 40, ${earlier('g', 74)}, ${now}, (array['imported','imported','already imported','refused'])[1 + g % 4] from ${series(1000)}`,
];

/** @returns the statements, in their order; each is quick beside those of findings. */
export const workStatements = (size: WorldSize): readonly string[] => [...linked(size), ...waiting(size)];
