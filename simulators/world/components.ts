/**
 * What the GRC side knows of the machines: less, in another spelling, and not always right. Of each sixty components
 * about fifty-one are one machine without doubt (by UUID, BIOS, MAC only, NetBIOS only, FQDN), three are a second entry
 * for a machine that another system lists too, six are no machine that is scanned. Some addresses are out of date.
 */
import { kindOf } from './hosts.ts';
import { createRandom } from './random.ts';
import type { WorldComponent, WorldHost, WorldOptions, WorldSystem } from './world.ts';

const people: readonly [string, ...string[]] = [
  'Sarah Davis',
  'Robert Wilson',
  'Lisa Anderson',
  'David Martinez',
  'Emily Chen',
  'Tom Becker',
];
const teams: readonly [string, ...string[]] = [
  'Platform Operations',
  'Database Administration',
  'Network Operations Center',
  'Business Applications',
];

/** The ways in which a record may know a machine; the index in the sixty decides. */
type Knowledge = 'tenable' | 'bios' | 'mac-only' | 'netbios-only' | 'fqdn' | 'fqdn-stale-ip';
const knowledgeCycle: readonly Knowledge[] = [
  'fqdn',
  'tenable',
  'fqdn',
  'mac-only',
  'fqdn',
  'bios',
  'netbios-only',
  'fqdn',
  'fqdn-stale-ip',
  'fqdn',
];

function known(host: WorldHost, knowledge: Knowledge, staleIp: string): Partial<WorldComponent> {
  switch (knowledge) {
    case 'tenable':
      return { tenableUuid: host.tenableUuid.toUpperCase(), hostname: host.hostname, ipv4: host.ipv4 };
    case 'bios':
      return { biosUuid: host.biosUuid.toUpperCase(), hostname: host.hostname.toUpperCase() };
    case 'mac-only':
      return { macAddress: (host.macAddresses[0] ?? '').toUpperCase().replaceAll(':', '-') };
    case 'netbios-only':
      return { netbiosName: `ENTERPRISE\\${host.netbiosName}` };
    case 'fqdn':
      return {
        hostname: host.hostname,
        fqdn: `${host.hostname}.${host.domain}`.toUpperCase(),
        ipv4: host.ipv4,
      };
    case 'fqdn-stale-ip':
      return { hostname: host.hostname, fqdn: `${host.hostname}.${host.domain}`, ipv4: staleIp };
  }
}

export function generateComponents(
  options: WorldOptions,
  systems: readonly WorldSystem[],
  hosts: readonly WorldHost[],
): WorldComponent[] {
  const inSystems = hosts.filter((host) => host.systemId !== undefined);
  const components: WorldComponent[] = [];
  for (let block = 0; block < options.size; block += 1) {
    const own = inSystems.slice(block * 70, block * 70 + 51);
    own.forEach((host, index) => {
      const stale = own[(index + 9) % own.length]?.ipv4 ?? host.ipv4;
      components.push(
        componentOf(
          options,
          components.length,
          host,
          host.systemId ?? '',
          known(host, knowledgeCycle[index % knowledgeCycle.length] ?? 'fqdn', stale),
        ),
      );
    });
    // The same machine in a second system's list: two candidates, and no way to tell which is right.
    for (const [offset, host] of own
      .filter((_, index) => knowledgeCycle[index % knowledgeCycle.length] === 'fqdn')
      .slice(3, 6)
      .entries()) {
      const other =
        systems.find((system, index) => system.id !== host.systemId && index >= offset) ?? systems[0];
      components.push(
        componentOf(options, components.length, host, other?.id ?? '', known(host, 'fqdn', host.ipv4)),
      );
    }
    for (let index = 0; index < 6; index += 1)
      components.push(
        strangerOf(options, components.length, systems[(block + index) % systems.length]?.id ?? ''),
      );
  }
  return components;
}

function common(
  options: WorldOptions,
  index: number,
): Pick<WorldComponent, 'id' | 'owner' | 'technicalOwner'> {
  const random = createRandom(options.seed, 'component', index);
  return {
    id: `CMP-${String(index + 1).padStart(4, '0')}`,
    owner: random.pick(people),
    technicalOwner: random.pick(teams),
  };
}

const nothingKnown = {
  hostname: undefined,
  fqdn: undefined,
  netbiosName: undefined,
  ipv4: undefined,
  macAddress: undefined,
  biosUuid: undefined,
  tenableUuid: undefined,
} as const;

function componentOf(
  options: WorldOptions,
  index: number,
  host: WorldHost,
  systemId: string,
  knowledge: Partial<WorldComponent>,
): WorldComponent {
  return {
    ...common(options, index),
    systemId,
    name: `${host.role} ${host.hostname}`,
    componentType: kindOf(host) === 'network' ? 'Network Device' : 'Server',
    operatingSystem: host.operatingSystem,
    ...nothingKnown,
    ...knowledge,
    hostUuid: host.tenableUuid,
  };
}

/** In the record, and in no scan: retired, on another network, or never racked. */
function strangerOf(options: WorldOptions, index: number, systemId: string): WorldComponent {
  const random = createRandom(options.seed, 'stranger', index);
  const name = `spare${String(index + 1).padStart(3, '0')}`;
  return {
    ...common(options, index),
    systemId,
    name: `standby server ${name}`,
    componentType: 'Server',
    operatingSystem: 'Red Hat Enterprise Linux 7.9',
    ...nothingKnown,
    hostname: name,
    fqdn: `${name}.standby.example`,
    ipv4: `172.16.${random.between(0, 250)}.${random.between(2, 250)}`,
    hostUuid: undefined,
  };
}
