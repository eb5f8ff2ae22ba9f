/** What scanners find, by kind of machine. Names, families and CVEs in the manner of the public plugin catalogue; the ids of invented rows lie where no real plugin has them. */
export type MachineKind = 'linux' | 'windows' | 'network' | 'any';

export interface CatalogRow {
  readonly id: number;
  readonly kind: MachineKind;
  readonly family: string;
  readonly severity: 0 | 1 | 2 | 3 | 4;
  readonly name: string;
  readonly port?: number;
  readonly protocol?: 'TCP' | 'UDP';
  readonly service?: string;
  readonly cves?: readonly string[];
  readonly solution?: string;
}

const remote = (id: number, severity: CatalogRow['severity'], family: string, name: string, port: number, service: string, more: Partial<CatalogRow> = {}): CatalogRow => ({
  id, kind: 'any', family, severity, name, port, service, ...more,
});

const anyMachine: readonly CatalogRow[] = [
  remote(10180, 0, 'Port scanners', 'Ping the remote host', 0, ''),
  remote(10287, 0, 'General', 'Traceroute Information', 0, '', { protocol: 'UDP' }),
  remote(11219, 0, 'Port scanners', 'Nessus SYN scanner', 443, 'www'),
  remote(19506, 0, 'Settings', 'Nessus Scan Information', 0, ''),
  remote(10863, 0, 'General', 'SSL Certificate Information', 443, 'www'),
  remote(56984, 0, 'General', 'SSL / TLS Versions Supported', 443, 'www'),
  remote(21643, 0, 'General', 'SSL Cipher Suites Supported', 443, 'www'),
  remote(22964, 0, 'Service detection', 'Service Detection', 443, 'www'),
  remote(10107, 0, 'Web Servers', 'HTTP Server Type and Version', 443, 'www'),
  remote(24260, 0, 'Web Servers', 'HyperText Transfer Protocol (HTTP) Information', 443, 'www'),
  remote(11936, 0, 'General', 'OS Identification', 0, ''),
  remote(54615, 0, 'General', 'Device Type', 0, ''),
  remote(45590, 0, 'General', 'Common Platform Enumeration (CPE)', 0, ''),
  remote(12053, 0, 'General', 'Host Fully Qualified Domain Name (FQDN) Resolution', 0, ''),
  remote(51192, 2, 'General', 'SSL Certificate Cannot Be Trusted', 443, 'www', { solution: 'Purchase or generate a proper SSL certificate for this service.' }),
  remote(57582, 2, 'General', 'SSL Self-Signed Certificate', 443, 'www', { solution: 'Purchase or generate a proper SSL certificate for this service.' }),
  remote(42873, 3, 'General', 'SSL Medium Strength Cipher Suites Supported (SWEET32)', 443, 'www', { cves: ['CVE-2016-2183'], solution: 'Reconfigure the affected application, if possible, to avoid use of medium strength ciphers.' }),
  remote(104743, 2, 'Service detection', 'TLS Version 1.0 Protocol Detection', 443, 'www', { solution: 'Enable support for TLS 1.2 and 1.3, and disable support for TLS 1.0.' }),
  remote(157288, 2, 'Service detection', 'TLS Version 1.1 Deprecated Protocol', 443, 'www', { solution: 'Enable support for TLS 1.2 and 1.3, and disable support for TLS 1.1.' }),
  remote(35291, 2, 'General', 'SSL Certificate Signed Using Weak Hashing Algorithm', 443, 'www', { cves: ['CVE-2004-2761'], solution: 'Contact the Certificate Authority to have the certificate reissued.' }),
  remote(15901, 2, 'General', 'SSL Certificate Expiry', 443, 'www', { solution: 'Purchase or generate a new SSL certificate to replace the existing one.' }),
  remote(65821, 2, 'General', 'SSL RC4 Cipher Suites Supported (Bar Mitzvah)', 443, 'www', { cves: ['CVE-2013-2566', 'CVE-2015-2808'], solution: 'Reconfigure the affected application to avoid use of RC4 ciphers.' }),
  remote(156032, 4, 'Web Servers', 'Apache Log4j 1.x Unsupported Version Detection', 8080, 'www', { solution: 'Upgrade to a version of Apache Log4j that is currently supported.' }),
  remote(171356, 3, 'Web Servers', 'Apache HTTP Server SEoL (2.2.x)', 8080, 'www', { solution: 'Upgrade to a version of Apache HTTP Server that is currently supported.' }),
  remote(10114, 1, 'General', 'ICMP Timestamp Request Remote Date Disclosure', 0, '', { cves: ['CVE-1999-0524'], solution: 'Filter out the ICMP timestamp requests (13), and the outgoing ICMP timestamp replies (14).' }),
  remote(41028, 3, 'SNMP', 'SNMP Agent Default Community Name (public)', 161, 'snmp', { protocol: 'UDP', cves: ['CVE-1999-0517'], solution: 'Disable the SNMP service if you do not use it, or change the default community string.' }),
  remote(97861, 2, 'Misc.', 'Network Time Protocol (NTP) Mode 6 Scanner', 123, 'ntp', { protocol: 'UDP', solution: 'Restrict NTP mode 6 queries.' }),
  remote(142960, 2, 'Web Servers', 'HSTS Missing From HTTPS Server (RFC 6797)', 443, 'www', { solution: 'Configure the remote web server to use HSTS.' }),
  remote(11213, 2, 'Web Servers', 'HTTP TRACE / TRACK Methods Allowed', 8080, 'www', { cves: ['CVE-2003-1567', 'CVE-2004-2320'], solution: 'Disable these HTTP methods.' }),
  remote(33850, 4, 'General', 'Unsupported Operating System Version Detection', 0, '', { solution: 'Upgrade to a version of the operating system that is currently supported.' }),
];

const packages: readonly (readonly [name: string, severity: CatalogRow['severity']])[] = [
  ['kernel', 3], ['openssl', 3], ['openssh', 4], ['sudo', 3], ['glibc', 3], ['curl', 2], ['python3', 2], ['systemd', 2],
  ['bind', 3], ['httpd', 4], ['nginx', 2], ['vim', 2], ['git', 3], ['krb5', 2], ['samba', 3], ['expat', 3], ['libxml2', 2],
  ['sqlite', 1], ['gnutls', 2], ['postgresql', 2], ['java-17-openjdk', 2], ['tar', 1], ['rsync', 3], ['less', 2],
];
const linuxFacts: readonly (readonly [id: number, name: string, family: string])[] = [
  [22869, 'Software Enumeration (SSH)', 'General'], [14272, 'Netstat Portscanner (SSH)', 'Port scanners'], [25202, 'Enumerate IPv6 Interfaces via SSH', 'General'],
  [33276, 'Enumerate MAC Addresses via SSH', 'General'], [56468, 'Time of Last System Startup', 'General'], [58651, 'Netstat Active Connections', 'Misc.'],
  [64582, 'Netstat Connection Information', 'General'], [83303, 'Unix / Linux - Local Users Information : Passwords Never Expire', 'Misc.'],
  [90707, 'SSH SCP Protocol Detection', 'Misc.'], [95928, 'Linux User List Enumeration', 'General'], [97993, 'OS Identification and Installed Software Enumeration over SSH v2', 'Misc.'],
  [110095, 'Target Credential Issues by Authentication Protocol - No Issues Found', 'Settings'], [117887, 'OS Security Patch Assessment Available', 'Settings'],
  [141394, 'Apache HTTP Server Installed (Linux)', 'Web Servers'], [151883, 'Libgcrypt Installed (Linux/UNIX)', 'Misc.'], [157358, 'Linux Mounted Devices', 'Misc.'],
  [168007, 'OpenSSL Installed (Linux)', 'Misc.'], [170170, 'Enumerate the Network Interface configuration via SSH', 'General'],
];
const linux: readonly CatalogRow[] = [
  ...packages.map(([name, severity], index): CatalogRow => ({
    id: 910_000 + index * 7,
    kind: 'linux',
    family: 'Red Hat Local Security Checks',
    severity,
    name: `RHEL 8 / 9 : ${name} (RHSA-2026:${String(1102 + index * 137).padStart(4, '0')})`,
    cves: [`CVE-2026-${20_100 + index * 31}`, ...(severity >= 3 ? [`CVE-2025-${31_400 + index * 17}`] : [])],
    solution: `Update the affected ${name} packages.`,
  })),
  ...linuxFacts.map(([id, name, family]): CatalogRow => ({ id, kind: 'linux', family, severity: 0, name })),
  { id: 70658, kind: 'linux', family: 'Misc.', severity: 1, name: 'SSH Server CBC Mode Ciphers Enabled', port: 22, service: 'ssh', cves: ['CVE-2008-5161'], solution: 'Disable CBC mode cipher encryption, and enable CTR or GCM cipher mode encryption.' },
  { id: 153953, kind: 'linux', family: 'Misc.', severity: 1, name: 'SSH Weak Key Exchange Algorithms Enabled', port: 22, service: 'ssh', solution: 'Disable the weak key exchange algorithms.' },
  { id: 187315, kind: 'linux', family: 'Misc.', severity: 2, name: 'SSH Terrapin Prefix Truncation Weakness (CVE-2023-48795)', port: 22, service: 'ssh', cves: ['CVE-2023-48795'], solution: 'Update to a version with strict key exchange.' },
  { id: 201194, kind: 'linux', family: 'Misc.', severity: 4, name: 'OpenSSH < 9.8 RCE (regreSSHion)', port: 22, service: 'ssh', cves: ['CVE-2024-6387'], solution: 'Upgrade to OpenSSH version 9.8 or later.' },
  { id: 10267, kind: 'linux', family: 'Service detection', severity: 0, name: 'SSH Server Type and Version Information', port: 22, service: 'ssh' },
  { id: 70657, kind: 'linux', family: 'Misc.', severity: 0, name: 'SSH Algorithms and Languages Supported', port: 22, service: 'ssh' },
  { id: 11356, kind: 'linux', family: 'RPC', severity: 3, name: 'NFS Exported Share Information Disclosure', port: 2049, service: 'rpc-nfs', cves: ['CVE-1999-0170'], solution: 'Configure NFS so that only authorized hosts can mount its shares.' },
  { id: 42256, kind: 'linux', family: 'RPC', severity: 3, name: 'NFS Shares World Readable', port: 2049, service: 'rpc-nfs', solution: 'Place the appropriate restrictions on all NFS shares.' },
];

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'];
const windowsFacts: readonly (readonly [id: number, name: string, family: string])[] = [
  [10736, 'DCE Services Enumeration', 'Windows'], [10394, 'Microsoft Windows SMB Log In Possible', 'Windows'], [10785, 'Microsoft Windows SMB NativeLanManager Remote System Information Disclosure', 'Windows'],
  [11011, 'Microsoft Windows SMB Service Detection', 'Windows'], [20811, 'Microsoft Windows Installed Software Enumeration (credentialed check)', 'Windows'],
  [24270, 'Computer Manufacturer Information (WMI)', 'Windows'], [34220, 'Netstat Portscanner (WMI)', 'Port scanners'], [38153, 'Microsoft Windows Summary of Missing Patches', 'Windows'],
  [44401, 'Microsoft Windows SMB Service Config Enumeration', 'Windows'], [51351, 'Microsoft .NET Framework Detection', 'Windows'], [58181, 'Windows DNS Server Enumeration', 'DNS'],
  [63620, 'Windows Product Key Retrieval', 'Windows'], [70329, 'Microsoft Windows Process Information', 'Windows'], [72482, 'Windows Display Driver Enumeration', 'Windows'],
  [92424, 'MUICache Program Execution History', 'Windows'], [103569, 'Windows Defender Antimalware/Antivirus Signature Definition Check', 'Windows'],
  [139785, 'DISM Package List (Windows)', 'Windows'], [159929, 'Windows LSA Protection Status', 'Windows'], [161502, 'Microsoft Windows Logged On Users', 'Windows'],
  [164690, 'Windows Disabled Command Prompt Enumeration', 'Windows'],
];
const windows: readonly CatalogRow[] = [
  ...months.map((month, index): CatalogRow => ({
    id: 920_000 + index * 11,
    kind: 'windows',
    family: 'Windows : Microsoft Bulletins',
    severity: index % 4 === 1 ? 4 : 3,
    name: `KB50${41_000 + index * 773}: Windows Server Security Update (${month} 2026)`,
    port: 445,
    service: 'cifs',
    cves: [`CVE-2026-${21_000 + index * 53}`, `CVE-2026-${21_007 + index * 53}`],
    solution: `Apply Security Update 50${41_000 + index * 773}.`,
  })),
  ...windowsFacts.map(([id, name, family]): CatalogRow => ({ id, kind: 'windows', family, severity: 0, name, port: 445, service: 'cifs' })),
  { id: 97833, kind: 'windows', family: 'Windows', severity: 4, name: 'MS17-010: Security Update for Microsoft Windows SMB Server (4013389) (ETERNALBLUE) (uncredentialed check)', port: 445, service: 'cifs', cves: ['CVE-2017-0143', 'CVE-2017-0144', 'CVE-2017-0145'], solution: 'Apply the patches that Microsoft has released for SMB.' },
  { id: 57608, kind: 'windows', family: 'Misc.', severity: 2, name: 'SMB Signing not required', port: 445, service: 'cifs', solution: "Enforce message signing in the host's configuration." },
  { id: 18405, kind: 'windows', family: 'Windows', severity: 2, name: 'Remote Desktop Protocol Server Man-in-the-Middle Weakness', port: 3389, service: 'msrdp', cves: ['CVE-2005-1794'], solution: 'Force the use of SSL as a transport layer for this service.' },
  { id: 58453, kind: 'windows', family: 'Misc.', severity: 2, name: "Terminal Services Doesn't Use Network Level Authentication (NLA) Only", port: 3389, service: 'msrdp', solution: 'Enable Network Level Authentication (NLA) on the remote RDP server.' },
  { id: 30218, kind: 'windows', family: 'Misc.', severity: 1, name: 'Terminal Services Encryption Level is not FIPS-140 Compliant', port: 3389, service: 'msrdp', solution: 'Change RDP encryption level to FIPS Compliant.' },
  { id: 63155, kind: 'windows', family: 'Windows', severity: 3, name: 'Microsoft Windows Unquoted Service Path Enumeration', port: 445, service: 'cifs', cves: ['CVE-2013-1609'], solution: 'Ensure that any services that contain a space in the path enclose the path in quotes.' },
  { id: 166555, kind: 'windows', family: 'Windows', severity: 3, name: 'WinVerifyTrust Signature Validation CVE-2013-3900 Mitigation (EnableCertPaddingCheck)', port: 445, service: 'cifs', cves: ['CVE-2013-3900'], solution: 'Add and enable the registry value EnableCertPaddingCheck.' },
  { id: 132101, kind: 'windows', family: 'Windows', severity: 2, name: 'Windows Speculative Execution Configuration Check', port: 445, service: 'cifs', cves: ['CVE-2017-5753'], solution: 'Apply vendor recommended settings.' },
  { id: 26919, kind: 'windows', family: 'Windows : User management', severity: 3, name: 'Microsoft Windows SMB Guest Account Local User Access', port: 445, service: 'cifs', cves: ['CVE-1999-0505'], solution: 'Disable the Guest account.' },
  { id: 139571, kind: 'windows', family: 'Windows', severity: 4, name: 'Microsoft Netlogon Elevation of Privilege (Zerologon)', port: 445, service: 'cifs', cves: ['CVE-2020-1472'], solution: 'Apply the updates that Microsoft has released and enforce secure channel mode.' },
  { id: 150798, kind: 'windows', family: 'Windows', severity: 2, name: 'Microsoft Edge (Chromium) < 126 Multiple Vulnerabilities', port: 445, service: 'cifs', cves: ['CVE-2026-24411'], solution: 'Upgrade Microsoft Edge.' },
  { id: 171410, kind: 'windows', family: 'Windows', severity: 0, name: 'IP Assignment Method Detection', port: 445, service: 'cifs' },
];

const network: readonly CatalogRow[] = [
  ...(['cisco-sa-iosxe-webui-privesc', 'cisco-sa-asaftd-webvpn', 'cisco-sa-snmp-dos', 'cisco-sa-ios-ikev2', 'cisco-sa-telnet-dos', 'cisco-sa-iosxe-httpauth'] as const).map(
    (advisory, index): CatalogRow => ({
      id: 930_000 + index * 13, kind: 'network', family: 'CISCO', severity: index % 3 === 0 ? 4 : index % 3 === 1 ? 3 : 2,
      name: `Cisco IOS XE Software Vulnerability (${advisory})`, cves: [`CVE-2025-${20_200 + index * 71}`],
      solution: 'Upgrade to the relevant fixed version referenced in the advisory.',
    }),
  ),
  { id: 42263, kind: 'network', family: 'Misc.', severity: 2, name: 'Unencrypted Telnet Server', port: 23, service: 'telnet', solution: 'Disable the Telnet service and use SSH instead.' },
  { id: 47864, kind: 'network', family: 'CISCO', severity: 0, name: 'Cisco IOS Version', port: 161, protocol: 'UDP', service: 'snmp' },
  { id: 10550, kind: 'network', family: 'SNMP', severity: 0, name: 'SNMP Query Running Process List Disclosure', port: 161, protocol: 'UDP', service: 'snmp' },
  { id: 10551, kind: 'network', family: 'SNMP', severity: 0, name: 'SNMP Request Network Interfaces Enumeration', port: 161, protocol: 'UDP', service: 'snmp' },
  { id: 10800, kind: 'network', family: 'SNMP', severity: 0, name: 'SNMP Query System Information Disclosure', port: 161, protocol: 'UDP', service: 'snmp' },
  { id: 34022, kind: 'network', family: 'SNMP', severity: 0, name: 'SNMP Query Routing Information Disclosure', port: 161, protocol: 'UDP', service: 'snmp' },
  { id: 35296, kind: 'network', family: 'SNMP', severity: 0, name: 'SNMP Protocol Version Detection', port: 161, protocol: 'UDP', service: 'snmp' },
  { id: 76474, kind: 'network', family: 'SNMP', severity: 2, name: "SNMP 'GETBULK' Reflection DDoS", port: 161, protocol: 'UDP', service: 'snmp', cves: ['CVE-2008-4309'], solution: 'Disable the SNMP service, or restrict and monitor access to it.' },
];

/** Products on any machine whose version a scan reads over the network. */
const products: readonly CatalogRow[] = (
  [
    ['Apache Tomcat 9.0.x < 9.0.98', 3, 8080], ['PHP 8.1.x < 8.1.31', 3, 443], ['jQuery 1.2 < 3.5.0', 2, 443], ['OpenSSL 3.0.x < 3.0.15', 3, 443],
    ['VMware Tools 12.x < 12.4', 2, 0], ['Veritas NetBackup Client < 10.4', 3, 13724], ['Oracle Java SE (October 2025 CPU)', 2, 0], ['Splunk Universal Forwarder < 9.2', 2, 8089],
    ['Nessus Agent < 10.8', 2, 0], ['Apache ActiveMQ < 5.18.3 RCE', 4, 61616], ['Elasticsearch < 8.15', 2, 9200], ['Redis < 7.2.6', 3, 6379],
    ['Zabbix Agent < 6.4', 1, 10050], ['curl < 8.10', 2, 0],
  ] as const
).map(([name, severity, port], index): CatalogRow => ({
  id: 940_000 + index * 17,
  kind: 'any',
  family: port === 0 ? 'Misc.' : 'Web Servers',
  severity,
  name: `${name} Multiple Vulnerabilities`,
  port,
  ...(port === 0 ? {} : { service: 'www' }),
  cves: [`CVE-2025-${40_100 + index * 37}`],
  solution: `Upgrade to a fixed version of ${name.split(' ').slice(0, 2).join(' ')}.`,
}));

/** 150 rows: 44 for any machine, 50 for Linux, 42 for Windows, 14 for network devices. */
export const pluginCatalog: readonly CatalogRow[] = [...anyMachine, ...products, ...linux, ...windows, ...network];
