import type { FieldMapping, Transform } from '../../../canonical/mapping/index.ts';

const instant: Transform = { kind: 'date', external: 'iso', internal: 'instant' };
const text: Transform = { kind: 'text' };
const words: Transform = { kind: 'list' };

function inbound(
  externalField: string,
  internalField: string,
  transforms: readonly Transform[],
  required = false,
): FieldMapping {
  return { entityType: 'asset', externalField, internalField, direction: 'inbound', transforms, required };
}

const namesInOrder = [
  'hostnames | network.hostnames',
  'fqdns | network.fqdns',
  'netbios_names | network.netbios_names',
  'agent_names',
  'ipv4s | network.ipv4s',
];

/**
 * From an element of an asset export, version 1 (flat, nulls present) or 2 (nested, empties left out). Attributes of
 * assets come from here only: the asset inside a finding contradicts itself (decision 0020).
 */
export const assetMappings: readonly FieldMapping[] = [
  inbound('id', 'asset_uuid', [{ kind: 'uuid' }], true),
  // Version 1 sends empty lists, which count as there, so each source of a name is a row; the first that yields one wins.
  ...namesInOrder.map((path) => inbound(path, 'hostname', [{ kind: 'first' }, text])),
  inbound('netbios_names | network.netbios_names', 'netbios_name', [{ kind: 'first' }, text]),
  inbound('has_agent', 'has_agent', [{ kind: 'boolean' }]),
  inbound('has_plugin_results', 'has_plugin_results', [{ kind: 'boolean' }]),
  inbound('first_seen | timestamps.first_seen', 'first_seen', [instant]),
  inbound('last_seen | timestamps.last_seen', 'last_seen', [instant]),
  inbound('last_authenticated_scan_date | scan.last_authenticated_scan_date', 'last_authenticated_at', [
    instant,
  ]),
  // Scores are texts in older records and numbers in `ratings`.
  inbound('ratings.aes.score | exposure_score', 'exposure_score', [{ kind: 'number', integer: true }]),
  inbound('ratings.acr.score | acr_score', 'acr_score', [{ kind: 'number' }]),
  inbound('agent_uuid', 'agent_uuid', [text]),
  inbound('bios_uuid | network.bios_uuid', 'bios_uuid', [text]),
  inbound('network_id | network.network_id', 'network_id', [text]),
  inbound('operating_systems', 'operating_systems', [words]),
  inbound('system_types', 'system_types', [words]),
  inbound('hostnames | network.hostnames', 'hostnames', [words]),
  inbound('fqdns | network.fqdns', 'fqdns', [words]),
  inbound('netbios_names | network.netbios_names', 'netbios_names', [words]),
  inbound('ipv4s | network.ipv4s', 'ipv4_addresses', [words]),
  inbound('ipv6s | network.ipv6s', 'ipv6_addresses', [words]),
  inbound('mac_addresses | network.mac_addresses', 'mac_addresses', [words]),
  inbound('tags', 'tags', []),
  inbound('terminated_at | timestamps.terminated_at', 'terminated_at', [instant]),
  inbound('deleted_at | timestamps.deleted_at', 'deleted_at', [instant]),
];
