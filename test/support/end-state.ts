/**
 * What a sync leaves behind, in a form that two runs over the same world can be compared by: without ids that depend on
 * the order of inserts, without times, without operations.
 */
import type { TwoSystems } from './two-systems.ts';

const queries: Readonly<Record<string, string>> = {
  findings: `select v.finding_key, v.asset_uuid, v.plugin_id, v.port, v.protocol, v.state, v.lifecycle_state, v.severity, v.severity_modification,
                    v.first_found, v.last_found, v.last_fixed, v.resurfaced_at, v.tenable_vuln_id, v.vulnerability_name, v.raw_data, p.poam_id, c.control_id
               from ingestion_vulnerabilities v left join ingestion_poams p on p.id = v.poam_id left join ingestion_controls c on c.id = v.control_id
              order by v.finding_key`,
  cves: `select v.finding_key, c.cve_id from ingestion_vulnerability_cves c join ingestion_vulnerabilities v on v.id = c.vulnerability_id order by 1, 2`,
  plugins:
    'select plugin_id, name, cves, cvss3_base_score, epss_score, raw_json from scan_plugins order by 1',
  assets: `select asset_uuid, hostname, netbios_name, has_agent, acr_score, system_id, xacta_component_id, business_owner, deleted_at from ingestion_assets order by 1`,
  identifiers: 'select asset_uuid, kind, value from asset_identifiers order by 1, 2, 3',
  addresses:
    'select asset_uuid, mac_address, ipv4_address, fqdn from ingestion_asset_network order by 1, 2, 3, 4',
  tags: 'select asset_uuid, tag_key, tag_value from ingestion_asset_tags order by 1, 2, 3',
  systems:
    'select system_id, name, uuid, status, system_owner, authorization_date, xacta_system_id from ingestion_systems order by 1',
  impact:
    'select system_id, confidentiality_impact, overall_impact from ingestion_system_impact_levels order by 1',
  assignments: 'select system_id, asset_uuid, assignment_type from ingestion_system_assets order by 1, 2',
  components:
    'select component_id, system_id, name, component_type, business_owner from system_components order by 1',
  controls:
    'select system_id, control_id, control_title, implementation_status, assessment_status, last_assessed from ingestion_controls order by 1, 2',
  poams: `select poam_id, system_id, weakness_description, source_of_discovery, security_control, resources_required, scheduled_completion, actual_completion, poc, status,
                 risk_rating, original_detection_date, weakness_risk_level, remediation_plan, comments, external_uid, sync_status, xacta_poam_id is not null as linked
            from ingestion_poams order by 1`,
  poamAssets: 'select poam_id, asset_uuid from ingestion_poam_assets order by 1, 2',
  poamCves: 'select poam_id, cve_id from ingestion_poam_cves order by 1, 2',
  milestones: `select poam_id, milestone_description, scheduled_completion, actual_completion, status, milestone_id is not null as linked
                 from ingestion_poam_milestones order by 1, 2, 3`,
  weaknesses: `select w.system_id, w.identifier, w.severity, w.detected_on, w.due_on, w.controls, p.poam_id from weaknesses w join ingestion_poams p on p.id = w.poam_id order by 1, 2`,
  correlations: `select k.asset_uuid, c.component_id, k.decision, k.score, k.evidence from asset_correlations k join system_components c on c.id = k.component_id order by 1, 2`,
  links: `select entity_type, count(*)::int as links, count(distinct entity_id)::int as entities, count(retired_at)::int as retired from sync_links group by 1 order by 1`,
  outbox:
    'select entity_type, change_kind, state, count(*)::int as n from sync_outbox group by 1, 2, 3 order by 1, 2, 3',
  conflicts: `select entity_type, entity_id, field_name from sync_conflicts where resolution_status = 'pending' order by 1, 2, 3`,
  unfinished: `select count(*)::int as n from sync_reads where position is not null`,
};

export type EndState = Readonly<Record<string, unknown>>;

export async function endStateOf(world: Pick<TwoSystems, 'rows' | 'control'>): Promise<EndState> {
  const state: Record<string, unknown> = {};
  for (const [name, query] of Object.entries(queries)) state[name] = await world.rows(query);
  state['tenable'] = await world.control('tenable', 'GET', '/state?stable=1');
  state['xacta'] = await world.control('xacta', 'GET', '/state?stable=1');
  return state;
}
