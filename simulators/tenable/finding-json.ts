import type { WorldFinding } from '../world/findings.ts';
import { createRandom, randomUuid, type Random } from '../world/random.ts';
import type { WorldOptions } from '../world/world.ts';
import { pluginJson } from './plugin-json.ts';

export type FindingJson = Record<string, unknown> & {
  asset: Record<string, unknown> & { uuid: string };
  plugin: Record<string, unknown> & { id: number };
};

const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;

/** The asset inside a finding is a snapshot of its scan, and contradicts itself from finding to finding (decision 0020). */
function snapshot(finding: WorldFinding, random: Random): { uuid: string } & Record<string, unknown> {
  const { host } = finding;
  return {
    uuid: host.tenableUuid,
    device_type: host.operatingSystem.startsWith('Cisco') ? 'router' : 'general-purpose',
    hostname: random.chance(0.1) ? host.ipv4 : host.hostname,
    ...(random.chance(0.75) ? { fqdn: `${host.hostname}.${host.domain}` } : {}),
    ipv4: host.ipv4,
    ...(random.chance(0.85) && host.agentUuid !== undefined ? { agent_uuid: host.agentUuid } : {}),
    bios_uuid: host.biosUuid.toUpperCase(),
    mac_address: random.chance(0.5)
      ? (host.macAddresses[0] ?? '')
      : (host.macAddresses[0] ?? '').toUpperCase(),
    netbios_name: host.netbiosName,
    operating_system: [random.chance(0.9) ? host.operatingSystem : 'Linux Kernel'],
    network_id: '00000000-0000-0000-0000-000000000000',
    tracked: true,
  };
}

const secondsBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 1000);

/** Why its severity is not the plugin's, where a rule changed it. */
function modificationOf(finding: WorldFinding, options: WorldOptions): Record<string, string> {
  if (finding.modification === 'NONE') return {};
  const random = createRandom(options.seed, 'rule', finding.modification, finding.plugin.id);
  return {
    recast_reason:
      finding.modification === 'ACCEPTED'
        ? 'Accepted by the authorizing official until the next release.'
        : 'Lowered: a compensating control is in place.',
    recast_rule_uuid: randomUuid(random),
  };
}

/** Makes finding items; plugin blocks are made once. */
export function createFindingJson(options: WorldOptions): (finding: WorldFinding) => FindingJson {
  const blocks = new Map<number, Record<string, unknown> & { id: number }>();
  return (finding) => {
    const { plugin } = finding;
    const random = createRandom(options.seed, 'item', finding.findingId);
    const block = blocks.get(plugin.id) ?? pluginJson(plugin);
    blocks.set(plugin.id, block);
    return {
      asset: snapshot(finding, random),
      output: `\n${plugin.name}\n  Host    : ${finding.host.hostname}\n  Checked : ${finding.lastFound}\n  Detail  : ${random.hex(24)}\n`,
      plugin: block,
      port: {
        port: plugin.port,
        protocol: plugin.protocol,
        ...(plugin.service === undefined ? {} : { service: plugin.service }),
      },
      scan: { uuid: `${finding.findingId.slice(0, 8)}-template`, started_at: finding.lastFound },
      severity: severities[finding.severityId],
      severity_id: finding.severityId,
      severity_default_id: plugin.severity,
      severity_modification_type: finding.modification,
      ...modificationOf(finding, options),
      first_found: finding.firstFound,
      last_found: finding.lastFound,
      ...(finding.lastFixed === undefined ? {} : { last_fixed: finding.lastFixed }),
      ...(finding.state === 'FIXED' && finding.lastFixed !== undefined
        ? { time_taken_to_fix: secondsBetween(finding.firstFound, finding.lastFixed) }
        : {}),
      ...(finding.resurfacedOn === undefined ? {} : { resurfaced_date: finding.resurfacedOn }),
      state: finding.state,
      indexed: finding.indexedOn,
      source: finding.host.agentUuid === undefined ? 'NESSUS' : 'AGENT',
      finding_id: finding.findingId,
    };
  };
}
