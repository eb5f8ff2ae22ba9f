/**
 * Columns of the CSV exports by their names: of Nessus (7 to 10), of Security Center (5 and 6), and of Tenable Vulnerability
 * Management (workbenches, and Explore with its dotted names). One table for all: releases rename columns and add some, so a file is
 * recognized by what it contains, not by the exact header of one release. Names are compared without case, blanks and signs.
 */

/** What a column contains; `child:` is an element of an item as .nessus names it. */
export type Role =
  | 'plugin'
  | 'pluginName'
  | 'family'
  | 'severity'
  | 'host'
  | 'ip'
  | 'fqdn'
  | 'netbios'
  | 'mac'
  | 'os'
  | 'systemType'
  | 'port'
  | 'protocol'
  | 'service'
  | 'startedAt'
  | 'endedAt'
  | 'tenableUuid'
  | 'agentUuid'
  | 'biosUuid'
  | 'hostId'
  | `child:${string}`;

/** If a file has several, the first with a value in the row counts. */
const spellings: Readonly<Record<Role, string>> = {
  plugin: 'Plugin ID | Plugin | PluginID | definition.id | Definition ID | Plugin #',
  pluginName:
    'Plugin Name | PluginName | definition.name | Definition Name | Vulnerability Name | Finding Name | Name',
  family: 'Plugin Family | Family | definition.family | PluginFamily | Family Name',
  severity: 'Severity | Risk | Severity Name | Criticality | Risk Factor',
  host: 'Host | DNS Name | asset.host_name | Host Name | Hostname | Asset Name | asset.name | Asset',
  ip: 'IP Address | IP | IPs | IPv4 Address | IPv4 Addresses | IPv6 Address | asset.display_ipv4_address | asset.ipv4_addresses | asset.display_ipv6_address | asset.ipv6_addresses | asset.ipv4 | asset.ipv6 | Host IP | Asset IP Address',
  fqdn: 'FQDN | FQDNs | DNS Name | asset.display_fqdn | asset.fqdns | asset.fqdn | Asset FQDN | Fully Qualified Domain Name',
  netbios:
    'NetBIOS Name | NetBios | asset.netbios_name | asset.display_netbios_name | asset.netbios_names | NetBIOS Names',
  mac: 'MAC Address | MAC Addresses | MAC | asset.mac_addresses | asset.display_mac_address | asset.mac_address',
  os: 'OS | Operating System | Operating Systems | OS CPE | asset.operating_system | asset.operating_systems | asset.display_operating_system',
  systemType: 'System Type | asset.system_type | asset.types | Device Type',
  port: 'Port | definition.port | Port Number',
  protocol: 'Protocol | IP Protocol',
  service: 'Service | Service Name | svc_name',
  startedAt: 'Host Start | Host Start Time | Scan Start',
  endedAt: 'Host End | Host End Time | Scan End',
  tenableUuid: 'Asset ID | Asset UUID | asset.id | asset.uuid',
  agentUuid: 'Agent ID | Agent UUID | asset.agent_uuid',
  hostId: 'Host ID | Host UUID',
  biosUuid: 'BIOS UUID | BIOS GUID | asset.bios_uuid | System BIOS UUID',
  'child:plugin_output':
    'Plugin Text | Plugin Output | Output | Vulnerability Output | Finding Output | PluginOutput',
  'child:synopsis': 'Synopsis | definition.synopsis',
  'child:description': 'Description | definition.description | Plugin Description',
  'child:solution':
    'Steps to Remediate | Solution | definition.solution | Remediation | Recommended Steps for Mitigation',
  'child:see_also': 'See Also | definition.see_also | SeeAlso | References URL',
  'child:risk_factor': 'Risk Factor | definition.risk_factor | RiskFactor',
  'child:stig_severity': 'STIG Severity | definition.stig_severity',
  'child:cve': 'CVE | CVEs | CVE ID | CVE IDs | definition.cve | definition.cves',
  'child:bid': 'BID | Bugtraq ID | definition.bid',
  'child:xref':
    'Cross References | Cross Reference | XREF | XREFs | Xref | definition.references | definition.xrefs | definition.xref',
  'child:cpe': 'CPE | definition.cpe',
  'child:mskb': 'MSKB',
  'child:cvss_base_score':
    'CVSS V2 Base Score | CVSS v2.0 Base Score | CVSS Base Score | CVSS2 Base Score | CVSSv2 Base Score | CVSSv2 | CVSS2 | CVSS | definition.cvss2.base_score | CVSS Score',
  'child:cvss_temporal_score':
    'CVSS V2 Temporal Score | CVSS v2.0 Temporal Score | CVSS Temporal Score | definition.cvss2.temporal_score',
  'child:cvss_vector':
    'CVSS V2 Vector | CVSS v2.0 Vector | CVSS Vector | CVSSv2 Vector | CVSS2 Vector | definition.cvss2.base_vector',
  'child:cvss3_base_score':
    'CVSS V3 Base Score | CVSS v3.0 Base Score | CVSS v3.1 Base Score | CVSS3 Base Score | CVSSv3 Base Score | CVSSv3.0 Base Score | CVSSv3 | CVSS3 | CVSS3 Score | definition.cvss3.base_score',
  'child:cvss3_temporal_score':
    'CVSS V3 Temporal Score | CVSS v3.0 Temporal Score | CVSS3 Temporal Score | definition.cvss3.temporal_score',
  'child:cvss3_vector':
    'CVSS V3 Vector | CVSS v3.0 Vector | CVSS3 Vector | CVSSv3 Vector | definition.cvss3.base_vector',
  'child:cvss4_base_score':
    'CVSS V4 Base Score | CVSS v4.0 Base Score | CVSS4 Base Score | CVSSv4 Base Score | CVSSv4 | definition.cvss4.base_score',
  'child:cvss4_vector':
    'CVSS V4 Vector | CVSS v4.0 Vector | CVSS4 Vector | CVSSv4 Vector | definition.cvss4.base_vector',
  'child:vpr_score':
    'Vulnerability Priority Rating (VPR) | Vulnerability Priority Rating | VPR Score | VPR | definition.vpr.score | definition.vpr_v2.score | VPR (Beta)',
  'child:epss_score': 'EPSS Score | EPSS | definition.epss.score',
  'child:exploit_available':
    'Exploit Available | Exploit? | definition.exploitability | Exploit Availability',
  'child:exploitability_ease': 'Exploit Ease | definition.exploitability_ease',
  'child:exploit_framework_metasploit': 'Metasploit',
  'child:exploit_framework_core': 'Core Impact | Core Exploits',
  'child:exploit_framework_canvas': 'CANVAS',
  'child:exploit_frameworks': 'Exploit Frameworks',
  'child:vuln_publication_date':
    'Vuln Publication Date | Vulnerability Publication Date | definition.vulnerability_published',
  'child:patch_publication_date':
    'Patch Publication Date | Patch Published | definition.patch_published | Patch Publication',
  'child:plugin_publication_date':
    'Plugin Publication Date | Plugin Published | definition.plugin_published | Plugin Publication',
  'child:plugin_modification_date':
    'Plugin Modification Date | Plugin Updated | definition.plugin_updated | Plugin Modified',
  'child:plugin_version': 'Plugin Version | Version | definition.plugin_version',
  'child:plugin_type': 'Plugin Type | Check Type | definition.type',
  'child:vulnerability_state': 'Vulnerability State | State | Finding State',
  'child:first_found':
    'First Found | First Discovered | First Seen | first_observed | First Observed | first_found | First Detected',
  'child:last_found': 'Last Found | Last Observed | Last Seen | last_seen | last_found | Last Detected',
  'child:last_fixed': 'Last Fixed | last_fixed | Fixed On | Mitigated On',
};

/** What a file must report for each finding; for the host, one of several. */
const needed: readonly { readonly roles: readonly Role[]; readonly name: string }[] = [
  { roles: ['plugin'], name: 'Plugin ID' },
  { roles: ['pluginName'], name: 'Name' },
  { roles: ['severity'], name: 'Severity or Risk' },
  { roles: ['host', 'ip', 'fqdn', 'netbios', 'mac', 'tenableUuid', 'agentUuid'], name: 'Host or IP Address' },
];

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const rolesByName: ReadonlyMap<string, readonly (readonly [Role, number])[]> = (() => {
  const found = new Map<string, (readonly [Role, number])[]>();
  for (const [role, names] of Object.entries(spellings) as [Role, string][])
    names.split(' | ').forEach((name, rank) => {
      const key = plain(name) === '' ? name : plain(name);
      const roles = found.get(key) ?? [];
      if (!roles.some(([known]) => known === role)) found.set(key, [...roles, [role, rank]]);
    });
  return found;
})();

/** Which columns (by their place) contain what, the preferred first. */
export type ColumnRoles = ReadonlyMap<Role, readonly number[]>;

/**
 * What the columns of a header contain. @returns also the names of columns that the file would need and lacks; empty where it can be
 * read.
 */
export function rolesOf(header: readonly string[]): {
  readonly roles: ColumnRoles;
  readonly missing: readonly string[];
} {
  const found = new Map<Role, { rank: number; place: number }[]>();
  header.forEach((name, place) => {
    for (const [role, rank] of rolesByName.get(plain(name)) ?? [])
      found.set(role, [...(found.get(role) ?? []), { rank, place }]);
  });
  const roles = new Map(
    [...found].map(([role, places]) => [
      role,
      places.toSorted((a, b) => a.rank - b.rank || a.place - b.place).map(({ place }) => place),
    ]),
  );
  const missing = needed
    .filter((need) => !need.roles.some((role) => roles.has(role)))
    .map((need) => need.name);
  return { roles, missing };
}
