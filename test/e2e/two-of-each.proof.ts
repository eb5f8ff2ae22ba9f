/** Two GRC systems of different worlds whose ids overlap, and two scanners that know one machine by different uuids. */
import { everywhere } from '../../src/canonical/access/index.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeOne } from '../../src/review/links/links.ts';
import { findConflicts, resolveConflicts } from '../../src/review/conflicts/resolve-conflicts.ts';
import { recordMachines, recordedUuid } from '../support/recording.ts';
import { startSeveralSystems, type SeveralSystems } from '../support/several-systems.ts';

interface Poam {
  readonly id: string;
  readonly system_id: string;
  readonly source: string;
  readonly comments: string | null;
  readonly affected_assets: readonly string[];
  readonly external_uid: string | null;
}
interface Xacta {
  readonly systems: readonly { readonly id: string }[];
  readonly poams: readonly Poam[];
  readonly controls: readonly unknown[];
  readonly components: readonly {
    readonly id: string;
    readonly hostname: string | null;
    readonly system_id: string;
  }[];
}

let world: SeveralSystems;
beforeAll(async () => {
  // Every second machine of a recording is a component.
  const inventory = await recordMachines('inventory', [
    { name: 'shared', ip: '10.9.0.10' },
    { name: 'stranger', ip: '10.8.0.1' },
    { name: 'second', ip: '10.9.0.11' },
  ]);
  const one = await recordMachines('one', [
    { name: 'shared', ip: '10.9.0.10', findings: { 20001: 4 } },
    { name: 'second', ip: '10.9.0.11', findings: { 20001: 4 } },
  ]);
  const two = await recordMachines('two', [{ name: 'shared', ip: '10.9.0.10', findings: { 20002: 3 } }]);
  const small = ['--recorded', inventory];
  world = await startSeveralSystems({
    'scanner-one': { kind: 'tenable', args: ['--recorded', one, '--doubles', 'no'] },
    'scanner-two': { kind: 'tenable', args: ['--recorded', two, '--doubles', 'no'] },
    'grc-a': { kind: 'xacta', args: ['--seed', '1', ...small] },
    'grc-b': { kind: 'xacta', args: ['--seed', '2', ...small] },
  });
});
afterAll(async () => {
  await world.stop();
});

const xacta = (name: 'grc-a' | 'grc-b') => world.state<Xacta>(name);
const poamOf = async (name: 'grc-a' | 'grc-b', id: string) =>
  (await xacta(name)).poams.find((each) => each.id === id);
const systemsOf = async (host: string) =>
  (
    await world.rows<{ system_id: string }>(
      `select s.system_id from ingestion_system_assets s join ingestion_assets a using (asset_uuid) where a.hostname = $1 order by 1`,
      host,
    )
  ).map((row) => row.system_id);
const rowOf = async (system: string, externalId: string) =>
  (
    await world.rows<{ entity_id: string }>(
      `select l.entity_id from sync_links l join external_systems s on s.id = l.external_system_id
        where s.system_name = $1 and l.entity_type = 'poam' and l.external_id = $2 and l.retired_at is null`,
      system,
      externalId,
    )
  )[0]?.entity_id ?? '';
const quiet = { written: 0, recordsHeld: 0, recordsFailed: 0, conflictsPending: 0 };

// One story in order: each step begins where the one before ended.
describe('two GRC systems and two scanners', () => {
  it('two GRC systems and two scanners that use the same ids for different things stay apart, and none gets another’s values', async () => {
    const before = [await xacta('grc-a'), await xacta('grc-b')] as const;
    expect(before[0].poams[0]?.id).toBe(before[1].poams[0]?.id);
    expect(await world.sync()).toMatchObject({ recordsHeld: 0, recordsFailed: 0, conflictsPending: 0 });
    const after = [await xacta('grc-a'), await xacta('grc-b')] as const;
    for (const [index, was] of before.entries()) {
      const now = after[index];
      expect(now?.controls).toEqual(was.controls);
      expect(now?.poams.slice(0, was.poams.length)).toEqual(was.poams);
    }
    const [count] = await world.rows(
      `select count(*)::int as poams, count(distinct poam_id)::int as ids from ingestion_poams`,
    );
    const all = after[0].poams.length + after[1].poams.length;
    expect(count).toEqual({ poams: all, ids: all });
    expect(
      await world.rows(
        `select entity_type, entity_id from sync_links where entity_type not in ('asset', 'asset_component', 'asset_context')
          group by 1, 2 having count(distinct external_system_id) > 1`,
      ),
    ).toEqual([]);
    expect(await rowOf('grc-a', 'POAM-2026-0001')).toBe('POAM-2026-0001');
    expect(await rowOf('grc-b', 'POAM-2026-0001')).toBe('grc-b:POAM-2026-0001');
  });

  it('two GRC systems and two scanners put a machine that is a component in both into both systems, each with its POA&M and its tag', async () => {
    expect(await systemsOf('shared')).toEqual(['SYS-ENT-001', 'grc-b:SYS-ENT-001']);
    expect(
      await world.rows(`select count(*)::int as n from ingestion_assets where hostname = 'shared'`),
    ).toEqual([{ n: 1 }]);
    for (const name of ['grc-a', 'grc-b'] as const) {
      const { poams } = await xacta(name);
      for (const plugin of ['20001', '20002'])
        expect(
          poams.filter((each) => each.system_id === 'SYS-ENT-001' && each.source.includes(plugin)),
        ).toHaveLength(1);
    }
    for (const [scanner, server] of [
      ['scanner-one', 'one'],
      ['scanner-two', 'two'],
    ] as const) {
      const { assignments } = await world.state<{ assignments: Record<string, string[]> }>(scanner);
      expect(assignments[recordedUuid(server, 'shared')]?.toSorted()).toEqual([
        'Xacta System:SYS-ENT-001',
        'Xacta System:grc-b:SYS-ENT-001',
      ]);
    }
  });

  it('two GRC systems and two scanners find nothing to do right after, by changes or in full', async () => {
    expect(await world.sync()).toMatchObject(quiet);
    const [before] = await world.rows(`select count(*)::int as n from sync_changes`);
    expect(await world.sync({ full: true })).toMatchObject(quiet);
    expect(await world.rows(`select count(*)::int as n from sync_changes`)).toEqual([before]);
  });

  it('two GRC systems and two scanners get only their own edits', async () => {
    const [ofA, ofB] = [await rowOf('grc-a', 'POAM-2026-0001'), await rowOf('grc-b', 'POAM-2026-0001')];
    await world.rows(`update ingestion_poams set comments = 'for b' where poam_id = $1`, ofB);
    await world.edit('grc-a', { entity: 'poam', id: 'POAM-2026-0001', fields: { comments: 'from a' } });
    await world.sync();
    expect((await poamOf('grc-a', 'POAM-2026-0001'))?.comments).toBe('from a');
    expect((await poamOf('grc-b', 'POAM-2026-0001'))?.comments).toBe('for b');
    expect(await world.rows(`select comments from ingestion_poams where poam_id = $1`, ofA)).toEqual([
      { comments: 'from a' },
    ]);
  });

  it('two GRC systems and two scanners that disagree about a field are each in a conflict with us alone', async () => {
    const [ofA, ofB] = [await rowOf('grc-a', 'POAM-2026-0001'), await rowOf('grc-b', 'POAM-2026-0001')];
    await world.rows(`update ingestion_poams set comments = 'ours' where poam_id in ($1, $2)`, ofA, ofB);
    await world.edit('grc-b', { entity: 'poam', id: 'POAM-2026-0001', fields: { comments: 'theirs' } });
    expect(await world.sync()).toMatchObject({ conflictsPending: 1 });
    expect((await poamOf('grc-a', 'POAM-2026-0001'))?.comments).toBe('ours');
    expect(await findConflicts(world.app, {}, 10)).toMatchObject([
      { system: 'grc-b', entityId: ofB, externalId: 'POAM-2026-0001', field: 'comments', external: 'theirs' },
    ]);
    expect(await findConflicts(world.app, { system: 'grc-a' }, 10)).toEqual([]);
    await resolveConflicts(
      world.app,
      { system: 'grc-b' },
      { choice: { keep: 'internal' }, by: 'isso', reason: undefined, approves: everywhere },
    );
    expect(await world.sync()).toMatchObject({ conflictsPending: 0 });
    expect((await poamOf('grc-b', 'POAM-2026-0001'))?.comments).toBe('ours');
    expect(await world.sync()).toMatchObject(quiet);
  });

  it('two GRC systems and two scanners lose only what they removed themselves, and a person sees which machine depended on it', async () => {
    const component = (await xacta('grc-b')).components.find((each) => each.hostname === 'shared')?.id;
    await world.edit('grc-b', { entity: 'component', id: component, delete: true });
    expect(await world.sync({ full: true })).toMatchObject({ conflictsPending: 1, written: 0 });
    expect(await systemsOf('shared')).toEqual(['SYS-ENT-001']);
    expect(await findConflicts(world.app, {}, 10)).toMatchObject([
      {
        system: 'grc-b',
        entity: 'component',
        type: 'missing_record',
        external: component,
        internal: { assets: ['shared'] },
      },
    ]);
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 1 });
  });

  it('two GRC systems are one where a person decides so: the values of one system then stand in ours', async () => {
    const made = await makeOne(
      world.app,
      { system: 'grc-b', entity: 'system', entityId: 'SYS-ENT-001', externalId: 'SYS-ENT-001' },
      { by: 'issm', reason: 'one system' },
      new AbortController().signal,
    );
    expect(made.replaced).toBe('grc-b:SYS-ENT-001');
    await world.sync();
    expect(await findConflicts(world.app, { field: 'remote_id' }, 10)).toEqual([]);
    for (const table of ['system_components', 'ingestion_controls', 'ingestion_poams'])
      expect(
        await world.rows(`select count(*)::int as n from ${table} where system_id = 'grc-b:SYS-ENT-001'
              and id::text not in (select entity_id from sync_links where missing_since is not null)`),
      ).toEqual([{ n: 0 }]);
    expect(await rowOf('grc-b', 'POAM-2026-0001')).toBe('grc-b:POAM-2026-0001');
  });
});
