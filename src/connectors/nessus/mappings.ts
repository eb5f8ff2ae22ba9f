/** From the records of scan files, of whatever dialect, to canonical ones. Files only come in. */
import type { FieldMapping, Transform } from '../../canonical/mapping/index.ts';
import { auditResultMappings } from '../kit/index.ts';

const text: Transform = { kind: 'text' };
const words: Transform = { kind: 'list' };
const instant: Transform = { kind: 'date', external: 'iso', internal: 'instant' };
const number: Transform = { kind: 'number' };
const whole: Transform = { kind: 'number', integer: true };
const lower: Transform = { kind: 'case', to: 'lower' };
/** A key that is a uuid is Tenable's; of another one a uuid is derived, by which findings name the host. */
const hostUuid: Transform = { kind: 'uuid', derive: true };

const inbound =
  (entityType: string) =>
  (
    externalField: string,
    internalField: string,
    transforms: readonly Transform[] = [text],
  ): FieldMapping => ({
    entityType,
    externalField,
    internalField,
    direction: 'inbound',
    transforms,
    required: false,
  });
const required = (mapping: FieldMapping): FieldMapping => ({ ...mapping, required: true });

const asset = inbound('asset');
const plugin = inbound('plugin');
const finding = inbound('finding');
const compliance = inbound('compliance');

const severityWords = {
  info: 'Info',
  none: 'Info',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
  '0': 'Info',
  '1': 'Low',
  '2': 'Medium',
  '3': 'High',
  '4': 'Critical',
};

export const scanFileMappings: readonly FieldMapping[] = [
  required(asset('key', 'asset_uuid', [hostUuid])),
  asset('tenable_uuid', 'scanner_uuid'),
  asset('hostname', 'hostname'),
  asset('netbios', 'netbios_name'),
  asset('agent_uuid', 'agent_uuid'),
  asset('bios_uuid', 'bios_uuid'),
  asset('fqdns', 'fqdns', [words]),
  asset('ipv4s', 'ipv4_addresses', [words]),
  asset('ipv6s', 'ipv6_addresses', [words]),
  asset('macs', 'mac_addresses', [words]),
  asset('operating_systems', 'operating_systems', [words]),
  asset('system_types', 'system_types', [words]),
  asset('started_at | seen_at', 'first_seen', [instant]),
  asset('seen_at', 'last_seen', [instant]),

  required(plugin('plugin.id', 'plugin_id')),
  required(plugin('plugin.name', 'name')),
  ...(
    ['family', 'synopsis', 'description', 'solution', 'risk_factor', 'cvss_vector', 'cvss3_vector'] as const
  ).map((field) => plugin(`plugin.${field}`, field)),
  ...(['cvss_base_score', 'cvss3_base_score', 'vpr_score', 'epss_score'] as const).map((field) =>
    plugin(`plugin.${field}`, field, [number]),
  ),
  plugin('plugin.cve', 'cves', [words]),
  plugin('plugin.xref', 'cross_references', [words]),
  plugin('plugin.see_also', 'see_also', [words]),
  plugin('plugin.exploit_available', 'exploit_available', [{ kind: 'boolean' }]),
  plugin('seen_at', 'observed_at', [instant]),
  ...(['published_at', 'modified_at', 'patch_published_at'] as const).map((field) =>
    plugin(`plugin.${field}`, field, [instant]),
  ),

  required(finding('host_key', 'asset_uuid', [hostUuid])),
  required(finding('plugin.id', 'plugin_id')),
  required(finding('port', 'port', [whole])),
  required(finding('protocol', 'protocol', [{ kind: 'trim' }, lower])),
  finding('svc_name', 'service'),
  required(finding('state', 'lifecycle_state')),
  required(
    finding('severity', 'severity', [text, lower, { kind: 'values', map: severityWords, otherwise: 'fail' }]),
  ),
  finding('plugin_output', 'output'),
  finding('first_found', 'first_found', [instant]),
  finding('last_found', 'last_found', [instant]),
  finding('last_fixed', 'last_fixed', [instant]),
  finding('seen_at', 'observed_at', [instant]),

  ...auditResultMappings,
  compliance('first_found | seen_at', 'first_seen', [instant]),
];
