/** Files as they would be carried over from a network without a connection: a scan, and a plan of POA&Ms. What they say is invented. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

interface Found {
  readonly plugin: number;
  readonly name: string;
  readonly family: string;
  readonly severity: 0 | 1 | 2 | 3 | 4;
  readonly port: number;
  readonly solution: string;
  readonly synopsis: string;
  readonly cves?: readonly string[];
}

const unsupported: Found = {
  plugin: 33850,
  name: 'Unix Operating System Unsupported Version Detection',
  family: 'General',
  severity: 4,
  port: 0,
  synopsis: 'The operating system running on the remote host is no longer supported.',
  solution: 'Upgrade to a version of the Unix operating system that is currently supported.',
};
const openssh: Found = {
  plugin: 201194,
  name: 'OpenSSH < 9.8 RCE',
  family: 'Misc.',
  severity: 3,
  port: 22,
  synopsis: 'The SSH server running on the remote host is affected by a code execution vulnerability.',
  solution: 'Upgrade to OpenSSH version 9.8 or later.',
  cves: ['CVE-2024-6387'],
};
const certificate: Found = {
  plugin: 51192,
  name: 'SSL Certificate Cannot Be Trusted',
  family: 'General',
  severity: 2,
  port: 443,
  synopsis: 'The SSL certificate for this service cannot be trusted.',
  solution: 'Purchase or generate a proper SSL certificate for this service.',
};

const hosts: readonly (readonly [name: string, ip: string, found: readonly Found[]])[] = [
  ['hist01.plant.example', '198.51.100.21', [unsupported, openssh]],
  ['hmi02.plant.example', '198.51.100.32', [certificate]],
  ['eng03.plant.example', '198.51.100.43', [openssh, certificate]],
];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const itemOf = (of: Found): string => `
<ReportItem port="${of.port}" svc_name="${of.port === 22 ? 'ssh' : of.port === 443 ? 'https' : 'general'}" protocol="tcp" severity="${of.severity}" pluginID="${of.plugin}" pluginName="${escaped(of.name)}" pluginFamily="${of.family}">
<synopsis>${escaped(of.synopsis)}</synopsis><solution>${escaped(of.solution)}</solution><risk_factor>${['None', 'Low', 'Medium', 'High', 'Critical'][of.severity] ?? 'None'}</risk_factor>${(of.cves ?? []).map((cve) => `<cve>${cve}</cve>`).join('')}</ReportItem>`;

/** @param scannedAt when the scan ran. */
export async function writeDemoScanFile(path: string, scannedAt: Date): Promise<void> {
  const at = Math.floor(scannedAt.getTime() / 1000);
  const reports = hosts.map(
    ([name, ip, found]) => `
<ReportHost name="${ip}"><HostProperties><tag name="HOST_START_TIMESTAMP">${at}</tag><tag name="HOST_END_TIMESTAMP">${at + 600}</tag><tag name="Credentialed_Scan">true</tag><tag name="operating-system">Linux Kernel 3.10 on Red Hat Enterprise Linux Server release 7.9</tag><tag name="host-fqdn">${name}</tag><tag name="host-ip">${ip}</tag></HostProperties>${found.map(itemOf).join('')}
</ReportHost>`,
  );
  await writeFile(
    path,
    `<?xml version="1.0" ?>\n<NessusClientData_v2><Policy><policyName>Plant network</policyName></Policy><Report name="Plant network, weekly">${reports.join('')}\n</Report></NessusClientData_v2>\n`,
  );
}

interface Planned {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly rating: 'high' | 'moderate';
  readonly control: string;
  /** As OSCAL has it; one of them is not, so that a row is held. */
  readonly status: string;
  /** How many days after the file's own. */
  readonly dueInDays: number;
  readonly milestone: string;
}

const planned: readonly Planned[] = [
  {
    id: 'PLANT-001',
    title: 'Historian runs an unsupported operating system',
    description: 'hist01 runs a release that gets no security fixes any more.',
    rating: 'high',
    control: 'si-2',
    status: 'remediating',
    dueInDays: 75,
    milestone: 'The replacement is tested in the workshop',
  },
  {
    id: 'PLANT-002',
    title: 'Shared account on the operator stations',
    description: 'Operators of a shift sign in with one account.',
    rating: 'moderate',
    control: 'ia-2',
    status: 'open',
    dueInDays: 120,
    milestone: 'Each operator has a badge',
  },
  {
    id: 'PLANT-003',
    title: 'Remote access of the vendor is not recorded',
    description: 'Sessions of the vendor leave no recording.',
    rating: 'moderate',
    control: 'ac-17',
    status: 'on hold',
    dueInDays: 90,
    milestone: 'The gateway records sessions',
  },
];

/** @param writtenAt when the plan was written. @returns an OSCAL POA&M with three items, of which one names a status that nobody knows. */
export function demoPoamFile(writtenAt: Date): Buffer {
  const fedramp = 'https://fedramp.gov/ns/oscal';
  const items = planned.map((each) => {
    const riskUuid = randomUUID();
    const day = (days: number): string => new Date(writtenAt.getTime() + days * 86_400_000).toISOString();
    const dates = { start: day(0), end: day(each.dueInDays - 20) };
    const task = {
      uuid: randomUUID(),
      type: 'milestone',
      title: each.milestone,
      timing: { 'within-date-range': dates },
    };
    const facets = [{ name: 'risk', system: fedramp, value: each.rating }];
    return {
      risk: {
        uuid: riskUuid,
        title: each.title,
        description: each.description,
        statement: each.description,
        props: [{ name: 'impacted-control-id', ns: fedramp, value: each.control }],
        status: each.status,
        deadline: day(each.dueInDays),
        characterizations: [{ origin: { actors: [] }, facets }],
        remediations: [
          {
            uuid: randomUUID(),
            lifecycle: 'planned',
            title: 'Plan',
            description: each.milestone,
            tasks: [task],
          },
        ],
      },
      item: {
        uuid: randomUUID(),
        title: each.title,
        description: each.description,
        props: [{ name: 'POAM-ID', ns: fedramp, value: each.id }],
        'related-risks': [{ 'risk-uuid': riskUuid }],
      },
    };
  });
  const metadata = {
    title: 'Plant network, POA&M',
    'last-modified': writtenAt.toISOString(),
    version: '1',
    'oscal-version': '1.1.2',
  };
  const plan = {
    uuid: randomUUID(),
    metadata,
    risks: items.map(({ risk }) => risk),
    'poam-items': items.map(({ item }) => item),
  };
  return Buffer.from(JSON.stringify({ 'plan-of-action-and-milestones': plan }));
}
