import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/review/conflicts/resolve-conflicts.ts';
import { breakOne, findLinks, makeOne } from '../../src/review/links/links.ts';
import { pauseSending } from '../../src/review/outbox/outbox.ts';
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

  // Its milestones came from there, and stay with the record that they belong to there.
  it('a wrong link is broken without loss: both records stay, and are not linked by a rule again', async () => {
    const [before] = await world.rows(
      `select to_jsonb(p) - 'updated_at' - 'xacta_poam_id' - 'milestone_schedule' as row from ingestion_poams p where poam_id = $1`,
      poam,
    );
    await breakOne(world.app, pair, isso);
    expect(await linkOf(poam)).toBeUndefined();
    expect(await world.sync()).toMatchObject({ recordsFailed: 0, written: 0 });
    const [after] = await world.rows(
      `select to_jsonb(p) - 'updated_at' - 'xacta_poam_id' - 'milestone_schedule' as row from ingestion_poams p where poam_id = $1`,
      poam,
    );
    expect(after).toEqual(before);
    expect((await linkOf(poam))?.entityId).toBe(`xacta:${poam}`);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, recordsFailed: 0 });
  });

  it('a wrong link is made again by a person; what differs on both sides is a conflict, and nothing is overwritten', async () => {
    await world.rows(`update ingestion_poams set comments = 'ours' where poam_id = $1`, poam);
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: poam,
      fields: { comments: 'theirs' },
    });
    await world.sync();
    const made = await makeOne(world.app, { ...pair, externalId: poam }, isso, signal);
    expect(made.replaced).toBe(`xacta:${poam}`);
    expect(await world.sync()).toMatchObject({ written: 0 });
    expect((await linkOf(poam))?.entityId).toBe(poam);
    expect(await findConflicts(world.app, { entity: 'poam', field: 'comments' }, 10)).toMatchObject([
      { entityId: poam, internal: 'ours', external: 'theirs' },
    ]);
    expect(
      await world.rows(`select poam_id from ingestion_poams where poam_id = $1`, `xacta:${poam}`),
    ).toHaveLength(1);
  });

  it('a wrong link cannot be made twice, nor to a record that does not exist', async () => {
    await expect(makeOne(world.app, { ...pair, externalId: 'POAM-2026-0002' }, isso, signal)).rejects.toThrow(
      'linked to POAM-2026-0001 already',
    );
    await expect(
      makeOne(world.app, { ...pair, entityId: `xacta:${poam}`, externalId: 'POAM-0' }, isso, signal),
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
  it('a match of an asset and a component is broken permanently, and made by a person where no rule would', async () => {
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
  it('a conflict about a whole record is recorded where the remote has a POA&M twice', async () => {
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

  it('a conflict about a whole record is recorded where a value cannot be mapped any more, and closed when it can', async () => {
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

describe('a POA&M that waits to be made', () => {
  const made = async (externalUid: unknown): Promise<number> =>
    (
      await world.control<{ poams: { external_uid: string | null }[] }>('xacta', 'GET', '/state')
    ).poams.filter((each) => each.external_uid === externalUid).length;
  /** POA&Ms that are to be made, each with another one of its system that somebody made by hand. */
  const waiting = () =>
    world.rows(
      `select * from (
         select distinct on (p.system_id) o.entity_id as id, p.external_uid as uid, k.xacta_poam_id as "byHand"
           from sync_outbox o join ingestion_poams p on p.poam_id = o.entity_id
           join ingestion_poams k on k.system_id = p.system_id and k.ingestion_source = 'xacta'
                                 and not exists (select from weaknesses w where w.poam_id = k.id)
          where o.change_kind = 'create' and o.state = 'pending' order by p.system_id, o.id, k.id) each_system limit 2`,
    );
  const livingLinks = async (id: unknown): Promise<unknown[]> =>
    (
      await world.rows(
        `select external_id from sync_links where entity_type = 'poam' and entity_id = $1 and retired_at is null`,
        id,
      )
    ).map((row) => row['external_id']);
  let first: Record<string, unknown> | undefined;
  let second: Record<string, unknown> | undefined;

  it('a POA&M that waits to be created is not created once a person names the existing one, and waits again when that was wrong', async () => {
    await world.beginAgain();
    await pauseSending(world.app, 'xacta', { by: 'isso', reason: 'read only' });
    await world.sync();
    [first, second] = await waiting();
    const pair = { system: 'xacta', entity: 'poam', entityId: String(first?.['id']) };
    const states = () =>
      world.rows(
        `select state from sync_outbox where entity_id = $1 and change_kind = 'create'`,
        pair.entityId,
      );
    await makeOne(world.app, { ...pair, externalId: String(first?.['byHand']) }, isso, signal);
    expect(await states()).toEqual([{ state: 'superseded' }]);
    await breakOne(world.app, pair, isso);
    expect(await states()).toEqual([{ state: 'waiting' }]);
    await makeOne(world.app, { ...pair, externalId: String(first?.['byHand']) }, isso, signal);
    expect(await states()).toEqual([{ state: 'superseded' }]);
  });

  it('a POA&M that waits to be created becomes its own row, and a duplicate for a person, where its row was linked to another one meanwhile', async () => {
    const [own] = await world.rows(
      `update sync_links set entity_id = $1 where entity_type = 'poam' and external_id = $2 returning entity_id`,
      second?.['id'],
      second?.['byHand'],
    );
    expect(own).toEqual({ entity_id: second?.['id'] });
    await pauseSending(world.app, 'xacta', undefined);
    await world.sync();
    expect(await made(first?.['uid'])).toBe(0);
    expect(await livingLinks(first?.['id'])).toEqual([first?.['byHand']]);
    expect(await made(second?.['uid'])).toBe(1);
    expect(await livingLinks(second?.['id'])).toEqual([second?.['byHand']]);
    expect(await findConflicts(world.app, { type: 'duplicate' }, 10)).toMatchObject([
      { system: 'xacta', internal: { same_as: second?.['id'] }, external: { same_as: second?.['byHand'] } },
    ]);
    await world.sync({ full: true });
    expect(await livingLinks(second?.['id'])).toEqual([second?.['byHand']]);
  });
});
