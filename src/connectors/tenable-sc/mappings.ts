/** From rows as `rows.ts` shapes them, and rules as `rules.ts` does, to canonical records. */
import type { FieldMapping, Transform } from '../../canonical/mapping/index.ts';
import { auditResultMappings } from '../kit/index.ts';

const text: Transform = { kind: 'text' };
const trim: Transform = { kind: 'trim' };
const words: Transform = { kind: 'list' };
const instant: Transform = { kind: 'date', external: 'iso', internal: 'instant' };
const number: Transform = { kind: 'number' };
const whole: Transform = { kind: 'number', integer: true };
const lower: Transform = { kind: 'case', to: 'lower' };
const hostUuid: Transform = { kind: 'uuid', derive: true };

const rows =
  (entityType: string, direction: FieldMapping['direction'] = 'inbound') =>
  (
    externalField: string,
    internalField: string,
    transforms: readonly Transform[] = [text],
    required = false,
  ): FieldMapping => ({ entityType, externalField, internalField, direction, transforms, required });
const asset = rows('asset');
const plugin = rows('plugin');
const finding = rows('finding');
const acceptance = rows('acceptance', 'bidirectional');
const compliance = rows('compliance');

export const tenableScMappings: readonly FieldMapping[] = [
  asset('host_key', 'asset_uuid', [hostUuid], true),
  asset('hostname', 'hostname'),
  asset('netbios', 'netbios_name'),
  asset('uuid', 'agent_uuid'),
  asset('biosGUID', 'bios_uuid'),
  asset('fqdns', 'fqdns', [words]),
  asset('ipv4s', 'ipv4_addresses', [words]),
  asset('ipv6s', 'ipv6_addresses', [words]),
  asset('macs', 'mac_addresses', [words]),
  asset('operating_systems', 'operating_systems', [words]),
  asset('seen_at', 'last_seen', [instant]),
  asset('authenticated_at', 'last_authenticated_at', [instant]),

  plugin('plugin.id', 'plugin_id', [text], true),
  plugin('plugin.name', 'name', [text], true),
  ...(
    ['family', 'synopsis', 'description', 'solution', 'risk_factor', 'cvss_vector', 'cvss3_vector'] as const
  ).map((field) => plugin(`plugin.${field}`, field)),
  ...(['cvss_base_score', 'cvss3_base_score', 'vpr_score'] as const).map((field) =>
    plugin(`plugin.${field}`, field, [number]),
  ),
  ...(['cves', 'cross_references', 'see_also'] as const).map((field) =>
    plugin(`plugin.${field}`, field, [words]),
  ),
  plugin('plugin.exploit_available', 'exploit_available', [{ kind: 'boolean' }]),
  ...(['published_at', 'modified_at', 'patch_published_at'] as const).map((field) =>
    plugin(`plugin.${field}`, field, [instant]),
  ),

  finding('host_key', 'asset_uuid', [hostUuid], true),
  finding('plugin.id', 'plugin_id', [text], true),
  finding('port', 'port', [whole], true),
  finding('protocol', 'protocol', [trim, lower], true),
  finding('state', 'lifecycle_state', [text], true),
  finding(
    'severity_id',
    'severity',
    [
      text,
      {
        kind: 'values',
        map: { '0': 'Info', '1': 'Low', '2': 'Medium', '3': 'High', '4': 'Critical' },
        otherwise: 'fail',
      },
    ],
    true,
  ),
  finding('severity_modification', 'severity_modification'),
  finding('output', 'output'),
  finding('first_found', 'first_found', [instant]),
  finding('last_found', 'last_found', [instant]),
  finding('last_fixed', 'last_fixed', [instant]),

  { ...acceptance('acceptance_id', 'acceptance_id', [text], true), direction: 'inbound' },
  ...auditResultMappings,
  compliance('state', 'lifecycle_state'),
  compliance('first_found', 'first_seen', [instant]),
  compliance('last_fixed', 'last_fixed', [instant]),

  acceptance('kind', 'kind', [text], true),
  acceptance('plugin_id', 'plugin_id'),
  acceptance('scope', 'scope', [text], true),
  acceptance('repository_id', 'repository'),
  acceptance('port_number', 'port', [whole]),
  acceptance('protocol_name', 'protocol'),
  acceptance('severity', 'severity'),
  acceptance('comment', 'comment', [text, trim]),
  acceptance('expires_at', 'expires_at', [instant]),
  acceptance('standing', 'status', [text], true),
];
