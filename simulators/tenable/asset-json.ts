import { createRandom } from '../world/random.ts';
import type { WorldHost, WorldOptions } from '../world/world.ts';

export type AssetJson = Record<string, unknown> & {
  id: string;
  updated_at: string;
  deleted_at: string | null;
  terminated_at: string | null;
};

/** The ratings twice, as texts of old and as numbers. */
export const ratingsOf = (acr: number, exposure: number): Record<string, unknown> => ({
  acr_score: acr.toFixed(1),
  exposure_score: exposure.toFixed(1),
  ratings: { acr: { score: acr }, aes: { score: exposure } },
});

const noCloud = {
  azure_vm_id: null,
  azure_resource_id: null,
  gcp_project_id: null,
  gcp_zone: null,
  gcp_instance_id: null,
  aws_ec2_instance_ami_id: null,
  aws_ec2_instance_id: null,
};

/** A machine as an asset export of version 1 shows it: flat, with nulls, plural lists (recorded exports). */
export function assetJson(options: WorldOptions, host: WorldHost): AssetJson {
  const random = createRandom(options.seed, 'asset', host.tenableUuid);
  const isNetwork = host.operatingSystem.startsWith('Cisco');
  const fqdn = `${host.hostname}.${host.domain}`;
  const hostname = random.chance(0.7) ? fqdn : host.hostname;
  const [acr, exposure] = [random.between(3, 10), random.between(200, 950)];
  return {
    id: host.tenableUuid,
    has_agent: host.agentUuid !== undefined,
    has_plugin_results: true,
    created_at: host.firstSeen,
    terminated_at: null,
    terminated_by: null,
    updated_at: host.lastSeen,
    deleted_at: null,
    deleted_by: null,
    first_seen: host.firstSeen,
    last_seen: host.lastSeen,
    first_scan_time: host.firstSeen,
    last_scan_time: host.lastSeen,
    last_authenticated_scan_date: isNetwork ? null : host.lastSeen,
    last_licensed_scan_date: host.lastSeen,
    last_scan_id: null,
    last_schedule_id: null,
    ...noCloud,
    agent_uuid: host.agentUuid ?? null,
    bios_uuid: isNetwork ? null : host.biosUuid,
    network_id: '00000000-0000-0000-0000-000000000000',
    network_name: 'Default',
    servicenow_sysid: null,
    bigfix_asset_id: null,
    agent_names: host.agentUuid === undefined ? [] : [host.hostname],
    installed_software: [],
    ipv4s: [host.ipv4],
    ipv6s: [],
    fqdns: [fqdn],
    mac_addresses: [...host.macAddresses],
    netbios_names: isNetwork ? [] : [host.netbiosName],
    operating_systems: [host.operatingSystem],
    system_types: [isNetwork ? 'router' : 'general-purpose'],
    hostnames: [hostname],
    ssh_fingerprints: [],
    manufacturer_tpm_ids: [],
    sources: [
      {
        name: host.agentUuid === undefined ? 'NESSUS_SCAN' : 'NESSUS_AGENT',
        first_seen: host.firstSeen,
        last_seen: host.lastSeen,
      },
    ],
    tags: [],
    network_interfaces: [],
    ...ratingsOf(acr, exposure),
  };
}
