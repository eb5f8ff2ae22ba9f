import { expect, it } from 'vitest';
import { generateWorld } from './generate.ts';
import type { World, WorldComponent } from './world.ts';

const now = new Date('2026-11-23T12:00:00Z');
const worldOf = (seed = 1, size = 1): World => generateWorld({ seed, size, now });
const ids = (rows: readonly { id: string | number }[]): Set<string | number> =>
  new Set(rows.map(({ id }) => id));

it('is the same for the same seed, size and instant, and another for another seed', () => {
  expect(worldOf(3)).toEqual(worldOf(3));
  expect(worldOf(4).hosts).not.toEqual(worldOf(3).hosts);
});

it.each([1, 3])('has 5 systems, 150 plugins, and hosts and components by its size (%i)', (size) => {
  const { systems, hosts, components, plugins } = worldOf(1, size);
  expect([systems.length, hosts.length, components.length, plugins.length]).toEqual([
    5,
    80 * size,
    60 * size,
    150,
  ]);
  expect([ids(systems).size, ids(components).size, ids(plugins).size]).toEqual([5, 60 * size, 150]);
});

it('gives every machine its own name, address, UUIDs and MAC addresses', () => {
  const { hosts } = worldOf(1, 20);
  for (const key of ['tenableUuid', 'hostname', 'netbiosName', 'ipv4', 'biosUuid'] as const)
    expect([key, new Set(hosts.map((host) => host[key])).size]).toEqual([key, hosts.length]);
  const macs = hosts.flatMap((host) => host.macAddresses);
  expect(new Set(macs).size).toBe(macs.length);
  expect(hosts.every((host) => host.ipv4.startsWith('10.'))).toBe(true);
  const withAgent = hosts.filter((host) => host.agentUuid !== undefined).length / hosts.length;
  expect(withAgent).toBeCloseTo(0.7, 1);
});

it('has machines in each system that fit its purpose', () => {
  const { hosts } = worldOf();
  const roles = (system: string): Set<string> =>
    new Set(hosts.filter((host) => host.systemId === system).map((host) => host.role));
  expect(roles('SYS-ENT-001')).toEqual(new Set(['web server', 'mail server']));
  expect(roles('SYS-ENT-002')).toEqual(new Set(['domain controller', 'file server', 'workstation']));
  expect(roles('SYS-ENT-003')).toEqual(new Set(['database server']));
  expect(roles('SYS-ENT-004')).toEqual(new Set(['network switch', 'log collector']));
  expect(roles('SYS-ENT-005')).toEqual(new Set(['application server', 'ERP application server']));
  expect(hosts.filter((host) => host.systemId === undefined).length).toBe(10);
});

const knows = (component: WorldComponent): string =>
  (['tenableUuid', 'biosUuid', 'macAddress', 'netbiosName', 'fqdn'] as const)
    .filter((key) => component[key] !== undefined)
    .join('+');

it('knows machines in the record by different identifiers, some by one alone', () => {
  const { components, hosts } = worldOf();
  const byKnowledge = Map.groupBy(components, knows);
  for (const way of ['tenableUuid', 'biosUuid', 'macAddress', 'netbiosName', 'fqdn'])
    expect(byKnowledge.get(way)?.length).toBeGreaterThan(3);
  const [byMac] = byKnowledge.get('macAddress') ?? [];
  expect(byMac).toMatchObject({ hostname: undefined, ipv4: undefined });
  const host = hosts.find((each) => each.tenableUuid === byMac?.hostUuid);
  // The same address in another spelling.
  expect(host?.macAddresses).not.toContain(byMac?.macAddress);
  expect(host?.macAddresses).toContain(byMac?.macAddress?.toLowerCase().replaceAll('-', ':'));
});

it('has components of no machine, machines that two systems list, and machines of no component', () => {
  const { components, hosts } = worldOf();
  expect(components.filter((each) => each.hostUuid === undefined)).toHaveLength(6);
  const byHost = Map.groupBy(
    components.filter((each) => each.hostUuid !== undefined),
    (each) => each.hostUuid,
  );
  const twice = [...byHost.values()].filter((claims) => claims.length > 1);
  expect(twice).toHaveLength(3);
  for (const claims of twice) expect(new Set(claims.map((each) => each.systemId)).size).toBe(2);
  expect(hosts.filter((host) => !byHost.has(host.tenableUuid)).length).toBe(29);
});

it('has stale addresses in the record that belong to another machine by now', () => {
  const { components, hosts } = worldOf();
  const stale = components.filter((component) => {
    const owner = hosts.find((host) => host.ipv4 === component.ipv4);
    return owner !== undefined && owner.tenableUuid !== component.hostUuid;
  });
  expect(stale.length).toBeGreaterThan(2);
  expect(stale.every((each) => each.fqdn !== undefined)).toBe(true);
});

it('has no plugin that is older than its CVEs', () => {
  for (const { publishedOn, cves } of worldOf().plugins)
    for (const cve of cves)
      expect(Number(publishedOn.slice(0, 4))).toBeGreaterThanOrEqual(Number(cve.slice(4, 8)));
});
