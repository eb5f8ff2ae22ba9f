import type { CatalogRow } from './catalog-row.ts';

const remote = (
  id: number,
  severity: CatalogRow['severity'],
  family: string,
  name: string,
  port: number,
  service: string,
  more: Partial<CatalogRow> = {},
): CatalogRow => ({
  id,
  kind: 'any',
  family,
  severity,
  name,
  port,
  service,
  ...more,
});

export const anyMachine: readonly CatalogRow[] = [
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
  remote(51192, 2, 'General', 'SSL Certificate Cannot Be Trusted', 443, 'www', {
    solution: 'Purchase or generate a proper SSL certificate for this service.',
  }),
  remote(57582, 2, 'General', 'SSL Self-Signed Certificate', 443, 'www', {
    solution: 'Purchase or generate a proper SSL certificate for this service.',
  }),
  remote(42873, 3, 'General', 'SSL Medium Strength Cipher Suites Supported (SWEET32)', 443, 'www', {
    cves: ['CVE-2016-2183'],
    solution: 'Reconfigure the affected application, if possible, to avoid use of medium strength ciphers.',
  }),
  remote(104743, 2, 'Service detection', 'TLS Version 1.0 Protocol Detection', 443, 'www', {
    solution: 'Enable support for TLS 1.2 and 1.3, and disable support for TLS 1.0.',
  }),
  remote(157288, 2, 'Service detection', 'TLS Version 1.1 Deprecated Protocol', 443, 'www', {
    solution: 'Enable support for TLS 1.2 and 1.3, and disable support for TLS 1.1.',
  }),
  remote(35291, 2, 'General', 'SSL Certificate Signed Using Weak Hashing Algorithm', 443, 'www', {
    cves: ['CVE-2004-2761'],
    solution: 'Contact the Certificate Authority to have the certificate reissued.',
  }),
  remote(15901, 2, 'General', 'SSL Certificate Expiry', 443, 'www', {
    solution: 'Purchase or generate a new SSL certificate to replace the existing one.',
  }),
  remote(65821, 2, 'General', 'SSL RC4 Cipher Suites Supported (Bar Mitzvah)', 443, 'www', {
    cves: ['CVE-2013-2566', 'CVE-2015-2808'],
    solution: 'Reconfigure the affected application to avoid use of RC4 ciphers.',
  }),
  remote(156032, 4, 'Web Servers', 'Apache Log4j 1.x Unsupported Version Detection', 8080, 'www', {
    solution: 'Upgrade to a version of Apache Log4j that is currently supported.',
  }),
  remote(171356, 3, 'Web Servers', 'Apache HTTP Server SEoL (2.2.x)', 8080, 'www', {
    solution: 'Upgrade to a version of Apache HTTP Server that is currently supported.',
  }),
  remote(10114, 1, 'General', 'ICMP Timestamp Request Remote Date Disclosure', 0, '', {
    cves: ['CVE-1999-0524'],
    solution: 'Filter out the ICMP timestamp requests (13), and the outgoing ICMP timestamp replies (14).',
  }),
  remote(41028, 3, 'SNMP', 'SNMP Agent Default Community Name (public)', 161, 'snmp', {
    protocol: 'UDP',
    cves: ['CVE-1999-0517'],
    solution: 'Disable the SNMP service if you do not use it, or change the default community string.',
  }),
  remote(97861, 2, 'Misc.', 'Network Time Protocol (NTP) Mode 6 Scanner', 123, 'ntp', {
    protocol: 'UDP',
    solution: 'Restrict NTP mode 6 queries.',
  }),
  remote(142960, 2, 'Web Servers', 'HSTS Missing From HTTPS Server (RFC 6797)', 443, 'www', {
    solution: 'Configure the remote web server to use HSTS.',
  }),
  remote(11213, 2, 'Web Servers', 'HTTP TRACE / TRACK Methods Allowed', 8080, 'www', {
    cves: ['CVE-2003-1567', 'CVE-2004-2320'],
    solution: 'Disable these HTTP methods.',
  }),
  remote(33850, 4, 'General', 'Unsupported Operating System Version Detection', 0, '', {
    solution: 'Upgrade to a version of the operating system that is currently supported.',
  }),
];

/** Products on servers and workstations whose version a scan reads over the network. */
export const products: readonly CatalogRow[] = (
  [
    ['Apache Tomcat 9.0.x < 9.0.98', 3, 8080],
    ['PHP 8.1.x < 8.1.31', 3, 443],
    ['jQuery 1.2 < 3.5.0', 2, 443],
    ['OpenSSL 3.0.x < 3.0.15', 3, 443],
    ['VMware Tools 12.x < 12.4', 2, 0],
    ['Veritas NetBackup Client < 10.4', 3, 13724],
    ['Oracle Java SE (October 2025 CPU)', 2, 0],
    ['Splunk Universal Forwarder < 9.2', 2, 8089],
    ['Nessus Agent < 10.8', 2, 0],
    ['Apache ActiveMQ < 5.18.3 RCE', 4, 61616],
    ['Elasticsearch < 8.15', 2, 9200],
    ['Redis < 7.2.6', 3, 6379],
    ['Zabbix Agent < 6.4', 1, 10050],
    ['curl < 8.10', 2, 0],
  ] as const
).map(([name, severity, port], index): CatalogRow => ({
  id: 940_000 + index * 17,
  kind: 'server',
  family: port === 0 ? 'Misc.' : 'Web Servers',
  severity,
  name: `${name} Multiple Vulnerabilities`,
  port,
  ...(port === 0 ? {} : { service: 'www' }),
  cves: [`CVE-2025-${40_100 + index * 37}`],
  solution: `Upgrade to a fixed version of ${name.split(' ').slice(0, 2).join(' ')}.`,
}));
