/** Machines, POA&Ms and whole systems that move or go in the GRC system. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/review/conflicts/resolve-conflicts.ts';
import { recordMachines, recordedUuid } from '../support/recording.ts';
import { startSeveralSystems, type SeveralSystems } from '../support/several-systems.ts';

interface Xacta {
  readonly poams: readonly {
    readonly id: string;
    readonly system_id: string;
    readonly source: string;
    readonly affected_assets: readonly string[];
  }[];
  readonly components: readonly { readonly id: string; readonly name: string }[];
}

let world: SeveralSystems;
beforeAll(async () => {
  const machine = (name: string, ip: string, findings: Record<number, 3 | 4>) => ({ name, ip, findings });
  // Every second machine of a recording is a component; with five systems the first and the sixth are in the same.
  const inventory = ['stays', 'b', 'c', 'd', 'e', 'moves'].flatMap((name, index) => [
    { name, ip: `10.9.0.${index}` },
    { name: `stranger${index}`, ip: `10.8.0.${index}` },
  ]);
  world = await startSeveralSystems({
    tenable: {
      kind: 'tenable',
      args: [
        '--doubles',
        'no',
        '--recorded',
        await recordMachines('one', [
          machine('stays', '10.9.0.0', { 20001: 4 }),
          machine('moves', '10.9.0.5', { 20001: 4, 20002: 3 }),
        ]),
      ],
    },
    xacta: { kind: 'xacta', args: ['--recorded', await recordMachines('inventory', inventory)] },
  });
  await world.sync();
});
afterAll(async () => {
  await world.stop();
});

const poams = async (system: string, plugin: number) =>
  (await world.state<Xacta>('xacta')).poams.filter(
    (each) => each.system_id === system && each.source.includes(String(plugin)),
  );
const componentOf = async (host: string) =>
  (await world.state<Xacta>('xacta')).components.find((each) => each.name === `server ${host}`)?.id;
const uuid = (name: string) => recordedUuid('one', name);
const tags = async (name: string) =>
  (await world.state<{ assignments: Record<string, string[]> }>('tenable')).assignments[uuid(name)];
const systemOf = async (host: string) =>
  (
    await world.rows<{ system_id: string | null }>(
      'select system_id from ingestion_assets where hostname = $1',
      host,
    )
  )[0]?.system_id;
const move = (entity: string, id: string | undefined, system: string) =>
  world.edit('xacta', { entity, id, fields: { system_id: system } });
const quiet = { written: 0, recordsHeld: 0, recordsFailed: 0 };

// One story in order: each step begins where the one before ended.
describe('a machine that moves to another system', () => {
  it('a machine that moves to another system takes its tag, findings and weaknesses with it, and leaves the POA&Ms of the old system', async () => {
    expect((await poams('SYS-ENT-001', 20001))[0]?.affected_assets.toSorted()).toEqual(
      [uuid('stays'), uuid('moves')].toSorted(),
    );
    await move('component', await componentOf('moves'), 'SYS-ENT-002');
    await world.sync();
    expect(await systemOf('moves')).toBe('SYS-ENT-002');
    expect(await tags('moves')).toEqual(['Xacta System:SYS-ENT-002']);
    expect(await tags('stays')).toEqual(['Xacta System:SYS-ENT-001']);
    expect((await poams('SYS-ENT-001', 20001)).map((each) => each.affected_assets)).toEqual([
      [uuid('stays')],
    ]);
    for (const plugin of [20001, 20002])
      expect((await poams('SYS-ENT-002', plugin)).map((each) => each.affected_assets)).toEqual([
        [uuid('moves')],
      ]);
    expect(
      await world.rows(
        `select distinct p.system_id, c.system_id as control from ingestion_vulnerabilities f
           join ingestion_assets a on a.asset_uuid = f.asset_ref join ingestion_poams p on p.id = f.poam_id
           left join ingestion_controls c on c.id = f.control_id where a.hostname = 'moves'`,
      ),
    ).toEqual([{ system_id: 'SYS-ENT-002', control: 'SYS-ENT-002' }]);
  });

  it('a machine that moves to another system leaves a POA&M without machines to a person, once', async () => {
    const [left] = await poams('SYS-ENT-001', 20002);
    expect(await findConflicts(world.app, {}, 10)).toMatchObject([
      {
        entity: 'poam',
        type: 'contradiction',
        externalId: left?.id,
        internal: { assets: ['moves moved from SYS-ENT-001 to SYS-ENT-002'] },
      },
    ]);
    expect(await world.sync()).toMatchObject({ ...quiet, conflictsPending: 1 });
    expect(await world.sync({ full: true })).toMatchObject({ ...quiet, conflictsPending: 1 });
  });

  it('a machine that moves back to its system finds its POA&Ms again', async () => {
    await move('component', await componentOf('moves'), 'SYS-ENT-001');
    expect(await world.sync()).toMatchObject({ conflictsPending: 2 });
    expect(await tags('moves')).toEqual(['Xacta System:SYS-ENT-001']);
    expect((await poams('SYS-ENT-001', 20001))[0]?.affected_assets.toSorted()).toEqual(
      [uuid('stays'), uuid('moves')].toSorted(),
    );
    expect(await poams('SYS-ENT-001', 20002)).toHaveLength(1);
    expect(await world.sync()).toMatchObject(quiet);
  });
});

describe('a POA&M that moves to another system', () => {
  it('a POA&M that moves to another system moves here with its milestones, and no longer answers for the old system', async () => {
    await move('poam', 'POAM-2026-0001', 'SYS-ENT-003');
    await world.sync();
    const [here] = await world.rows(`select system_id from ingestion_poams where poam_id = 'POAM-2026-0001'`);
    expect(here).toEqual({ system_id: 'SYS-ENT-003' });
    expect(
      await world.rows(
        `select before_value, after_value, rule_code from sync_changes where entity_id = 'POAM-2026-0001' and field_name = 'system_id'`,
      ),
    ).toEqual([
      {
        before_value: expect.any(String) as string,
        after_value: 'SYS-ENT-003',
        rule_code: 'remote_moved',
      },
    ]);
    expect(await world.sync({ full: true })).toMatchObject(quiet);
  });
});

describe('a system that is removed', () => {
  it('a removed system is one conflict, with what depends on it; its machines are matched to nothing, and no POA&M is made in it', async () => {
    const before = await findConflicts(world.app, {}, 50);
    await world.edit('xacta', { entity: 'system', id: 'SYS-ENT-001', delete: true });
    const summary = await world.sync({ full: true });
    const found = (await findConflicts(world.app, {}, 50)).filter((each) =>
      before.every((known) => known.id !== each.id),
    );
    expect(found).toMatchObject([
      {
        entity: 'system',
        entityId: 'SYS-ENT-001',
        type: 'missing_record',
        internal: { controls: expect.any(Number) as number },
      },
    ]);
    expect(summary.written).toBe(0);
    expect(await systemOf('stays')).toBeNull();
    expect(
      await world.rows(`select id from sync_outbox where state in ('waiting', 'pending', 'sent')`),
    ).toEqual([]);
    expect(await world.sync()).toMatchObject({ written: 0 });
  });
});
