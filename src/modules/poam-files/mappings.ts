/** From what readers of POA&M files give to canonical records. Files only come in; what goes out is written by reports. */
import type { FieldMapping, Transform } from '../../canonical/mapping/index.ts';

const text: Transform = { kind: 'text' };
const trim: Transform = { kind: 'trim' };
const list: Transform = { kind: 'list' };
const day: Transform = { kind: 'date', external: 'date', internal: 'date', also: ['MM/DD/YYYY'] };

const inbound =
  (entityType: string) =>
  (
    externalField: string,
    internalField: string = externalField,
    transforms: readonly Transform[] = [text, trim],
    required = false,
  ): FieldMapping => ({
    entityType,
    externalField,
    internalField,
    direction: 'inbound',
    transforms,
    required,
  });

const system = inbound('system');
const poam = inbound('poam');
const milestone = inbound('milestone');

export const poamFileMappings: readonly FieldMapping[] = [
  system('id', 'remote_id', [text], true),
  system('id', 'system_id', [text], true),
  system('name', 'name', [text, trim], true),
  system('id', 'uuid', [{ kind: 'uuid', derive: true }], true),
  poam('id', 'remote_id', [text], true),
  poam('system', 'parent_remote_id', [text], true),
  poam('weakness_description', 'weakness_description', [text, trim], true),
  poam('status', 'status', [text], true),
  ...[
    'source_of_discovery',
    'security_control',
    'resources_required',
    'poc',
    'risk_rating',
    'deviation_rationale',
  ].map((field) => poam(field)),
  ...['weakness_risk_level', 'residual_risk_level', 'threat_relevance', 'likelihood', 'impact'].map((field) =>
    poam(field),
  ),
  ...['remediation_plan', 'comments', 'cost_estimate'].map((field) => poam(field)),
  ...['scheduled_completion', 'actual_completion', 'original_detection_date'].map((field) =>
    poam(field, field, [day]),
  ),
  poam('affected_assets', 'affected_assets', [list]),
  poam('cves', 'cves', [list]),
  milestone('id', 'milestone_id', [text], true),
  milestone('poam', 'parent_remote_id', [text], true),
  milestone('description', 'milestone_description', [text, trim], true),
  milestone('scheduled_completion', 'scheduled_completion', [day]),
  milestone('actual_completion', 'actual_completion', [day]),
  milestone('status', 'status', [text]),
  milestone('comments', 'comments'),
];
