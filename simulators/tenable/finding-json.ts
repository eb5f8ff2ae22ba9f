import type { WorldFinding } from '../world/findings.ts';
import { createRandom, type Random } from '../world/random.ts';
import type { WorldOptions, WorldPlugin } from '../world/world.ts';

export type FindingJson = Record<string, unknown> & { asset: { uuid: string }; plugin: { id: number } };

const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
const riskFactors = ['None', 'Low', 'Medium', 'High', 'Critical'] as const;

/** A plugin block with the vendor's field names; a key without a value is left out, as exports do. */
export function pluginJson(plugin: WorldPlugin): Record<string, unknown> & { id: number } {
  const base = plugin.cvss3 === undefined ? undefined : Math.max(plugin.cvss3 - 0.5, 0.1);
  return {
    id: plugin.id,
    name: plugin.name,
    family: plugin.family,
    family_id: plugin.family.length,
    type: plugin.port === 0 || plugin.port === 445 ? 'local' : 'remote',
    version: '1.42',
    synopsis: plugin.synopsis,
    description: plugin.description,
    solution: plugin.solution,
    risk_factor: riskFactors[plugin.severity],
    has_patch: plugin.hasPatch,
    exploit_available: plugin.exploitAvailable,
    publication_date: plugin.publishedOn,
    modification_date: plugin.publishedOn,
    ...(plugin.hasPatch ? { patch_publication_date: plugin.publishedOn } : {}),
    ...(base === undefined || plugin.cvss3 === undefined
      ? {}
      : {
          cvss_base_score: Number(base.toFixed(1)),
          cvss_vector: { raw: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' },
          cvss3_base_score: plugin.cvss3,
          cvss3_vector: { raw: 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
          vpr: { score: Number((plugin.cvss3 * 0.8).toFixed(1)) },
        }),
    ...(plugin.cves.length === 0
      ? {}
      : {
          cve: [...plugin.cves],
          epss_score: Number((plugin.severity * 11.7).toFixed(1)), // percent
          xrefs: [
            { type: 'CWE', id: '20' },
            ...(plugin.severity >= 3 ? [{ type: 'IAVA', id: '2026-A-0042' }] : []),
          ],
          see_also: [`https://nvd.example/vuln/detail/${plugin.cves[0] ?? ''}`],
        }),
  };
}

/** The asset inside a finding is a snapshot of its scan, and contradicts itself from finding to finding (reference/tenable.md section 5). */
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
      first_found: finding.firstFound,
      last_found: finding.lastFound,
      ...(finding.lastFixed === undefined ? {} : { last_fixed: finding.lastFixed }),
      ...(finding.resurfacedOn === undefined ? {} : { resurfaced_date: finding.resurfacedOn }),
      state: finding.state,
      indexed: finding.indexedOn,
      source: finding.host.agentUuid === undefined ? 'NESSUS' : 'AGENT',
      finding_id: finding.findingId,
    };
  };
}
