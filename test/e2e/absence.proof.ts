import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  await world.sync();
});
afterAll(async () => {
  await world.stop();
});

const poam = 'POAM-2026-0001';
const gone = (entity: string, id: string): Promise<unknown> =>
  world.control('xacta', 'POST', '/edit', { entity, id, delete: true });
const marked = async (entity: string): Promise<number> =>
  Number(
    (
      await world.rows(
        `select count(*)::int as n from sync_links where entity_type = $1 and missing_since is not null`,
        entity,
      )
    )[0]?.['n'],
  );

// One story in order: each step begins where the one before ended.
describe('a record that the remote no longer shows', () => {
  it('a record that the remote no longer shows is marked by a full read, kept here, and put before a person, but not by an incremental read', async () => {
    const before = (await world.control<{ poams: unknown[] }>('xacta', 'GET', '/state')).poams;
    await gone('poam', poam);
    await world.sync();
    expect(await marked('poam')).toBe(0);
    const summary = await world.sync({ full: true });
    expect(await marked('poam')).toBe(1);
    expect(summary).toMatchObject({ conflictsPending: 1, written: 0 });
    expect(await world.rows('select status from ingestion_poams where poam_id = $1', poam)).toHaveLength(1);
    expect(
      await world.rows(
        `select conflict_type, external_value from sync_conflicts where resolution_status = 'pending'`,
      ),
    ).toEqual([{ conflict_type: 'missing_record', external_value: poam }]);
    expect(before.length).toBeGreaterThan(50);
  });

  it('a record that the remote no longer shows is sent nothing, whatever is edited here meanwhile', async () => {
    await world.rows(`update ingestion_poams set comments = 'into the void' where poam_id = $1`, poam);
    expect(await world.sync()).toMatchObject({ written: 0 });
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, conflictsPending: 1 });
  });
});

describe('a record that the remote shows again', () => {
  it.each([false, true])(
    'the question about a record that is there again is over, whether an incremental or a full (%s) read shows it',
    async (full) => {
      const id = 'POAM-2026-0005';
      const pending = () =>
        world.rows(
          `select conflict_type from sync_conflicts where entity_id = $1 and resolution_status = 'pending'`,
          id,
        );
      await gone('poam', id);
      await world.sync({ full: true });
      expect(await pending()).toEqual([{ conflict_type: 'missing_record' }]);
      await world.control('xacta', 'POST', '/edit', { entity: 'poam', id, restore: true });
      await world.sync({ full });
      expect(await pending()).toEqual([]);
      expect(
        await world.rows(
          `select missing_since from sync_links where external_id = $1 and entity_type = 'poam'`,
          id,
        ),
      ).toEqual([{ missing_since: null }]);
    },
  );
});

describe('a milestone that is gone from a POA&M that is there', () => {
  it('a milestone missing from an existing POA&M is put before a person too, and ends here where the person agrees', async () => {
    const [one] = await world.rows(
      `select l.external_id as id, l.entity_id as here from sync_links l
         join ingestion_poam_milestones m on m.id::text = l.entity_id
         join sync_links p on p.entity_type = 'poam' and p.entity_id = m.poam_id and p.missing_since is null
        where l.entity_type = 'milestone' and m.status = 'Pending' order by l.id limit 1`,
    );
    await gone('milestone', String(one?.['id']));
    expect(await world.sync({ full: true })).toMatchObject({ newConflicts: { missing_record: 1 } });
    const [conflict] = await world.rows(
      `select id from sync_conflicts where entity_type = 'milestone' and resolution_status = 'pending'`,
    );
    const refused = await commandOver(world.app, [
      'conflicts',
      'resolve',
      String(conflict?.['id']),
      '--keep',
      'internal',
    ]);
    expect(refused).toMatchObject({ code: 3, json: { refused: [{ choices: [{ choice: 'external' }] }] } });
    await commandOver(world.app, ['conflicts', 'resolve', String(conflict?.['id']), '--keep', 'external']);
    expect(
      await world.rows('select status from ingestion_poam_milestones where id::text = $1', one?.['here']),
    ).toEqual([{ status: 'Cancelled' }]);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, newConflicts: {} });
  });
});

describe('many records that go missing at once', () => {
  it('many records that go missing at once are not believed: the run stops, says why, and nothing is marked', async () => {
    const { poams } = await world.control<{ poams: { id: string }[] }>('xacta', 'GET', '/state');
    for (const each of poams.slice(0, 30)) await gone('poam', each.id);
    await expect(world.sync({ full: true })).rejects.toMatchObject({
      code: 'TOO_MANY_MISSING',
      message: expect.stringMatching(/ 30 of \d+ poam records/) as string,
    });
    expect(await marked('poam')).toBe(1);
    await expect(world.sync({ full: true })).rejects.toMatchObject({ code: 'TOO_MANY_MISSING' });
  });

  it('many records that go missing at once are marked once a person says that they are really gone', async () => {
    await world.sync({ full: true, acceptMissing: true });
    expect(await marked('poam')).toBe(31);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0 });
  });
});
