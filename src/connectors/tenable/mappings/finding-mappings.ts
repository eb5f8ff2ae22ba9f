import type { FieldMapping, Transform } from '../../../canonical/mapping/index.ts';

const instant: Transform = { kind: 'date', external: 'iso', internal: 'instant' };
const text: Transform = { kind: 'text' };
const words: Transform = { kind: 'list' };
const number: Transform = { kind: 'number' };
const boolean: Transform = { kind: 'boolean' };

function inbound(entityType: 'plugin' | 'finding') {
  return (
    externalField: string,
    internalField: string,
    transforms: readonly Transform[],
    required = false,
  ): FieldMapping => ({
    entityType,
    externalField,
    internalField,
    direction: 'inbound',
    transforms,
    required,
  });
}
const plugin = inbound('plugin');
const finding = inbound('finding');

/** From the plugin block inside an element of a vulnerability export. */
export const pluginMappings: readonly FieldMapping[] = [
  plugin('plugin.id', 'plugin_id', [text], true),
  plugin('plugin.name', 'name', [text], true),
  plugin('plugin.family', 'family', [text]),
  plugin('plugin.synopsis', 'synopsis', [text]),
  plugin('plugin.description', 'description', [text]),
  plugin('plugin.solution', 'solution', [text]),
  plugin('plugin.risk_factor', 'risk_factor', [text]),
  plugin('plugin.cvss_base_score', 'cvss_base_score', [number]),
  plugin('plugin.cvss_vector.raw', 'cvss_vector', [text]),
  plugin('plugin.cvss3_base_score', 'cvss3_base_score', [number]),
  plugin('plugin.cvss3_vector.raw', 'cvss3_vector', [text]),
  // Since July 2026 `vpr` carries what `vpr_v2` did; in between some records have only the latter.
  plugin('plugin.vpr.score | plugin.vpr_v2.score', 'vpr_score', [number]),
  // Percent here, a share in Tieline (decision 0020).
  plugin('plugin.epss_score', 'epss_score', [{ kind: 'number', scale: 0.01 }]),
  plugin('plugin.cve', 'cves', [words]),
  // Documented as texts, delivered as {type, id}.
  plugin('plugin.xrefs', 'cross_references', [words, { kind: 'template', text: '{type}:{id}' }]),
  plugin('plugin.see_also', 'see_also', [words]),
  plugin('plugin.exploit_available', 'exploit_available', [boolean]),
  plugin('plugin.has_patch', 'has_patch', [boolean]),
  plugin('plugin.publication_date', 'published_at', [instant]),
  plugin('plugin.modification_date', 'modified_at', [instant]),
  plugin('plugin.patch_publication_date', 'patch_published_at', [instant]),
];

/** From an element of a vulnerability export. */
export const findingMappings: readonly FieldMapping[] = [
  finding('asset.uuid', 'asset_uuid', [{ kind: 'uuid' }], true),
  finding('plugin.id', 'plugin_id', [text], true),
  finding('port.port', 'port', [{ kind: 'number', integer: true }], true),
  finding('port.protocol', 'protocol', [{ kind: 'trim' }, { kind: 'case', to: 'lower' }], true),
  finding('port.service', 'service', [text]),
  finding(
    'state',
    'lifecycle_state',
    [
      { kind: 'case', to: 'upper' },
      { kind: 'values', map: { OPEN: 'open', REOPENED: 'reopened', FIXED: 'fixed' }, otherwise: 'fail' },
    ],
    true,
  ),
  finding(
    'severity | severity_id',
    'severity',
    [
      text,
      { kind: 'case', to: 'lower' },
      {
        kind: 'values',
        map: {
          info: 'Info',
          low: 'Low',
          medium: 'Medium',
          high: 'High',
          critical: 'Critical',
          '0': 'Info',
          '1': 'Low',
          '2': 'Medium',
          '3': 'High',
          '4': 'Critical',
        },
        otherwise: 'fail',
      },
    ],
    true,
  ),
  finding('severity_modification_type', 'severity_modification', [
    { kind: 'case', to: 'upper' },
    { kind: 'values', map: { NONE: 'none', RECASTED: 'recast', ACCEPTED: 'accepted' }, otherwise: 'null' },
  ]),
  finding('finding_id', 'finding_id', [text]),
  // A number of seconds in the vendor's schema, an ISO text in recorded traffic (decision 0020).
  finding('indexed', 'observed_at', [instant]),
  finding('recast_rule_uuid', 'acceptance_id', [text]),
  finding('output', 'output', [text]),
  finding('first_found', 'first_found', [instant]),
  finding('last_found', 'last_found', [instant]),
  finding('last_fixed', 'last_fixed', [instant]),
  finding('resurfaced_date', 'resurfaced_at', [instant]),
];
