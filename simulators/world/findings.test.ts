import { expect, it } from 'vitest';
import { createFindings, type WorldFinding } from './findings.ts';
import { generateWorld } from './generate.ts';
import { kindOf } from './hosts.ts';
import { pluginCatalog } from './plugin-catalog.ts';

const now = new Date('2026-11-23T12:00:00Z');

function findingsOf(seed: number, size: number): WorldFinding[] {
  const options = { seed, size, now };
  const world = generateWorld(options);
  const findings = createFindings(options, world.plugins);
  return world.hosts.flatMap((host, index) => findings(host, index));
}
const share = (findings: readonly WorldFinding[], is: (finding: WorldFinding) => boolean): number =>
  findings.filter(is).length / findings.length;

it.each([
  [1, 1],
  [7, 1],
  [3, 4],
])('makes exactly 2,000 distinct findings for each unit of size (seed %i, size %i)', (seed, size) => {
  const findings = findingsOf(seed, size);
  const keys = new Set(
    findings.map(({ host, plugin }) => [host.tenableUuid, plugin.id, plugin.port, plugin.protocol].join()),
  );
  expect([findings.length, keys.size]).toEqual([2000 * size, 2000 * size]);
  expect(new Set(findings.map((each) => each.findingId)).size).toBe(2000 * size);
  expect(new Set(findings.map((each) => each.plugin.id)).size).toBe(150);
});

it('makes a finding from its place alone: the same whether or not others were made before', () => {
  const options = { seed: 5, size: 2, now };
  const world = generateWorld(options);
  const host = world.hosts[97];
  if (!host) throw new Error('no such host');
  const all = createFindings(options, world.plugins);
  world.hosts.slice(0, 90).forEach((each, index) => all(each, index));
  expect(all(host, 97)).toEqual(createFindings(options, world.plugins)(host, 97));
});

it('mixes states and severities as a scanner that has run for a while would', () => {
  const findings = findingsOf(1, 1);
  expect(share(findings, (each) => each.state === 'FIXED')).toBeCloseTo(0.15, 1);
  expect(share(findings, (each) => each.state === 'REOPENED')).toBeGreaterThan(0.02);
  expect(share(findings, (each) => each.severityId === 0)).toBeGreaterThan(0.35);
  expect(share(findings, (each) => each.severityId === 4)).toBeLessThan(0.1);
  expect(new Set(findings.map((each) => each.modification))).toEqual(
    new Set(['NONE', 'RECASTED', 'ACCEPTED']),
  );
});

/** The instants of a finding in the order that they must have had. */
function story({
  plugin,
  firstFound,
  lastFound,
  lastFixed,
  resurfacedOn,
  indexedOn,
}: WorldFinding): string[] {
  const middle =
    lastFixed === undefined
      ? [lastFound]
      : resurfacedOn === undefined
        ? [lastFound, lastFixed]
        : [lastFixed, resurfacedOn, lastFound];
  return [plugin.publishedOn, firstFound, ...middle, indexedOn, now.toISOString()];
}

it('tells each finding in an order of time that can be', () => {
  for (const seed of [1, 2, 3])
    for (const instants of findingsOf(seed, 1).map(story)) expect(instants).toEqual(instants.toSorted());
});

it('finds on a machine only what can be there', () => {
  const kinds = new Map(pluginCatalog.map((row) => [row.id, row.kind]));
  for (const { host, plugin } of findingsOf(1, 1)) {
    const kind = kindOf(host);
    expect(kind === 'network' ? ['any', kind] : ['any', 'server', kind]).toContain(kinds.get(plugin.id));
  }
});
