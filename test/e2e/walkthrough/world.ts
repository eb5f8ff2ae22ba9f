/** Where the walkthrough takes place: one authorization boundary with three machines, all of them with Log4Shell. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The uuids that the scanner gave the machines. */
export const machines = {
  web01: '5d0f1a52-0f5e-4f0e-9a55-0c1b6f0a0001',
  web02: '5d0f1a52-0f5e-4f0e-9a55-0c1b6f0a0002',
  app01: '5d0f1a52-0f5e-4f0e-9a55-0c1b6f0a0003',
} as const;

const plugin = {
  id: 155_999,
  name: 'Apache Log4j < 2.15.0 Remote Code Execution (Nix)',
  family: 'Misc.',
  family_id: 22,
  type: 'local',
  version: '1.19',
  synopsis: 'A logging library on the remote host executes code that is sent to it.',
  description: 'The version of Apache Log4j on the remote host looks up names that it is asked to log.',
  solution: 'Upgrade to Apache Log4j 2.17.1 or later.',
  risk_factor: 'Critical',
  has_patch: true,
  exploit_available: true,
  cvss3_base_score: 10,
  cvss_base_score: 9.3,
  cve: ['CVE-2021-44228'],
  xrefs: [],
  see_also: [],
};

const network = { network_id: '00000000-0000-0000-0000-000000000000', network_name: 'Default' };
const firstScan = '2027-01-04T02:00:00.000Z';

const assetOf = ([name, id]: readonly [string, string], index: number): object => ({
  ...network,
  id,
  has_agent: false,
  has_plugin_results: true,
  created_at: '2026-06-01T00:00:00.000Z',
  updated_at: firstScan,
  terminated_at: null,
  terminated_by: null,
  deleted_at: null,
  deleted_by: null,
  first_seen: '2026-06-01T00:00:00.000Z',
  last_seen: firstScan,
  first_scan_time: '2026-06-01T00:00:00.000Z',
  last_scan_time: firstScan,
  last_authenticated_scan_date: firstScan,
  last_licensed_scan_date: firstScan,
  agent_uuid: null,
  bios_uuid: null,
  agent_names: [],
  installed_software: [],
  ipv4s: [`10.20.0.${index + 11}`],
  ipv6s: [],
  fqdns: [`${name}.portal.example`],
  mac_addresses: [],
  netbios_names: [],
  operating_systems: ['Red Hat Enterprise Linux 9.4'],
  system_types: ['general-purpose'],
  hostnames: [name],
  ssh_fingerprints: [],
  manufacturer_tpm_ids: [],
  sources: [{ name: 'NESSUS_SCAN', first_seen: firstScan, last_seen: firstScan }],
  tags: [],
  network_interfaces: [],
});

const findingOf = ([name, uuid]: readonly [string, string]): object => ({
  asset: {
    uuid,
    device_type: 'general-purpose',
    hostname: name,
    fqdn: `${name}.portal.example`,
    operating_system: ['Red Hat Enterprise Linux 9.4'],
    network_id: network.network_id,
    tracked: true,
  },
  output: 'Path: /opt/portal/lib/log4j-core-2.14.1.jar',
  plugin,
  port: { port: 0, protocol: 'TCP', service: 'general' },
  scan: { uuid: '5d0f1a52-0f5e-4f0e-9a55-0c1b6f0a1001', started_at: firstScan },
  severity: 'critical',
  severity_id: 4,
  severity_default_id: 4,
  severity_modification_type: 'NONE',
  first_found: firstScan,
  last_found: firstScan,
  state: 'OPEN',
  indexed: firstScan,
  source: 'NESSUS',
  finding_id: `${uuid.slice(0, 24)}f${uuid.slice(25)}`,
});

/** @returns a folder for `--recorded` of the simulated scanner. */
export async function writeScan(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tieline-walkthrough-scan-'));
  const known = Object.entries(machines);
  await writeFile(join(folder, 'assets-chunk-1.json'), JSON.stringify(known.map(assetOf)));
  await writeFile(join(folder, 'vulns-chunk-1.json'), JSON.stringify(known.map(findingOf)));
  return folder;
}

/** @returns a folder for `--written` of the simulated GRC system. */
export async function writeRecord(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tieline-walkthrough-record-'));
  const system = {
    id: 'SYS-PORTAL',
    name: 'Citizen Portal',
    uuid: 'portal-5d0f1a52-0f5e-4f0e-9a55-0c1b6f0a2001',
    status: 'operational',
    authorization_boundary: 'Citizen Portal, production',
    system_type: 'Major Application',
    impact_level: { confidentiality: 'moderate', integrity: 'moderate', availability: 'moderate' },
    responsible_organization: 'Digital Services',
    system_owner: 'R. Osei',
    information_system_security_officer: 'J. Doe',
    authorizing_official: 'M. Alvarez',
    last_assessment_date: '2026-03-01T00:00:00.000Z',
    authorization_date: '2026-04-01T00:00:00.000Z',
    authorization_termination_date: '2029-04-01T00:00:00.000Z',
    assets: Object.values(machines),
  };
  const control = {
    system_id: system.id,
    control_id: 'SI-2',
    control_title: 'Flaw Remediation',
    family: 'System and Information Integrity',
    priority: 'P1',
    implementation_status: 'implemented',
    assessment_status: 'satisfied',
    responsible_role: 'System Administrator',
    last_assessed: '2026-03-01T00:00:00.000Z',
    implementation_guidance: 'Patches are installed within the times of the policy.',
    findings: [],
    evidence: [],
    inherited_controls: [],
    residual_risk: 'low',
  };
  await writeFile(join(folder, 'xacta_systems.json'), JSON.stringify({ systems: [system] }));
  await writeFile(join(folder, 'xacta_controls.json'), JSON.stringify({ controls: [control] }));
  await writeFile(join(folder, 'xacta_poams.json'), JSON.stringify({ poams: [] }));
  return folder;
}
