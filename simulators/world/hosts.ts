import { createRandom, daysBefore, randomUuid, type Random } from './random.ts';
import type { WorldHost, WorldOptions, WorldSystem } from './world.ts';

interface Role {
  readonly name: string;
  readonly role: string;
  readonly operatingSystem: string;
  /** The system that such machines belong to, where they belong to one. */
  readonly system: string;
}

const roles: readonly Role[] = [
  { name: 'web', role: 'web server', operatingSystem: 'Red Hat Enterprise Linux 9.4', system: 'SYS-ENT-001' },
  {
    name: 'app',
    role: 'application server',
    operatingSystem: 'Red Hat Enterprise Linux 8.10',
    system: 'SYS-ENT-005',
  },
  {
    name: 'db',
    role: 'database server',
    operatingSystem: 'Red Hat Enterprise Linux 8.10',
    system: 'SYS-ENT-003',
  },
  {
    name: 'dc',
    role: 'domain controller',
    operatingSystem: 'Microsoft Windows Server 2019 Standard',
    system: 'SYS-ENT-002',
  },
  {
    name: 'fs',
    role: 'file server',
    operatingSystem: 'Microsoft Windows Server 2022 Standard',
    system: 'SYS-ENT-002',
  },
  {
    name: 'ws',
    role: 'workstation',
    operatingSystem: 'Microsoft Windows 11 Enterprise',
    system: 'SYS-ENT-002',
  },
  {
    name: 'mail',
    role: 'mail server',
    operatingSystem: 'Microsoft Windows Server 2022 Standard',
    system: 'SYS-ENT-001',
  },
  {
    name: 'log',
    role: 'log collector',
    operatingSystem: 'Red Hat Enterprise Linux 9.4',
    system: 'SYS-ENT-004',
  },
  { name: 'sw', role: 'network switch', operatingSystem: 'Cisco IOS XE 17.9', system: 'SYS-ENT-004' },
  {
    name: 'erp',
    role: 'ERP application server',
    operatingSystem: 'Red Hat Enterprise Linux 9.4',
    system: 'SYS-ENT-005',
  },
];

export type HostKind = 'linux' | 'windows' | 'network';

export function kindOf(host: Pick<WorldHost, 'operatingSystem'>): HostKind {
  if (host.operatingSystem.startsWith('Cisco')) return 'network';
  return host.operatingSystem.startsWith('Microsoft') ? 'windows' : 'linux';
}

/** Virtual machines get addresses of the hypervisor's vendor, switches Cisco's. */
function macOf(random: Random, kind: HostKind): string {
  const vendor = kind === 'network' ? '00:1b:2c' : '00:50:56';
  return `${vendor}:${random.hex(2)}:${random.hex(2)}:${random.hex(2)}`;
}

/** Eighty machines for each unit of size, in address order. Every eighth belongs to no system. */
export function generateHosts(options: WorldOptions, systems: readonly WorldSystem[]): WorldHost[] {
  return Array.from({ length: 80 * options.size }, (_, index): WorldHost => {
    const random = createRandom(options.seed, 'host', index);
    const role = roles[index % roles.length];
    if (!role) throw new Error('there are no roles');
    const kind = kindOf(role);
    const hostname = `${role.name}${String(Math.floor(index / roles.length) + 1).padStart(2, '0')}`;
    const system = index % 8 === 7 ? undefined : systems.find(({ id }) => id === role.system);
    return {
      tenableUuid: randomUuid(random),
      hostname,
      domain: 'enterprise.example',
      netbiosName: hostname.toUpperCase().slice(0, 15),
      ipv4: `10.${20 + (Math.floor(index / 62_500) % 200)}.${Math.floor(index / 250) % 250}.${(index % 250) + 2}`,
      macAddresses: Array.from({ length: kind === 'network' ? 3 : random.between(1, 2) }, () =>
        macOf(random, kind),
      ),
      biosUuid: randomUuid(random),
      agentUuid:
        kind !== 'network' && random.chance(0.75) ? randomUuid(random).replaceAll('-', '') : undefined,
      operatingSystem: role.operatingSystem,
      role: role.role,
      systemId: system?.id,
      firstSeen: daysBefore(options.now, random.between(200, 700)),
      lastSeen: daysBefore(options.now, random.between(2, 72) / 24),
    };
  });
}
