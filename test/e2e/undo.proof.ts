import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editPolicies } from '../../src/engine/policies/policies.ts';
import { fetchSystem } from '../../src/engine/connections/systems.ts';
import { undoOperation, type Undo } from '../../src/review/operations/undo.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let first: string;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'], xacta: ['--systems', '1'] });
  first = (await world.sync()).operationId;
});
afterAll(async () => {
  await world.stop();
});

const poam = 'POAM-2026-0001';
const here = async (): Promise<unknown> =>
  (await world.rows(`select comments from ingestion_poams where poam_id = $1`, poam))[0]?.['comments'];
const there = async (): Promise<unknown> =>
  (
    await world.control<{ poams: { id: string; comments: string | null }[] }>('xacta', 'GET', '/state')
  ).poams.find((each) => each.id === poam)?.comments;
const editHere = (comments: string): Promise<unknown> =>
  world.rows(`update ingestion_poams set comments = $2 where poam_id = $1`, poam, comments);
const editThere = (comments: string): Promise<unknown> =>
  world.control('xacta', 'POST', '/edit', { entity: 'poam', id: poam, fields: { comments } });
const undo = (id: string, planOnly = false): Promise<Undo> =>
  undoOperation(world.app, id, { by: 'isso', reason: undefined, planOnly });

// One story in order: each step begins where the one before ended.
describe('undo', () => {
  let taken: string;
  let undone: string;

  it('undo only shows what it would do when a plan is requested', async () => {
    await editThere('theirs');
    taken = (await world.sync()).operationId;
    expect(await here()).toBe('theirs');
    const plan = await undo(taken, true);
    expect(plan).toMatchObject({ operationId: undefined, refused: [], fields: [{ field: 'comments' }] });
    expect(await here()).toBe('theirs');
  });

  it('undo reverts what was imported, and the next sync sends that to the remote', async () => {
    const before = (
      await world.rows(
        `select before_value from sync_changes where operation_id in
      (select batch_id from ingestion_batches where parent_operation_id = $1) and field_name = 'comments'`,
        taken,
      )
    )[0];
    undone = (await undo(taken)).operationId ?? '';
    expect(await here()).toBe(before?.['before_value']);
    expect(await world.sync()).toMatchObject({ written: 1, conflictsPending: 0 });
    expect(await there()).toBe(before?.['before_value']);
    expect(await world.sync()).toMatchObject({ written: 0 });
  });

  it('undo of an undo restores the value', async () => {
    await undo(undone);
    expect(await here()).toBe('theirs');
    expect(await world.sync()).toMatchObject({ written: 1 });
    expect(await there()).toBe('theirs');
  });

  it('undo of what was sent restores the remote’s earlier value', async () => {
    await editHere('ours');
    const sent = await world.sync();
    expect(await there()).toBe('ours');
    await undo(sent.operationId);
    await world.sync();
    expect([await here(), await there()]).toEqual(['theirs', 'theirs']);
  });

  it('undo where the remote has moved on ends in a conflict, not force', async () => {
    await editHere('ours again');
    const sent = await world.sync();
    await editThere('moved on');
    await undo(sent.operationId);
    expect(await world.sync()).toMatchObject({ conflictsPending: 1, written: 0 });
    expect([await here(), await there()]).toEqual(['theirs', 'moved on']);
    expect((await undo(sent.operationId)).fields).toEqual([]);
    await world.rows(`update ingestion_poams set comments = 'moved on' where poam_id = $1`, poam);
    await world.sync({ full: true });
  });

  it('undo leaves alone what was edited since, and reports it', async () => {
    await editThere('one');
    const run = await world.sync();
    await editHere('two');
    expect(await undo(run.operationId)).toMatchObject({
      operationId: undefined,
      fields: [],
      refused: [{ field: 'comments', reason: expect.stringContaining('changed again since') }],
    });
    await world.sync();
  });

  it('undo is refused for a field that the remote alone decides', async () => {
    const { id } = await fetchSystem(world.app, 'xacta');
    const xacta = { id, name: 'xacta' };
    await editPolicies(
      world.app.store,
      xacta,
      {
        do: 'change',
        change: { entity: 'poam', field: 'comments', direction: 'inbound' },
      },
      { way: 'none' },
    );
    await editThere('decided there');
    const run = await world.sync();
    expect(await undo(run.operationId)).toMatchObject({
      fields: [],
      refused: [{ reason: expect.stringContaining('the remote alone') }],
    });
    await editPolicies(world.app.store, xacta, { do: 'forget', entity: 'poam' }, { way: 'none' });
  });

  it('undo of a whole first sync deletes nothing and reports why', async () => {
    const counts = await world.rows(`select count(*)::int as n from ingestion_poams`);
    const { fields, refused } = await undo(first);
    expect(fields).toEqual([]);
    expect(new Set(refused.map((each) => each.reason)).size).toBeGreaterThan(2);
    expect(await world.rows(`select count(*)::int as n from ingestion_poams`)).toEqual(counts);
    expect(await world.sync()).toMatchObject({ written: 0 });
  });
});
