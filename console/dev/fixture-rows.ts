/** Rows like the real ones, the same at each start. For development and pictures only: tests use the real server. */

/** A small generator with a seed: the pictures of two days are the same. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const dayMs = 86_400_000;
export const now = Date.now();
export const daysAgo = (days: number): string => new Date(now - days * dayMs).toISOString();
export const dayIn = (days: number): string => new Date(now + days * dayMs).toISOString().slice(0, 10);

export const systems = [
  ['SYS-001', 'Logistics Planning'],
  ['SYS-002', 'Personnel Records'],
  ['SYS-003', 'Message Gateway'],
  ['SYS-004', 'Training Portal'],
  ['SYS-005', 'Maintenance Tracking'],
  ['SYS-006', 'Weather Data Service'],
  ['SYS-007', 'Base Access Control'],
].map(([id = '', name = '']) => ({ id, name }));

const weaknesses = [
  [156032, 'Apache Log4j Unsupported Version Detection', 'Critical', 'Misc.', 9.8, 0.97, true],
  [171351, 'OpenSSL 3.0.x < 3.0.8 Multiple Vulnerabilities', 'High', 'Web Servers', 7.4, 0.12, false],
  [187315, 'SSH Terrapin Prefix Truncation Weakness (CVE-2023-48795)', 'Medium', 'Misc.', 6.1, 0.93, false],
  [51192, 'SSL Certificate Cannot Be Trusted', 'Medium', 'General', null, null, null],
  [
    182130,
    'KB5031364: Windows Server 2022 / Azure Stack HCI 22H2 Security Update (October 2023)',
    'Critical',
    'Windows : Microsoft Bulletins',
    9.4,
    0.86,
    true,
  ],
  [206866, 'Curl 7.69 < 8.4.0 Heap Buffer Overflow', 'High', 'Misc.', 8.1, 0.31, true],
  [42873, 'SSL Medium Strength Cipher Suites Supported (SWEET32)', 'High', 'General', 5.1, 0.02, false],
  [10114, 'ICMP Timestamp Request Remote Date Disclosure', 'Low', 'General', null, 0.01, false],
  [19506, 'Nessus Scan Information', 'Info', 'Settings', null, null, null],
  [200493, 'Mozilla Firefox ESR < 115.12', 'High', 'Windows', 6.7, 0.04, false],
  [178852, 'Apache Tomcat 9.0.0.M1 < 9.0.76', 'Medium', 'Web Servers', 4.4, 0.05, false],
  [84502, 'HSTS Missing From HTTPS Server', 'Medium', 'Web Servers', null, null, null],
  [70658, 'SSH Server CBC Mode Ciphers Enabled', 'Low', 'Misc.', 2.5, 0.01, false],
  [197862, 'RHEL 9 : kernel (RHSA-2024:2394)', 'High', 'Red Hat Local Security Checks', 8.4, 0.22, true],
] as const;
export const plugins = weaknesses.map(([pluginId, name, severity, family, vpr, epss, exploit]) => ({
  pluginId,
  name,
  severity,
  family,
  vpr,
  epss,
  cvss: vpr === null ? null : Math.min(10, Math.round((vpr + 0.3) * 10) / 10),
  exploit,
}));

const random = createRandom(7);
const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T; // never empty
const uuid = (): string =>
  '3f2axxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => Math.floor(random() * 16).toString(16));

const kinds = ['web', 'db', 'app', 'dc', 'mail', 'ws', 'file', 'print'];
export const assets = Array.from({ length: 240 }, (_, index) => {
  const system = random() < 0.08 ? null : pick(systems);
  const name = `${pick(kinds)}${String(index + 1).padStart(3, '0')}.example.mil`;
  return {
    assetUuid: uuid(),
    name,
    fqdns: [name],
    ips: [`10.2.${Math.floor(index / 250)}.${(index % 250) + 1}`],
    operatingSystem: pick([
      'Windows Server 2022',
      'Red Hat Enterprise Linux 9.3',
      'Windows 11 Enterprise',
      'Ubuntu 22.04',
    ]),
    systemIds: system ? [system.id] : [],
    componentId: system && random() < 0.8 ? `CMP-${String(index).padStart(4, '0')}` : null,
    criticality: random() < 0.3 ? null : pick(['High', 'Medium', 'Low']),
    environment: pick(['production', 'test', null]),
    acr: random() < 0.2 ? null : Math.ceil(random() * 10),
    firstSeen: daysAgo(100 + random() * 300),
    lastSeen: daysAgo(random() < 0.1 ? 30 + random() * 40 : random() * 3),
    hasAgent: random() < 0.6,
    state: random() < 0.95 ? 'reported' : 'unreported',
    tags: ['Environment:Production', 'Owner:J. Doe'],
    sources: random() < 0.4 ? ['tenable', 'tenable-sc'] : ['tenable'],
  };
});

function findingOf(index: number) {
  const plugin = pick(plugins);
  const asset = pick(assets);
  const roll = random();
  const state = roll < 0.72 ? 'open' : roll < 0.8 ? 'reopened' : 'fixed';
  const found = 5 + random() * 200;
  const poam = (plugin.severity === 'Critical' || plugin.severity === 'High') && random() < 0.75;
  const number = 1 + Math.floor(random() * 60);
  return {
    key: `3f2a0000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    severity: plugin.severity,
    pluginId: String(plugin.pluginId),
    name: plugin.name,
    family: plugin.family,
    assetUuid: asset.assetUuid,
    assetName: asset.name,
    ip: asset.ips[0] ?? null,
    fqdn: asset.name,
    systemIds: asset.systemIds,
    port: pick([443, 22, 445, 3389, 8443, 0]),
    protocol: 'tcp',
    service: null,
    state,
    isAccepted: random() < 0.05,
    firstFound: daysAgo(found),
    lastSeen: daysAgo(random() * 3),
    lastFixed: state === 'open' ? null : daysAgo(random() * 20),
    timesCameBack: state === 'reopened' ? Math.ceil(random() * 2) : 0,
    dueOn: plugin.severity === 'Info' ? null : dayIn(Math.round(90 - found)),
    poamId: poam ? `POAM-2026-${String(number).padStart(4, '0')}` : null,
    poamStatus: poam ? 'Open' : null,
    poamState: poam ? (number % 4 === 0 ? 'overdue' : 'open') : null,
    vpr: plugin.vpr,
    epss: plugin.epss,
    cvss: plugin.cvss,
    hasExploit: plugin.exploit,
    cves: ['CVE-2021-44228', 'CVE-2021-45046'],
    solution: 'Upgrade to a version that is currently supported.',
    patchPublishedAt: daysAgo(880),
    sources: asset.sources,
    acr: asset.acr,
    criticality: asset.criticality,
    controls: ['SI-2'],
  };
}
const ranks = ['Critical', 'High', 'Medium', 'Low', 'Info'];
export const findings = Array.from({ length: 6000 }, (_, index) => findingOf(index)).toSorted(
  (one, other) => ranks.indexOf(one.severity) - ranks.indexOf(other.severity),
);

const agreements = ['agreed', 'agreed', 'agreed', 'sending', 'approval', 'conflict', 'refused', 'unlinked'];
const statuses = ['Open', 'In Progress', 'In Progress', 'Pending Verification', 'Completed', 'Risk Accepted'];
export const poams = Array.from({ length: 60 }, (_, index) => {
  const plugin = plugins[index % plugins.length] as (typeof plugins)[number]; // within its length
  const status = pick(statuses);
  const isOpen = status !== 'Completed' && status !== 'Risk Accepted';
  const all = 1 + Math.floor(random() * 5);
  const done = isOpen ? Math.floor(random() * all) : all;
  const findingsAll = 3 + Math.floor(random() * 200);
  const days = random() < 0.06 ? null : Math.round(-20 + random() * 130);
  const system = pick(systems);
  return {
    poamId: `POAM-2026-${String(index + 1).padStart(4, '0')}`,
    remoteId: `X-${48_210 + index}`,
    systemId: system.id,
    systemName: system.name,
    weakness: plugin.name,
    severity: plugin.severity === 'Info' ? 'Low' : plugin.severity,
    residualRisk: random() < 0.15 ? 'Medium' : null,
    status,
    isOpen,
    isOverdue: isOpen && days !== null && days < 0,
    due: days === null ? null : dayIn(days),
    completed: isOpen ? null : dayIn(-12),
    milestones: { done, all, next: done < all ? dayIn(Math.round(random() * 40)) : null },
    findings: { open: isOpen ? Math.floor(findingsAll * random()) : 0, all: findingsAll },
    assets: Math.ceil(findingsAll / 3),
    control: pick(['SI-2', 'CM-6', 'SC-8', 'RA-5']),
    owner: pick(['J. Doe', 'K. Lindqvist', 'A. Okafor', null]),
    agreement: pick(agreements),
    updatedAt: daysAgo(random() * 30),
    changed: { at: daysAgo(random() * 30), by: pick(['J. Doe', 'M. Ray']), where: pick(['here', 'there']) },
  };
});
const steps = [
  'Test the fixed version in the lab',
  'Install it on the pilot hosts',
  'Install it on all hosts',
  'Verify by scan',
];
export const milestones = poams.flatMap((poam) =>
  Array.from({ length: poam.milestones.all }, (_, index) => ({
    id: `${poam.poamId}-${index + 1}`,
    remoteId: null,
    poamId: poam.poamId,
    weakness: poam.weakness,
    systemId: poam.systemId,
    description: steps[index % steps.length] ?? '',
    due: dayIn(-10 + index * 12),
    completed: index < poam.milestones.done ? dayIn(-15) : null,
    status: index < poam.milestones.done ? 'Completed' : 'Pending',
    isOpen: index >= poam.milestones.done,
    isOverdue: index === 0 && poam.milestones.done === 0,
    comments: null,
    owner: poam.owner,
  })),
);
