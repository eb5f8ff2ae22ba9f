/** The sample of an organization as its scanner’s exports would have it, in the shapes that Tenable's exports have: `--recorded DIR` of the simulator. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface SampleAsset {
  readonly id: string;
  readonly has_agent: boolean;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly hostname: string;
  readonly fqdn?: readonly string[];
  readonly netbios_name?: string;
  readonly operating_system?: readonly string[];
  readonly system_type?: readonly string[];
  readonly ipv4?: readonly string[];
  readonly mac_address?: readonly string[];
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

export interface SampleFinding {
  readonly asset_uuid: string;
  readonly asset_hostname: string;
  readonly plugin_id: number;
  readonly plugin_name: string;
  readonly plugin_family: string;
  readonly severity: 0 | 1 | 2 | 3 | 4;
  readonly cvss_base_score?: number;
  readonly cvss3_base_score?: number;
  readonly cve?: readonly string[];
  readonly description: string;
  readonly solution: string;
  readonly see_also?: readonly string[];
  readonly risk_factor: string;
  readonly first_found: string;
  readonly last_found: string;
}

const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;

const uuidOf = (text: string): string => {
  const hash = createHash('md5').update(text).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
};

export const readSample = <T>(folder: string, file: string): T =>
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as T; // as its README describes it

/** @returns a folder with the exports. */
export async function recordSample(sample: string): Promise<string> {
  const { assets } = readSample<{ assets: SampleAsset[] }>(sample, 'tenable_assets_sample.json');
  const { vulnerabilities } = readSample<{ vulnerabilities: SampleFinding[] }>(
    sample,
    'tenable_vulnerabilities_sample.json',
  );
  const folder = await mkdtemp(join(tmpdir(), 'tieline-sample-'));
  await writeFile(join(folder, 'assets-chunk-1.json'), JSON.stringify(assets.map(assetOf)));
  await writeFile(join(folder, 'vulns-chunk-1.json'), JSON.stringify(vulnerabilities.map(findingOf)));
  return folder;
}

const network = { network_id: '00000000-0000-0000-0000-000000000000', network_name: 'Default' };

const assetOf = (asset: SampleAsset): object => ({
  ...network,
  id: asset.id,
  has_agent: asset.has_agent,
  has_plugin_results: true,
  created_at: asset.created_at,
  updated_at: asset.updated_at,
  terminated_at: null,
  terminated_by: null,
  deleted_at: null,
  deleted_by: null,
  first_seen: asset.first_seen,
  last_seen: asset.last_seen,
  first_scan_time: asset.first_seen,
  last_scan_time: asset.last_seen,
  last_authenticated_scan_date: asset.last_seen,
  last_licensed_scan_date: asset.last_seen,
  agent_uuid: null,
  bios_uuid: null,
  agent_names: [],
  installed_software: [],
  ipv4s: asset.ipv4 ?? [],
  ipv6s: [],
  fqdns: asset.fqdn ?? [],
  mac_addresses: asset.mac_address ?? [],
  netbios_names: asset.netbios_name === undefined ? [] : [asset.netbios_name],
  operating_systems: asset.operating_system ?? [],
  system_types: asset.system_type ?? [],
  hostnames: [asset.hostname],
  ssh_fingerprints: [],
  manufacturer_tpm_ids: [],
  sources: [{ name: 'NESSUS_SCAN', first_seen: asset.first_seen, last_seen: asset.last_seen }],
  tags: (asset.tags ?? []).map((tag) => ({
    uuid: uuidOf(`${tag.key}:${tag.value}`),
    ...tag,
    added_by: null,
    added_at: asset.updated_at,
  })),
  network_interfaces: [],
});

const findingOf = (finding: SampleFinding): object => ({
  asset: {
    uuid: finding.asset_uuid,
    device_type: 'general-purpose',
    hostname: finding.asset_hostname,
    fqdn: finding.asset_hostname,
    operating_system: [],
    network_id: network.network_id,
    tracked: true,
  },
  output: '',
  plugin: {
    id: finding.plugin_id,
    name: finding.plugin_name,
    family: finding.plugin_family,
    family_id: 1,
    type: 'remote',
    version: '1.1',
    synopsis: finding.plugin_name,
    description: finding.description,
    solution: finding.solution,
    risk_factor: finding.risk_factor.toLowerCase(),
    has_patch: true,
    exploit_available: false,
    cvss_base_score: finding.cvss_base_score,
    cvss3_base_score: finding.cvss3_base_score,
    cve: finding.cve ?? [],
    xrefs: [],
    see_also: finding.see_also ?? [],
  },
  port: { port: 0, protocol: 'TCP', service: 'general' },
  scan: { uuid: uuidOf('sample scan'), started_at: finding.last_found },
  severity: severities[finding.severity],
  severity_id: finding.severity,
  severity_default_id: finding.severity,
  severity_modification_type: 'NONE',
  first_found: finding.first_found,
  last_found: finding.last_found,
  state: 'OPEN',
  indexed: finding.last_found,
  source: 'NESSUS',
  finding_id: uuidOf(`${finding.asset_uuid} ${finding.plugin_id}`),
});
