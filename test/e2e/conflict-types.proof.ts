import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../support/command-over.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let made: { readonly id: string; readonly here: string; readonly system: string }[];
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '12'] });
  await world.sync();
  // POA&Ms that Tieline made for weaknesses that are open.
  made = (await world.rows(`
    select l.external_id as id, p.poam_id as here, p.system_id as system
      from ingestion_poams p join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id
      join weaknesses w on w.poam_id = p.id
     where p.ingestion_source = 'tieline' and p.status = 'Open' order by p.id limit 6`)) as typeof made;
});
afterAll(async () => {
  await world.stop();
});

interface Poam {
  readonly id: string;
  readonly external_uid: string | null;
  readonly status: string;
  readonly comments: string | null;
  readonly milestones: unknown[];
}
const poams = async (): Promise<Poam[]> =>
  (await world.control<{ poams: Poam[] }>('xacta', 'GET', '/state')).poams;
const there = async (id: string): Promise<Poam | undefined> => (await poams()).find((each) => each.id === id);
const edit = (id: string, fields: Record<string, unknown>): Promise<unknown> =>
  world.control('xacta', 'POST', '/edit', { entity: 'poam', id, fields });
const remove = (id: string): Promise<unknown> =>
  world.control('xacta', 'POST', '/edit', { entity: 'poam', id, delete: true });
const here = async (poamId: string): Promise<Record<string, unknown>> =>
  (await world.rows('select * from ingestion_poams where poam_id = $1', poamId))[0] ?? {};
const command = (...args: string[]) => commandOver(world.app, args);
async function open(type: string): Promise<{ id: number; externalId: string; boundary: string }[]> {
  return (await command('conflicts', 'list', '--type', type)).json as never;
}
const resolve = async (id: number | undefined, ...how: string[]) =>
  (await command('conflicts', 'resolve', String(id), ...how, '--by', 'isso')).json as {
    operationId: string | null;
    resolved: number[];
    effects: Record<string, unknown>[];
    refused: { reason?: string; choices: { choice: string }[] }[];
  };

/** Another user of the GRC system makes a POA&M by its own interface, as a copy or a restoration of one. */
async function makeThere(like: { readonly system: string }, externalUid: string | null): Promise<string> {
  const send = async (path: string, body: unknown, token?: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${world.urls.xacta}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const { password } = world.secrets();
  const { token } = await send('/api/auth/login', { username: 'tieline', password });
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const { id } = await send(
    `/api/systems/${like.system}/poams`,
    {
      weakness_description: 'Made by hand',
      source: 'an assessor',
      status: 'ongoing',
      poc: 'somebody',
      resources: 'some',
      scheduled_completion: day(60),
      milestones: [{ description: 'a step', target_date: day(30) }],
    },
    String(token),
  );
  await edit(String(id), { external_uid: externalUid });
  return String(id);
}

// One story in order: each step begins where the one before ended.
describe('a record that is gone at the remote', () => {
  it('a record deleted at the remote is created there again where ours is kept, once, with its milestones, after approval', async () => {
    const [one] = made;
    const before = await there(one?.id ?? '');
    await remove(one?.id ?? '');
    expect(await world.sync({ full: true })).toMatchObject({ newConflicts: { missing_record: 1 } });
    const [conflict] = await open('missing_record');
    expect(conflict).toMatchObject({ externalId: one?.id, boundary: one?.system });
    await command('policies', 'set', 'xacta', 'poam', '--approval', 'always');
    expect(await resolve(conflict?.id, '--keep', 'internal')).toMatchObject({
      effects: [{ effect: 'make_again', waitsForApproval: true }],
    });
    expect(await world.sync()).toMatchObject({ written: 0 });
    await command('policies', 'unset', 'xacta', 'poam', '--yes');
    const [approval] = (await command('approvals', 'list')).json as { approvalId: string }[];
    await command('approvals', 'approve', approval?.approvalId ?? '');
    expect(await world.sync()).toMatchObject({ written: 1, conflictsPending: 0 });
    const again = (await poams()).filter((each) => each.external_uid === before?.external_uid);
    expect(again).toHaveLength(1);
    expect(again[0]?.milestones).toHaveLength(before?.milestones.length ?? -1);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0, newConflicts: {} });
  });

  it('a record deleted at the remote is created again even where its weakness was not found by a scan', async () => {
    const [byHand] = await world.rows(`
      select l.external_id as id, p.poam_id as here from ingestion_poams p
        join sync_links l on l.entity_type = 'poam' and l.entity_id = p.poam_id
       where p.ingestion_source = 'xacta' and p.status = 'Open' and p.scheduled_completion > now()
         and not exists (select from weaknesses w where w.poam_id = p.id) order by p.id limit 1`);
    await remove(String(byHand?.['id']));
    await world.sync({ full: true });
    const [conflict] = await open('missing_record');
    expect(conflict).toMatchObject({ externalId: byHand?.['id'] });
    await resolve(conflict?.id, '--keep', 'internal');
    // A policy that withdraws it does not undo the decision: it is shown, and goes out once it may.
    await command('policies', 'set', 'xacta', 'poam', '--direction', 'inbound');
    const { operationId } = await world.sync();
    expect(JSON.stringify((await command('ops', 'show', operationId)).json)).toContain(
      'is to be made again at xacta',
    );
    await command('policies', 'set', 'xacta', 'poam', '--direction', 'bidirectional', '--yes');
    await world.sync();
    const again = String((await here(String(byHand?.['here'])))['xacta_poam_id']);
    expect(again).not.toBe(byHand?.['id']);
    expect(await there(again)).toBeDefined();
  });

  it('a record deleted at the remote ends here too where theirs is kept; a person decides about what it answered, and a new one is made', async () => {
    const two = made[1];
    await remove(two?.id ?? '');
    await world.sync({ full: true });
    const [conflict] = await open('missing_record');
    expect(await resolve(conflict?.id, '--keep', 'external')).toMatchObject({
      effects: [{ effect: 'retire', unanswered: [{ boundary: two?.system }] }],
    });
    expect(await here(two?.here ?? '')).toMatchObject({ status: 'Cancelled' });
    expect(await open('contradiction')).toHaveLength(1);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0 });
    const [left] = await open('contradiction');
    const { out } = await commandText(world.app, ['conflicts', 'show', String(left?.id)]);
    expect(out).toContain(`Boundary: ${two?.system ?? ''}`);
    expect(out).toContain('--keep new');
    expect(out).toContain('--keep accept');
    await resolve(left?.id, '--keep', 'new');
    expect(await world.sync()).toMatchObject({ poamsCreated: 1, newConflicts: {} });
    expect(await open('contradiction')).toEqual([]);
    expect(await here(two?.here ?? '')).toMatchObject({ status: 'Cancelled' });
  });
});

describe('a record that the remote has twice', () => {
  it('a record that the remote has twice has its own choices: another is refused with the list of them, and nothing is done', async () => {
    const three = made[2];
    const uid = (await there(three?.id ?? ''))?.external_uid ?? null;
    const copy = await makeThere({ system: three?.system ?? '' }, uid);
    expect(await world.sync()).toMatchObject({ newConflicts: { duplicate: 1 } });
    const [conflict] = await open('duplicate');
    const refused = await resolve(conflict?.id, '--keep', 'internal');
    expect(refused).toMatchObject({ operationId: null, resolved: [] });
    expect(refused.refused[0]?.choices.map(({ choice }) => choice)).toEqual([
      'first',
      'copy',
      'same',
      'both',
    ]);
    // Both are there: they cannot be one under two ids.
    expect((await resolve(conflict?.id, '--keep', 'same')).refused[0]?.reason).toContain('is there too');
    expect(await resolve(conflict?.id, '--keep', 'first')).toMatchObject({
      effects: [{ effect: 'cancel_copy' }],
    });
    await world.sync();
    expect((await there(copy))?.status).toBe('cancelled');
    expect((await there(three?.id ?? ''))?.status).toBe('ongoing');
  });

  it('a record under another id than before is followed by ours, whose edits go there from then on', async () => {
    const four = made[3];
    const before = await there(four?.id ?? '');
    await remove(four?.id ?? '');
    await world.sync({ full: true });
    const restored = await makeThere({ system: four?.system ?? '' }, before?.external_uid ?? null);
    await edit(restored, { comments: 'restored' });
    await world.sync();
    const [gone] = await open('missing_record');
    expect((await resolve(gone?.id, '--keep', 'internal')).refused[0]?.reason).toContain(restored);
    const [twice] = await open('duplicate');
    expect(await resolve(twice?.id, '--keep', 'same')).toMatchObject({ effects: [{ effect: 'follow' }] });
    await world.sync();
    expect(await here(four?.here ?? '')).toMatchObject({ xacta_poam_id: restored, comments: 'restored' });
    await world.rows(`update ingestion_poams set comments = 'followed' where poam_id = $1`, four?.here);
    await world.sync();
    expect(await there(restored)).toMatchObject({ comments: 'followed' });
    expect(await open('missing_record')).toEqual([]);
    expect(await world.sync({ full: true })).toMatchObject({ written: 0 });
  });
});

describe('a change that the remote refused', () => {
  it("a change that the remote refused is given up where theirs is kept: ours is set to the remote's value, and nothing is sent", async () => {
    const five = made[4];
    await world.rows(`update ingestion_poams set status = 'Completed' where poam_id = $1`, five?.here);
    expect(await world.sync()).toMatchObject({ newConflicts: { validation_rejected: 1 } });
    const [conflict] = await open('validation_rejected');
    expect(await resolve(conflict?.id, '--keep', 'external')).toMatchObject({
      effects: [{ effect: 'give_up', changes: 1 }],
    });
    expect(await here(five?.here ?? '')).toMatchObject({ status: 'Open' });
    expect(await world.sync()).toMatchObject({ written: 0, newConflicts: {} });
  });
});

describe('a value that cannot be read', () => {
  it('an unreadable value is asked about once; left unread it is not asked about again, and read again it is imported', async () => {
    const six = made[5];
    await edit(six?.id ?? '', { scheduled_completion: 'some day' });
    expect(await world.sync()).toMatchObject({ newConflicts: { unmappable_value: 1 } });
    const [conflict] = await open('unmappable_value');
    await resolve(conflict?.id, '--keep', 'internal');
    // What a person has decided about is no fault of the runs that follow.
    expect(await world.sync({ full: true })).toMatchObject({ newConflicts: {}, recordsFailed: 0 });
    await edit(six?.id ?? '', { scheduled_completion: 'next year' });
    await world.sync();
    const [other] = await open('unmappable_value');
    await edit(six?.id ?? '', { scheduled_completion: '2027-06-30' });
    expect(await resolve(other?.id, '--keep', 'external')).toMatchObject({
      effects: [{ effect: 'read_again' }],
    });
    await world.sync();
    expect(String((await here(six?.here ?? ''))['scheduled_completion'])).toContain('Jun 30 2027');
    expect(await open('unmappable_value')).toEqual([]);
  });
});

describe('a filter', () => {
  it.each([
    [['conflicts', 'list', '--system', 'xakta'], 'xacta'],
    [['links', 'list', '--entity', 'poan'], 'Did you mean poam?'],
    [['links', 'list', '--record', 'nosuch'], 'nosuch'],
    [['outbox', 'list', '--system', 'xakta'], 'xacta'],
    [['acceptances', 'list', '--plugin', '99999999'], '99999999'],
    [['mappings', 'list', 'xacta', '--entity', 'poan'], 'Did you mean poam?'],
    [['conflicts', 'list', '--boundary', 'SYS-ENT-01'], 'Did you mean SYS-ENT-'],
    [['conflicts', 'list', '--type', 'missing'], 'The types are field_mismatch, '],
    [['conflicts', 'list', '--entity', 'poan'], 'Did you mean poam?'],
    [['conflicts', 'list', '--field', 'coments'], 'Did you mean comments?'],
  ])('a conflict filter that names nothing is refused: %j', async (args, remedy) => {
    const { code, err } = await command(...args);
    expect(code).toBe(2);
    expect(err).toContain(remedy);
  });

  it('a conflict filter by boundary shows the conflicts of that system only', async () => {
    const [first] = (await command('conflicts', 'list', '--all')).json as { boundary: string }[];
    const boundary = first?.boundary ?? '';
    const own = (await command('conflicts', 'list', '--all', '--boundary', boundary)).json as {
      boundary: string;
    }[];
    expect(own.length).toBeGreaterThan(0);
    expect(own.every((each) => each.boundary === boundary)).toBe(true);
  });

  it('a conflict list reports how many are not shown', async () => {
    const { out } = await commandText(world.app, ['conflicts', 'list', '--all', '--limit', '2']);
    expect(out).toMatch(/\n2 of \d+ shown; --limit \d+ shows all\./);
  });
});
