import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, localOperator } from '../../src/canonical/access/actor.ts';
import { editPolicies } from '../../src/engine/policies/policies.ts';
import { commentPoam, listPoamComments } from '../../src/review/records/comments.ts';
import { editRecord } from '../../src/review/records/edit-record.ts';
import { addMilestone, completeMilestone, moveMilestone } from '../../src/review/records/milestones.ts';
import { fetchPoam, listPoamHistory } from '../../src/review/records/read-poam.ts';
import { commandOver, commandText } from '../support/command-over.ts';
import { countPoams } from '../../src/record/poams/poam-list.sql.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

interface RemotePoam {
  readonly id: string;
  readonly comments: string | null;
  readonly poc: string | null;
  readonly scheduled_completion: string | null;
  readonly milestones: {
    readonly id: string;
    readonly description: string;
    readonly target_date: string;
    readonly status: string;
    readonly completion_date: string | null;
  }[];
}

let world: TwoSystems;
beforeAll(async () => {
  world = await startTwoSystems();
  await world.sync();
});
afterAll(() => world.stop());

const jane = { ...localOperator('jane'), name: 'J. Doe' };
const poamId = 'POAM-2026-0001';
const remotePoam = async (): Promise<RemotePoam> => {
  const { poams } = await world.control<{ poams: RemotePoam[] }>('xacta', 'GET', '/state');
  const found = poams.find((poam) => poam.id === poamId);
  if (!found) throw new Error(`no POA&M ${poamId} in Xacta`);
  return found;
};
const agreement = async (): Promise<string> =>
  (await fetchPoam(world.app, everywhere, poamId)).poam.agreement;

// One story in order: each step begins where the one before ended.
describe('editing a record here', () => {
  it('an edit waits to go out, arrives in Xacta with the next sync, and the sync after it writes nothing', async () => {
    const before = await fetchPoam(world.app, everywhere, poamId);
    expect(before.poam.agreement).toBe('agreed');
    const edited = await editRecord(world.app, jane, everywhere, {
      entity: 'poam',
      id: poamId,
      version: before.version,
      changes: { comments: 'patched in the lab', poc: 'A. Lee' },
      reason: 'new owner',
    });
    expect(edited.changes.map(({ field }) => field).toSorted()).toEqual(['comments', 'poc']);
    expect(await agreement()).toBe('sending');
    expect(await world.sync()).toMatchObject({ written: 1, recordsHeld: 0 });
    expect(await remotePoam()).toMatchObject({ comments: 'patched in the lab', poc: 'A. Lee' });
    expect(await agreement()).toBe('agreed');
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('the page of a POA&M shows who edited what, both sides, and who decides', async () => {
    const detail = await fetchPoam(world.app, everywhere, poamId);
    const owner = detail.fields.find(({ field }) => field === 'poc');
    expect(owner).toMatchObject({
      here: 'A. Lee',
      isEditable: true,
      sides: [
        {
          connection: 'xacta',
          there: 'A. Lee',
          base: 'A. Lee',
          differs: false,
          policy: 'both sides; a person settles what both edited',
        },
      ],
    });
    const history = await listPoamHistory(world.app, everywhere, poamId, { limit: 50 });
    expect(history.find((row) => row.field === 'poc' && row.direction === 'internal')).toMatchObject({
      after: 'A. Lee',
      decidedBy: 'J. Doe',
      reason: 'new owner',
    });
    expect(detail.remotes).toMatchObject([{ connection: 'xacta', externalId: poamId }]);
  });

  it('an edit of a version that is not the present one is refused with the present record', async () => {
    await expect(
      editRecord(world.app, jane, everywhere, {
        entity: 'poam',
        id: poamId,
        version: 'old',
        changes: { poc: 'B. May' },
      }),
    ).rejects.toMatchObject({
      code: 'RECORD_MOVED',
      present: { poc: 'A. Lee' },
    });
  });

  it('impossible values, moved dates without a reason and unknown fields are refused by name, and nothing is changed', async () => {
    const changes = { status: 'Finished', poc: 'B. May', scheduled_completion: '2027-03-01', shoe_size: 9 };
    await expect(
      editRecord(world.app, jane, everywhere, { entity: 'poam', id: poamId, changes }),
    ).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
      fields: [
        { field: 'status' },
        { field: 'shoe_size' },
        { field: 'scheduled_completion', message: expect.stringContaining('reason') as string },
      ],
    });
    expect((await fetchPoam(world.app, everywhere, poamId)).poam.owner).toBe('A. Lee');
  });

  it('a record outside of the scope is not there', async () => {
    const elsewhere = { kind: 'boundaries', systemIds: ['SYS-NONE'], unassigned: true } as const;
    await expect(
      editRecord(world.app, jane, elsewhere, { entity: 'poam', id: poamId, changes: { poc: 'B. May' } }),
    ).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    await expect(fetchPoam(world.app, elsewhere, poamId)).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    await expect(listPoamComments(world.app, elsewhere, poamId, 10)).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
  });

  it('a milestone is moved with a reason and completed, and Xacta has both after the next sync', async () => {
    const { milestones } = await fetchPoam(world.app, everywhere, poamId);
    const milestone = milestones.find((each) => each.isOpen);
    if (!milestone) throw new Error('no open milestone');
    await expect(
      moveMilestone(world.app, jane, everywhere, { id: milestone.id, due: '2026-11-28' }),
    ).rejects.toMatchObject({ code: 'EDIT_REFUSED' });
    await moveMilestone(world.app, jane, everywhere, {
      id: milestone.id,
      due: '2026-11-28',
      reason: 'the vendor is late',
    });
    await completeMilestone(world.app, jane, everywhere, { id: milestone.id, on: '2026-11-20' });
    expect(await agreement()).toBe('sending');
    await world.sync();
    const there = (await remotePoam()).milestones.find((each) => each.id === milestone.remoteId);
    expect(there).toMatchObject({ target_date: '2026-11-28', completion_date: '2026-11-20' });
    expect(await world.sync()).toMatchObject({ written: 0 });
    expect(await agreement()).toBe('agreed');
  });

  it('a field that a policy leaves to Xacta alone is refused with its owner’s name', async () => {
    const [xacta] = await world.rows(`select id from external_systems where system_name = 'xacta'`);
    await editPolicies(
      world.app.store,
      { id: Number(xacta?.['id']), name: 'xacta' },
      { do: 'change', change: { entity: 'poam', field: 'poc', direction: 'inbound' } },
      { way: 'none' },
    );
    await expect(
      editRecord(world.app, jane, everywhere, { entity: 'poam', id: poamId, changes: { poc: 'B. May' } }),
    ).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
      fields: [{ field: 'poc', message: 'xacta alone decides it, by policy' }],
    });
    await expect(
      editRecord(world.app, jane, everywhere, {
        entity: 'system',
        id: (await fetchPoam(world.app, everywhere, poamId)).poam.systemId ?? '',
        changes: { name: 'Other' },
      }),
    ).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
      fields: [{ field: 'name', message: expect.stringContaining('xacta') as string }],
    });
  });

  it('a comment stays here; a new milestone is made in Xacta by the next sync, once, and the sync after it writes nothing', async () => {
    const writes = async () => (await world.control<{ writes: number }>('xacta', 'GET', '/requests')).writes;
    const before = await writes();
    await commentPoam(world.app, jane, everywhere, { poamId, body: 'Ask the vendor again.' });
    expect(await listPoamComments(world.app, everywhere, poamId, 10)).toMatchObject([
      { body: 'Ask the vendor again.', author: 'J. Doe' },
    ]);
    await world.sync();
    expect(await writes()).toBe(before);
    const rollOut = { poamId, description: 'Roll out', due: '2026-12-20' };
    const { id } = await addMilestone(world.app, jane, everywhere, rollOut);
    const here = async () =>
      (await fetchPoam(world.app, everywhere, poamId)).milestones.find((each) => each.id === id);
    expect(await here()).toMatchObject({ description: 'Roll out', due: '2026-12-20', status: 'Pending' });
    expect(await agreement()).toBe('sending');
    await expect(addMilestone(world.app, jane, everywhere, rollOut)).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
    });
    expect(await world.sync()).toMatchObject({ written: 1, recordsHeld: 0 });
    const there = (await remotePoam()).milestones.filter((each) => each.description === 'Roll out');
    expect(there).toMatchObject([{ target_date: '2026-12-20', status: 'pending' }]);
    expect(await here()).toMatchObject({ remoteId: there[0]?.id });
    expect(await agreement()).toBe('agreed');
    expect(await world.sync()).toMatchObject({ written: 0 });
    await moveMilestone(world.app, jane, everywhere, { id, due: '2026-12-21', reason: 'a day later' });
    expect(await world.sync()).toMatchObject({ written: 1 });
    expect((await remotePoam()).milestones.filter((each) => each.description === 'Roll out')).toMatchObject([
      { target_date: '2026-12-21' },
    ]);
  });

  it('a new milestone whose answer was lost is made once, and one that Xacta refuses is refused in the inbox', async () => {
    await addMilestone(world.app, jane, everywhere, { poamId, description: 'Lost', due: '2026-12-19' });
    await world.control('xacta', 'PUT', '/faults', [
      { kind: 'commit-cut', match: { method: 'POST', path: '/milestones$' }, times: 1 },
    ]);
    await world.sync();
    await world.sync();
    expect((await remotePoam()).milestones.filter((each) => each.description === 'Lost')).toHaveLength(1);
    expect(await world.sync()).toMatchObject({ written: 0 });
    const long = 'x'.repeat(2_100);
    const { id } = await addMilestone(world.app, jane, everywhere, {
      poamId,
      description: long,
      due: '2026-12-18',
    });
    await world.sync();
    expect(await agreement()).toBe('refused');
    expect(await world.rows('select entity_type, state from sync_outbox where entity_id = $1', id)).toEqual([
      { entity_type: 'milestone', state: 'failed' },
    ]);
  });

  it('the command line lists, shows, edits and comments POA&Ms, and lists systems, with the same numbers', async () => {
    const cli = async (...args: string[]) => {
      const { code, json, err } = await commandOver(world.app, args);
      expect([0, 3], err).toContain(code);
      return json as Record<string, unknown>;
    };
    const list = await cli('poams', 'list', '--filter', 'open=yes', '--sort', '-severity', '--limit', '3');
    expect(list['items']).toHaveLength(3);
    const systems = (await cli('systems', 'list'))['items'] as {
      systemId: string;
      poams: { open: number };
    }[];
    expect(systems.reduce((sum, each) => sum + each.poams.open, 0)).toBe(list['total']);
    expect(await cli('systems', 'show', systems[0]?.systemId ?? '')).toMatchObject({ system: systems[0] });
    expect(await cli('poams', 'show', poamId)).toMatchObject({ poam: { poamId } });
    expect(await cli('poams', 'edit', poamId, '--set', 'cost_estimate=12', '--by', 'A. Lee')).toMatchObject({
      changes: [{ field: 'cost_estimate', after: '12' }],
    });
    const many = [
      'poams',
      'edit',
      '--filter',
      `system=${systems[0]?.systemId}`,
      '--set',
      'threat_relevance=High',
    ];
    const tried = await cli(...many);
    expect(await cli(...many, '--yes')).toMatchObject({
      matched: tried['matched'],
      changed: tried['willChange'],
    });
    expect(await cli('poams', 'comment', poamId)).toMatchObject([{ author: 'J. Doe' }]);
    expect((await cli('poams', 'milestones', '--filter', `poam=${poamId}`))['total']).toBeGreaterThan(0);
    expect(await cli('poams', 'history', poamId)).toContainEqual(
      expect.objectContaining({ what: 'cost_estimate: $2,500 → 12', by: 'A. Lee' }),
    );
    const { out } = await commandText(world.app, ['poams', 'list', '--csv', '--limit', '1']);
    expect(out.trimEnd().split('\r\n')).toHaveLength(
      1 + (await countPoams(world.app.db, everywhere, { filter: {}, now: new Date() })),
    );
    for (const words of [
      ['poams', 'list'],
      ['poams', 'show', poamId],
      ['poams', 'history', poamId],
      ['poams', 'milestones'],
      ['systems', 'list'],
      ['systems', 'show', systems[0]?.systemId ?? ''],
    ])
      expect((await commandText(world.app, words)).code).toBe(0);
    expect((await commandText(world.app, ['poams', 'list', '--filter', 'colour=red'])).code).toBe(2);
  });
});
