/** Small recordings of Tenable exports, as a server would deliver them: `--recorded DIR` of the simulators. */
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RecordedMachine {
  readonly name: string;
  readonly ip: string;
  /** Plugins of open findings, by severity (0 to 4). */
  readonly findings?: Readonly<Record<number, 0 | 1 | 2 | 3 | 4>>;
  /** Plugins that look at the machine from inside: they need credentials. */
  readonly local?: readonly number[];
}

const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
const network = '00000000-0000-0000-0000-000000000000';
const seen = '2026-10-31T06:00:00.000Z';
const found = '2026-10-20T06:00:00.000Z';

/** The uuid that a server gives a machine. */
export function recordedUuid(server: string, name: string): string {
  const hash = createHash('md5').update(`${server} ${name}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** Writes a recording into a folder of its own. @param server another server knows the same machine by another uuid. @returns the folder. */
export async function recordMachines(server: string, machines: readonly RecordedMachine[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tieline-recording-'));
  await writeFile(
    join(folder, 'assets-chunk-1.json'),
    JSON.stringify(machines.map((each) => assetOf(server, each))),
  );
  await writeFile(
    join(folder, 'vulns-chunk-1.json'),
    JSON.stringify(
      machines.flatMap((machine) =>
        Object.entries(machine.findings ?? {}).map(([plugin, severity]) =>
          findingOf(server, machine, Number(plugin), severity),
        ),
      ),
    ),
  );
  return folder;
}

function assetOf(server: string, { name, ip }: RecordedMachine): object {
  return {
    id: recordedUuid(server, name),
    has_agent: false,
    has_plugin_results: true,
    created_at: found,
    terminated_at: null,
    terminated_by: null,
    updated_at: seen,
    deleted_at: null,
    deleted_by: null,
    first_seen: found,
    last_seen: seen,
    first_scan_time: found,
    last_scan_time: seen,
    last_authenticated_scan_date: seen,
    last_licensed_scan_date: seen,
    agent_uuid: null,
    bios_uuid: recordedUuid('bios', name),
    network_id: network,
    network_name: 'Default',
    agent_names: [],
    installed_software: [],
    ipv4s: [ip],
    ipv6s: [],
    fqdns: [`${name}.enterprise.example`],
    // The simulated GRC system knows some machines by their MAC alone: here all are known by name.
    mac_addresses: [],
    netbios_names: [],
    operating_systems: ['Red Hat Enterprise Linux 9.4'],
    system_types: ['general-purpose'],
    hostnames: [name],
    ssh_fingerprints: [],
    manufacturer_tpm_ids: [],
    sources: [{ name: 'NESSUS_SCAN', first_seen: found, last_seen: seen }],
    tags: [],
    network_interfaces: [],
  };
}

function findingOf(
  server: string,
  { name, ip, local = [] }: RecordedMachine,
  plugin: number,
  severity: 0 | 1 | 2 | 3 | 4,
): object {
  const word = severities[severity];
  return {
    asset: {
      uuid: recordedUuid(server, name),
      device_type: 'general-purpose',
      hostname: name,
      fqdn: `${name}.enterprise.example`,
      ipv4: ip,
      operating_system: ['Red Hat Enterprise Linux 9.4'],
      network_id: network,
      tracked: true,
    },
    output: `found ${plugin}`,
    plugin: {
      id: plugin,
      name: `Weakness ${plugin}`,
      family: 'General',
      family_id: 30,
      type: local.includes(plugin) ? 'local' : 'remote',
      version: '1.1',
      synopsis: 's',
      description: 'd',
      solution: 'Update.',
      risk_factor: word,
      has_patch: true,
      exploit_available: false,
      publication_date: found,
      modification_date: found,
      cve: [`CVE-2026-${plugin}`],
      xrefs: [],
      see_also: [],
    },
    port: { port: 443, protocol: 'TCP', service: 'www' },
    scan: { uuid: recordedUuid('scan', server), started_at: seen },
    severity: word,
    severity_id: severity,
    severity_default_id: severity,
    severity_modification_type: 'NONE',
    first_found: found,
    last_found: seen,
    state: 'OPEN',
    indexed: seen,
    source: 'NESSUS',
    finding_id: recordedUuid(server, `${name} ${plugin}`),
  };
}
