import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/app/conflicts/conflicts.ts';
import { breakOne, findLinks, makeOne } from '../../src/app/links/links.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  await world.sync();
});
afterAll(async () => {
  await world.stop();
});

const signal = new AbortController().signal;
const isso = { by: 'isso', reason: 'not the same' };
const linkOf = async (externalId: string) =>
  (await findLinks(world.app, { system: 'xacta', entity: 'poam', externalId }, 10))[0];

// One story in order: each step begins where the one before ended.
describe('a link that was made wrong', () => {
  const poam = 'POAM-2026-0001';
  const pair = { system: 'xacta', entity: 'poam', entityId: poam };

  it('is broken without loss: both records stay, and are not linked by a rule again', async () => {
    const [before] = await world.rows(
      `select to_jsonb(p) - 'updated_at' - 'xacta_poam_id' as row from ingestion_poams p where poam_id = $1`,
      poam,
    );
    await breakOne(world.app, pair, isso);
    expect(await linkOf(poam)).toBeUndefined();
    expect(await world.sync()).toMatchObject({ recordsFailed: 0, written: 0 });
    const [after] = await world.rows(
      `select to_jsonb(p) - 'updated_at' - 'xacta_poam_id' as row from ingestion_poams p where poam_id = $1`,
      poam,
    );
    expect(after).toEqual(before);
    expect((await linkOf(poam))?.entityId).toBe(`${poam}~2`);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, recordsFailed: 0 });
  });

  it('is made anew by a person; what both have differently is a conflict, and nothing is overwritten', async () => {
    await world.rows(`update ingestion_poams set comments = 'ours' where poam_id = $1`, poam);
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: poam,
      fields: { comments: 'theirs' },
    });
    await world.sync();
    const made = await makeOne(world.app, { ...pair, externalId: poam }, isso, signal);
    expect(made.replaced).toBe(`${poam}~2`);
    expect(await world.sync()).toMatchObject({ written: 0 });
    expect((await linkOf(poam))?.entityId).toBe(poam);
    expect(await findConflicts(world.app, { entity: 'poam', field: 'comments' }, 10)).toMatchObject([
      { entityId: poam, internal: 'ours', external: 'theirs' },
    ]);
    expect(
      await world.rows(`select poam_id from ingestion_poams where poam_id = $1`, `${poam}~2`),
    ).toHaveLength(1);
  });

  it('cannot be made twice, nor to what is not there', async () => {
    await expect(makeOne(world.app, { ...pair, externalId: 'POAM-2026-0002' }, isso, signal)).rejects.toThrow(
      'linked to POAM-2026-0001 already',
    );
    await expect(
      makeOne(world.app, { ...pair, entityId: `${poam}~2`, externalId: 'POAM-0' }, isso, signal),
    ).rejects.toThrow('xacta has no poam POAM-0');
    await expect(breakOne(world.app, { ...pair, entityId: 'nothing' }, isso)).rejects.toThrow(
      'is not linked',
    );
    await expect(breakOne(world.app, { ...pair, entity: 'asset' }, isso)).rejects.toThrow(
      'not decided by a person',
    );
  });
});

describe('a match of an asset and a component', () => {
  it('is broken for good, and made by a person where no rule would', async () => {
    const [linked] = await world.rows(
      `select entity_id as asset, external_id as component from sync_links where entity_type = 'asset_component' and retired_at is null order by id limit 1`,
    );
    const asset = String(linked?.['asset']);
    const component = String(linked?.['component']);
    const pair = { system: 'xacta', entity: 'asset_component', entityId: asset };
    const systemOf = async () =>
      (await world.rows(`select xacta_component_id from ingestion_assets where asset_uuid = $1`, asset))[0];
    await breakOne(world.app, pair, isso);
    expect(await systemOf()).toEqual({ xacta_component_id: null });
    await world.sync({ full: true });
    expect(await systemOf()).toEqual({ xacta_component_id: null });
    await makeOne(world.app, { ...pair, externalId: component }, isso, signal);
    await world.sync({ full: true });
    expect(await systemOf()).toEqual({ xacta_component_id: component });
  });
});

describe('a conflict about a whole record', () => {
  it('is on record where the remote has a POA&M twice', async () => {
    const [made] = await world.rows(
      `select external_uid from ingestion_poams where ingestion_source = 'tieline' order by id limit 1`,
    );
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: 'POAM-2026-0009',
      fields: { external_uid: made?.['external_uid'] },
    });
    const [row] = await world.rows(
      `select system_id from ingestion_poams where ingestion_source = 'tieline' order by id limit 1`,
    );
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: 'POAM-2026-0009',
      fields: { system_id: row?.['system_id'] },
    });
    await breakOne(world.app, { system: 'xacta', entity: 'poam', entityId: 'POAM-2026-0009' }, isso);
    await world.sync();
    expect(await findConflicts(world.app, { type: 'duplicate' }, 10)).toHaveLength(1);
  });

  it('is on record where a value cannot be mapped any more, and closed when it can', async () => {
    const word = (status: string): Promise<unknown> =>
      world.control('xacta', 'POST', '/edit', { entity: 'poam', id: 'POAM-2026-0010', fields: { status } });
    const [before] = (
      await world.control<{ poams: { id: string; status: string }[] }>('xacta', 'GET', '/state')
    ).poams.filter((each) => each.id === 'POAM-2026-0010');
    await word('a word that nobody knows');
    expect(await world.sync()).toMatchObject({ recordsFailed: 1 });
    expect(await findConflicts(world.app, { type: 'unmappable_value' }, 10)).toMatchObject([
      { entityId: 'POAM-2026-0010', external: expect.stringContaining('a word that nobody knows') },
    ]);
    await word(before?.status ?? '');
    await world.sync();
    expect(await findConflicts(world.app, { type: 'unmappable_value' }, 10)).toEqual([]);
  });
});
