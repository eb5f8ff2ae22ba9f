/**
 * Default field mappings of the default profile. Where the remote has several words for one of ours, the inbound row
 * folds them and an outbound row beside it chooses one, since a folded map cannot be reversed.
 */
import type { FieldMapping, Transform } from '../../canonical/mapping/index.ts';

const text: Transform = { kind: 'text' };
const trim: Transform = { kind: 'trim' };
const list: Transform = { kind: 'list' };
const instant: Transform = { kind: 'date', external: 'iso', internal: 'instant' };
/** A GRC system of the United States shows days in either form; which one is meant is clear from the text. */
const day: Transform = { kind: 'date', external: 'date', internal: 'date', also: ['MM/DD/YYYY'] };

type Direction = FieldMapping['direction'];
const rows =
  (entityType: string, usual: Direction) =>
  (
    externalField: string,
    internalField: string,
    transforms: readonly Transform[] = [text, trim],
    more: { required?: boolean; direction?: Direction } = {},
  ): FieldMapping => ({
    entityType,
    externalField,
    internalField,
    direction: more.direction ?? usual,
    transforms,
    required: more.required ?? false,
  });

const required = { required: true } as const;
const inbound = { direction: 'inbound' } as const;
const outbound = { direction: 'outbound' } as const;

const system = rows('system', 'inbound');
const systemMappings = [
  system('id', 'remote_id', [text], required),
  system('id', 'system_id', [text], required),
  system('name', 'name', [text, trim], required),
  // In the samples it is not a UUID ("ent-web-…"); then one is derived from it.
  system('uuid | id', 'uuid', [{ kind: 'uuid', derive: true }], required),
  ...(
    [
      'status',
      'authorization_boundary',
      'system_type',
      'responsible_organization',
      'system_owner',
      'information_system_security_officer',
      'authorizing_official',
    ] as const
  ).map((field) => system(field, field)),
  ...(['last_assessment_date', 'authorization_date', 'authorization_termination_date'] as const).map(
    (field) => system(field, field, [instant]),
  ),
  system('impact_level.confidentiality', 'confidentiality_impact'),
  system('impact_level.integrity', 'integrity_impact'),
  system('impact_level.availability', 'availability_impact'),
];

const component = rows('component', 'inbound');
const componentMappings = [
  component('id', 'component_id', [text], required),
  component('system_id', 'parent_remote_id', [text], required),
  component('name', 'name', [text, trim], required),
  component('component_type', 'component_type'),
  component('description', 'description'),
  component('operating_system', 'operating_system'),
  component('owner', 'business_owner'),
  component('technical_owner', 'technical_owner'),
  component('hostname', 'hostname'),
  component('netbios_name', 'netbios_name'),
  component('tenable_uuid', 'scanner_uuid'),
  component('agent_uuid', 'agent_uuid'),
  component('bios_uuid', 'bios_uuid'),
  component('fqdn', 'fqdns', [list]),
  component('ip_addresses | ip_address', 'ipv4_addresses', [list]),
  component('mac_addresses | mac_address', 'mac_addresses', [list]),
];

const control = rows('control', 'inbound');
const controlMappings = [
  control('id', 'remote_id', [text], required),
  control('system_id', 'parent_remote_id', [text], required),
  control('control_id', 'control_id', [text, trim, { kind: 'case', to: 'upper' }], required),
  control('control_title', 'control_title'),
  control('family', 'family'),
  control(
    'implementation_status',
    'implementation_status',
    [
      {
        kind: 'values',
        map: {
          implemented: 'Implemented',
          partially_implemented: 'Partially Implemented',
          not_implemented: 'Not Implemented',
          not_applicable: 'Not Applicable',
        },
      },
    ],
    { direction: 'bidirectional' },
  ),
  control('assessment_status', 'assessment_status'),
  control('control_origination', 'control_origination'),
  control('implementation_guidance', 'implementation_guidance'),
  control('assessment_procedures', 'assessment_procedures'),
  control('responsible_role', 'responsible_role'),
  control('last_assessed', 'last_assessed', [instant]),
];

const poam = rows('poam', 'bidirectional');
const poamMappings = [
  poam('id', 'remote_id', [text], { ...required, ...inbound }),
  poam('system_id', 'parent_remote_id', [text], { ...required, ...inbound }),
  poam('external_uid', 'external_uid', [text]),
  poam('weakness_description', 'weakness_description', [text, trim], required),
  poam('source', 'source_of_discovery'),
  poam('security_control', 'security_control'),
  poam('resources', 'resources_required'),
  poam('scheduled_completion', 'scheduled_completion', [day]),
  poam('completion_date', 'actual_completion', [day]),
  poam('poc', 'poc'),
  poam(
    'status',
    'status',
    [
      {
        kind: 'values',
        map: {
          open: 'Open',
          ongoing: 'Open',
          critical: 'Open',
          in_progress: 'In Progress',
          delayed: 'In Progress',
          overdue: 'In Progress',
          pending_verification: 'Pending Verification',
          completed: 'Completed',
          closed: 'Completed',
          risk_accepted: 'Risk Accepted',
          false_positive: 'False Positive',
          operational_requirement: 'Operational Requirement',
          not_applicable: 'Not Applicable',
          cancelled: 'Cancelled',
          archived: 'Cancelled',
        },
      },
    ],
    { ...required, ...inbound },
  ),
  poam(
    'status',
    'status',
    [
      {
        kind: 'values',
        map: {
          ongoing: 'Open',
          in_progress: 'In Progress',
          pending_verification: 'Pending Verification',
          completed: 'Completed',
          risk_accepted: 'Risk Accepted',
          false_positive: 'False Positive',
          operational_requirement: 'Operational Requirement',
          not_applicable: 'Not Applicable',
          cancelled: 'Cancelled',
        },
      },
    ],
    outbound,
  ),
  poam('risk_rating', 'risk_rating'),
  poam('deviation_rationale', 'deviation_rationale'),
  poam('original_detection_date', 'original_detection_date', [day]),
  poam('weakness_severity', 'weakness_risk_level'),
  poam('residual_risk', 'residual_risk_level'),
  poam('threat_relevance', 'threat_relevance'),
  poam('likelihood', 'likelihood'),
  poam('impact', 'impact'),
  poam('mitigation_strategy', 'remediation_plan'),
  poam('comments', 'comments'),
  poam('affected_assets', 'affected_assets', [list]),
  poam('cve_references', 'cves', [list]),
  poam('cost_estimate', 'cost_estimate'),
  poam('deviation_type', 'deviation_kind'),
  poam('deviation_status', 'deviation_status'),
  poam('deviation_reference', 'deviation_reference'),
  poam('deviation_summary', 'deviation_summary'),
  poam('deviation_decided_by', 'deviation_decided_by'),
  poam('deviation_decided_on', 'deviation_decided_on', [day]),
  poam('deviation_expires_on', 'deviation_expires_on', [day]),
  poam('adjusted_risk_rating', 'deviation_rating'),
];

const milestone = rows('milestone', 'bidirectional');
const milestoneMappings = [
  milestone('id', 'milestone_id', [text], { ...required, ...inbound }),
  milestone('poam_id', 'parent_remote_id', [text], { ...required, ...inbound }),
  milestone('description', 'milestone_description', [text, trim], required),
  milestone('target_date', 'scheduled_completion', [day]),
  milestone('completion_date', 'actual_completion', [day]),
  milestone(
    'status',
    'status',
    [
      {
        kind: 'values',
        map: {
          pending: 'Pending',
          in_progress: 'In Progress',
          delayed: 'In Progress',
          completed: 'Completed',
          cancelled: 'Cancelled',
          archived: 'Cancelled',
        },
      },
    ],
    inbound,
  ),
  milestone(
    'status',
    'status',
    [
      {
        kind: 'values',
        map: {
          pending: 'Pending',
          in_progress: 'In Progress',
          completed: 'Completed',
          cancelled: 'Cancelled',
        },
      },
    ],
    outbound,
  ),
  milestone('comments', 'comments'),
];

const artifact = rows('artifact', 'bidirectional');
const artifactMappings = [
  artifact('id', 'artifact_id', [text], { ...required, ...inbound }),
  artifact('poam_id', 'parent_remote_id', [text], { ...required, ...inbound }),
  artifact('name', 'file_name', [text, trim], required),
  artifact('description', 'description'),
  artifact('sha256', 'sha256', [text], required),
];

export const xactaMappings: readonly FieldMapping[] = [
  ...systemMappings,
  ...componentMappings,
  ...controlMappings,
  ...poamMappings,
  ...milestoneMappings,
  ...artifactMappings,
];
