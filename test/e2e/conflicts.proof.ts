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

const id = (n: number): string => `POAM-2026-000${n}`;
async function there(poam: string): Promise<Record<string, unknown>> {
  const { poams } = await world.control<{ poams: Record<string, unknown>[] }>('xacta', 'GET', '/state');
  return poams.find((each) => each['id'] === poam) ?? {};
}
async function here(poam: string): Promise<Record<string, unknown>> {
  const [row] = await world.rows('select * from ingestion_poams where poam_id = $1', poam);
  return row ?? {};
}
/** Both sides change one field, differently. */
async function editBoth(poam: string, field: string, ours: string, theirs: string): Promise<void> {
  await world.rows(`update ingestion_poams set ${field} = $2 where poam_id = $1`, poam, ours);
  await world.control('xacta', 'POST', '/edit', { entity: 'poam', id: poam, fields: { [field]: theirs } });
}
const command = (...args: string[]) => commandOver(world.app, args);
async function openConflicts(): Promise<{ id: number; field: string; externalId: string }[]> {
  return (await command('conflicts', 'list')).json as { id: number; field: string; externalId: string }[];
}

// One story in order: each step begins where the one before ended.
describe('a person decides about a conflict', () => {
  it('resolving for ours sends our value with the next sync, and nothing is left open', async () => {
    await editBoth(id(1), 'comments', 'ours', 'theirs');
    await world.sync();
    const [conflict] = await openConflicts();
    expect(conflict).toMatchObject({
      field: 'comments',
      externalId: id(1),
      internal: 'ours',
      external: 'theirs',
      system: 'xacta',
    });
    // When each side was edited, as far as each side says: nothing here told that the row was edited.
    const { internalChangedAt, externalChangedAt } = conflict as unknown as Record<string, string | null>;
    expect(internalChangedAt).toBe(null);
    expect(Math.abs(Date.parse(String(externalChangedAt)) - Date.now())).toBeLessThan(60_000);
    expect(
      await command('conflicts', 'resolve', String(conflict?.id), '--keep', 'internal', '--by', 'isso'),
    ).toMatchObject({ code: 0 });
    expect(await there(id(1))).toMatchObject({ comments: 'theirs' });
    expect(await world.sync()).toMatchObject({ written: 1, conflictsPending: 0 });
    expect(await there(id(1))).toMatchObject({ comments: 'ours' });
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('resolving for theirs takes their value at once, and the journal keeps what was lost and who decided', async () => {
    await editBoth(id(2), 'comments', 'ours', 'theirs');
    await world.sync();
    const [conflict] = await openConflicts();
    await command(
      'conflicts',
      'resolve',
      String(conflict?.id),
      '--keep',
      'external',
      '--by',
      'isso',
      '--reason',
      'they called',
    );
    expect(await here(id(2))).toMatchObject({ comments: 'theirs' });
    expect(
      await world.rows(
        `select before_value, after_value, decided_by, reason from sync_changes where entity_id = $1 and decided_by = 'isso'`,
        id(2),
      ),
    ).toEqual([{ before_value: 'ours', after_value: 'theirs', decided_by: 'isso', reason: 'they called' }]);
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 0 });
  });

  it('resolving with --value writes the value to both sides', async () => {
    await editBoth(id(3), 'comments', 'ours', 'theirs');
    // An application that keeps the stamp says when.
    await world.rows(`update ingestion_poams set updated_at = now() where poam_id = $1`, id(3));
    await world.sync();
    const [conflict] = await openConflicts();
    const { internalChangedAt } = conflict as unknown as Record<string, string | null>;
    expect(Math.abs(Date.parse(String(internalChangedAt)) - Date.now())).toBeLessThan(60_000);
    await command('conflicts', 'resolve', String(conflict?.id), '--value', 'both of us');
    expect(await world.sync()).toMatchObject({ written: 1, conflictsPending: 0 });
    expect((await there(id(3)))['comments']).toBe('both of us');
    expect((await here(id(3)))['comments']).toBe('both of us');
  });

  it('resolving meets a conflict again where the remote has moved on meanwhile', async () => {
    await editBoth(id(4), 'comments', 'ours', 'theirs');
    await world.sync();
    const [conflict] = await openConflicts();
    await world.control('xacta', 'POST', '/edit', {
      entity: 'poam',
      id: id(4),
      fields: { comments: 'theirs anew' },
    });
    await command('conflicts', 'resolve', String(conflict?.id), '--keep', 'internal');
    await world.sync();
    expect(await there(id(4))).toMatchObject({ comments: 'theirs anew' });
    expect(await openConflicts()).toMatchObject([
      { field: 'comments', internal: 'ours', external: 'theirs anew' },
    ]);
  });

  it('resolving settles many conflicts at once by a filter, and none that does not match', async () => {
    await editBoth(id(5), 'comments', 'a', 'b');
    await editBoth(id(5), 'resources_required', 'c', 'd').catch(() => undefined);
    await world.sync();
    const { json } = await command('conflicts', 'resolve', '--field', 'comments', '--keep', 'external');
    expect((json as { resolved: number[] }).resolved.length).toBeGreaterThanOrEqual(2);
    expect((await openConflicts()).filter((each) => each.field === 'comments')).toEqual([]);
  });

  it('a wrong decision about a conflict is refused with what is wrong, and nothing is changed', async () => {
    await editBoth(id(6), 'scheduled_completion', '2027-01-01', '2027-02-02');
    await world.sync();
    const [conflict] = (await openConflicts()).filter((each) => each.field === 'scheduled_completion');
    const wrong = await command('conflicts', 'resolve', String(conflict?.id), '--value', 'nonsense');
    expect(wrong).toMatchObject({ code: 3, json: { resolved: [], refused: [{ id: conflict?.id }] } });
    expect(await command('conflicts', 'resolve')).toMatchObject({ code: 2 });
    expect(await command('conflicts', 'resolve', '999999', '--keep', 'internal')).toMatchObject({ code: 2 });
    expect((await openConflicts()).some((each) => each.id === conflict?.id)).toBe(true);
    await command('conflicts', 'resolve', String(conflict?.id), '--keep', 'external');
  });
});

describe('a policy', () => {
  it('a policy by which the remote wins takes its value, and the journal keeps ours', async () => {
    expect(
      await command('policies', 'set', 'xacta', 'poam', 'comments', '--strategy', 'external_wins'),
    ).toMatchObject({ code: 0 });
    await editBoth(id(7), 'comments', 'ours', 'theirs');
    expect(await world.sync()).toMatchObject({ conflictsPending: 0 });
    expect(await here(id(7))).toMatchObject({ comments: 'theirs' });
    expect(
      await world.rows(
        `select before_value, decided_by_kind, decided_by from sync_changes where entity_id = $1 and field_name = 'comments'`,
        id(7),
      ),
    ).toEqual([
      { before_value: 'ours', decided_by_kind: 'policy', decided_by: 'field bidirectional external_wins' },
    ]);
  });

  it('a policy by which ours wins sends it, and the journal keeps the remote’s', async () => {
    await command('policies', 'set', 'xacta', 'poam', 'comments', '--strategy', 'internal_wins');
    await editBoth(id(8), 'comments', 'ours', 'theirs');
    expect(await world.sync()).toMatchObject({ conflictsPending: 0, written: 1 });
    expect(await there(id(8))).toMatchObject({ comments: 'ours' });
    expect(
      await world.rows(
        `select before_value from sync_changes where entity_id = $1 and direction = 'internal'`,
        id(8),
      ),
    ).toEqual([{ before_value: 'theirs' }]);
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('a policy that appends lines keeps those of both sides', async () => {
    await command('policies', 'set', 'xacta', 'poam', 'comments', '--strategy', 'append');
    await editBoth(id(8), 'comments', 'ours\nwe patched', 'ours\nthey called');
    expect(await world.sync()).toMatchObject({ conflictsPending: 0, written: 1 });
    expect(await there(id(8))).toMatchObject({ comments: 'ours\nthey called\nwe patched' });
    expect(await here(id(8))).toMatchObject({ comments: 'ours\nthey called\nwe patched' });
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('a one-way policy reverts an edit of the other side, and the journal keeps it', async () => {
    await command('policies', 'set', 'xacta', 'poam', '--direction', 'inbound');
    await world.rows(`update ingestion_poams set comments = 'only here' where poam_id = $1`, id(9));
    expect(await world.sync()).toMatchObject({ written: 0, conflictsPending: 0 });
    expect((await here(id(9)))['comments']).toBe((await there(id(9)))['comments']);
    expect(
      await world.rows(
        `select before_value from sync_changes where entity_id = $1 and decided_by_kind = 'policy' and decided_by = 'inbound'`,
        id(9),
      ),
    ).toEqual([{ before_value: 'only here' }]);
    await command('policies', 'unset', 'xacta', 'poam');
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it.each([
    [['xacta', 'plugin', '--direction', 'inbound'], 'plugin'],
    [['xacta', 'poam', 'colour', '--strategy', 'manual'], 'poam.colour'],
    [['xacta', 'poam', 'status', '--strategy', 'union'], 'poam.status'],
    [['xacta', 'poam', '--strategy', 'append'], 'poam'],
  ])('a policy that cannot be carried out is refused, with the field named (%j)', async (args, field) => {
    const { code, err } = await command('policies', 'set', ...args);
    expect(code).toBe(2);
    expect(err).toContain(`"field":"${field}"`);
  });
});
