import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { generateWorld } from '../world/generate.ts';
import { readMilestone, readPoam } from './normalise.ts';
import { milestoneErrors, poamErrors } from './poam-rules.ts';
import type { FieldError } from './records.ts';
import { recordedComponents, recordedWeaknesses } from './recorded-machines.ts';
import { worldWeaknesses } from './scan-weaknesses.ts';
import { createSeed, type Seed } from './seed.ts';

const now = new Date('2026-11-23T12:00:00Z');

function seedOf(seed: number, size: number): Seed {
  const options = { seed, size, now };
  const world = generateWorld(options);
  return createSeed(options, world, world.components, worldWeaknesses(options, world));
}

it('makes the same data from the same seed and other data from another', () => {
  expect(seedOf(7, 1)).toEqual(seedOf(7, 1));
  expect(JSON.stringify(seedOf(8, 1))).not.toBe(JSON.stringify(seedOf(7, 1)));
});

it.each([1, 3])('grows with its size (%i)', (size) => {
  const { systems, components, controls, poams } = seedOf(7, size);
  expect([systems.length, components.length, controls.length, poams.length]).toEqual([
    5,
    60 * size,
    60,
    24 * size,
  ]);
  expect(new Set(poams.map((each) => each.id)).size).toBe(24 * size);
});

it('makes only POA&Ms that the rules would let in, in the words that the server stores', () => {
  const { poams, controls } = seedOf(7, 3);
  for (const poam of poams) {
    const errors: FieldError[] = [];
    const next = readPoam(poam, errors);
    // What nobody said of a deviation is not shown.
    expect({ ...next, ...poam }).toEqual(poam);
    expect(poam).toMatchObject(
      Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)),
    );
    const milestones = poam.milestones.map((each) => readMilestone(each, '', errors));
    const own = controls.filter((each) => each.system_id === poam.system_id);
    errors.push(...poamErrors({ next, milestones, controls: own, today: now.toISOString().slice(0, 10) }));
    for (const each of milestones)
      errors.push(...milestoneErrors(each, { ...poam, review_status: 'not_approved' }, ''));
    expect({ id: poam.id, errors }).toEqual({ id: poam.id, errors: [] });
  }
});

it('has six POA&Ms about scan results that are open on a machine of that system, and none of them bears a key', () => {
  const options = { seed: 7, size: 1, now };
  const world = generateWorld(options);
  const weaknesses = worldWeaknesses(options, world);
  const { poams } = createSeed(options, world, world.components, weaknesses);
  const about = poams.filter((each) => each.source?.startsWith('Tenable plugin '));
  expect(about).toHaveLength(6);
  expect(new Set(about.map((each) => each.system_id)).size).toBe(5);
  for (const poam of about) {
    const plugin = Number(poam.source?.split(' ').at(-1));
    expect(poam.external_uid).toBeNull();
    expect(weaknesses.some((each) => each.systemId === poam.system_id && each.pluginId === plugin)).toBe(
      true,
    );
  }
});

it('shows what a reader must cope with: many statuses, systems without a valid UUID, components with few identifiers', () => {
  const { poams, systems, components, controls } = seedOf(7, 1);
  expect(new Set(poams.map((each) => each.status))).toEqual(
    new Set(['ongoing', 'delayed', 'completed', 'risk_accepted', 'pending_verification', 'false_positive']),
  );
  expect(new Set(poams.map((each) => each.milestones.length))).toEqual(new Set([0, 1, 2, 3, 4]));
  expect(systems.every((each) => /^ent-[a-z]+-[0-9a-f]{8}-/.test(each.uuid))).toBe(true);
  expect(
    components.some((each) => each.fqdn === null && each.ip_address === null && each.mac_address !== null),
  ).toBe(true);
  expect(components.some((each) => each.netbios_name !== null && each.fqdn === null)).toBe(true);
  expect(
    controls.filter((each) => each.inherited_controls.some((one) => one.responsibility === 'inherited')),
  ).toHaveLength(2);
});

const recorded = fileURLToPath(new URL('../../../shared/data/tenable-vm', import.meta.url));

it.skipIf(!existsSync(recorded))(
  'knows about half of the recorded machines (skipped without the recorded exports)',
  () => {
    const { systems } = generateWorld({ seed: 7, size: 1, now });
    const components = recordedComponents(recorded, systems);
    expect(components.length).toBeGreaterThanOrEqual(20);
    expect(components.length).toBeLessThanOrEqual(50);
    expect(new Set(components.map((each) => each.systemId)).size).toBe(5);
    expect(components.some((each) => each.fqdn !== undefined && each.ipv4 !== undefined)).toBe(true);
    expect(components.some((each) => each.fqdn === undefined && each.macAddress !== undefined)).toBe(true);
    expect(recordedWeaknesses(recorded, components).length).toBeGreaterThan(6);
  },
);
