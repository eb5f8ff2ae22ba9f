import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld } from '../../../test/support/http-world.ts';
import { makeScratchDirectory } from '../../../test/support/scratch-directory.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { mappingRowOf } from '../../canonical/mapping/index.ts';
import { xactaMappings } from '../../connectors/xacta/mappings.ts';
import { insertMappings } from '../../ledger/external-systems/index.ts';
import type { PoamDetail } from '../../review/records/index.ts';

let world: HttpWorld;
let issm: Caller;
let folder: string;
beforeAll(async () => {
  world = await httpWorld();
  issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
  folder = await makeScratchDirectory();
  const { db, pool } = world.database;
  const [{ id } = { id: 0 }] = (await pool.query<{ id: number }>(`select id from external_systems`)).rows;
  await insertMappings(db, id, xactaMappings.map(mappingRowOf));
  await pool.query(
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id) select $1, 'milestone', id::text, 'there-' || id from ingestion_poam_milestones`,
    [id],
  );
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const detail = async (): Promise<PoamDetail> =>
  (await world.call(issm, 'GET', '/poams/ALFA-1')).json<PoamDetail>();
const doneOn = '2026-11-20';
const step = async () => {
  const found = (await detail()).milestones.find(({ description }) => description === 'Step of alfa');
  if (!found) throw new Error('The step is not there.');
  return found;
};
const edit = async (body: object) => {
  const { id, version } = await step();
  return world.call(issm, 'PATCH', `/milestones/${id}`, { body, headers: { 'if-match': `"${version}"` } });
};

/** Takes one line of the milestones' part out of the profile that the connection uses; undefined: the default profile. */
async function profileWithout(line: 'create' | 'update' | undefined): Promise<void> {
  const text = await readFile(
    new URL('../../connectors/xacta/profiles/default.yaml', import.meta.url),
    'utf8',
  );
  const path = join(folder, `without-${line}.yaml`);
  const verb = line === 'create' ? 'POST' : 'PUT';
  await writeFile(
    path,
    text.replace(
      new RegExp(`^ +${line}: \\{ method: ${verb}, path: '/api/poams/\\{parent\\}/mile.*\\n`, 'm'),
      '',
    ),
  );
  const settings = line === undefined ? {} : { profile: path };
  await world.database.pool.query(`update external_systems set connection_config = $1`, [
    JSON.stringify(settings),
  ]);
}

describe('milestones of a POA&M over HTTP', () => {
  it('a page is told where a new milestone goes, and that a profile without `create` does not take it', async () => {
    expect((await detail()).milestoneTargets).toEqual([
      { connection: 'xacta', whyNot: null, needsApproval: false },
    ]);
    await profileWithout('create');
    expect((await detail()).milestoneTargets).toMatchObject([
      { connection: 'xacta', whyNot: 'xacta takes no new milestones as it is set up' },
    ]);
    await profileWithout(undefined);
  });

  it('a field that a profile without `update` cannot send is fixed, and an edit of it is refused', async () => {
    await profileWithout('update');
    expect((await step()).fixedFields).toMatchObject({
      scheduled_completion: 'it is read from xacta, which takes no change of it from here',
    });
    const refused = await edit({ changes: { scheduled_completion: '2027-03-01' }, reason: 'later' });
    expect(refused.json()).toMatchObject({ code: 'EDIT_REFUSED' });
    await profileWithout(undefined);
    expect((await step()).fixedFields).toEqual({});
  });

  it('a profile that is gone does not keep the page from being shown', async () => {
    await world.database.pool.query(`update external_systems set connection_config = $1`, [
      JSON.stringify({ profile: join(folder, 'gone.yaml') }),
    ]);
    expect((await detail()).milestoneTargets).toHaveLength(1);
    await profileWithout(undefined);
  });

  it('a day is a day in the fields of the record and in what an edit says of it', async () => {
    const due = (await detail()).fields.find(({ field }) => field === 'scheduled_completion');
    expect(due?.here).toBe('2027-01-02');
    const edited = await edit({ changes: { scheduled_completion: '2026-12-15' }, reason: 'sooner' });
    expect(edited.json()).toMatchObject({
      changes: [{ before: '2027-01-01', after: '2026-12-15' }, { field: 'comments' }],
    });
  });

  it('a milestone is moved with a reason only, and completed on a day', async () => {
    const without = await edit({ changes: { scheduled_completion: '2027-03-01' } });
    expect(without.json()).toMatchObject({ code: 'EDIT_REFUSED' });
    // Beyond what the POA&M promises asks for an extension of that.
    const beyond = await edit({
      changes: { scheduled_completion: '2027-03-01' },
      reason: 'the vendor is late',
    });
    expect(beyond.json()).toMatchObject({
      code: 'EDIT_REFUSED',
      errors: [{ pointer: 'scheduled_completion' }],
    });
    await edit({ changes: { scheduled_completion: '2027-01-02' }, reason: 'the vendor is late' });
    const undated = await edit({ changes: { status: 'Completed' } });
    expect(undated.json()).toMatchObject({ errors: [{ pointer: 'actual_completion' }] });
    await edit({ changes: { status: 'Completed', actual_completion: doneOn } });
    expect(await step()).toMatchObject({
      due: '2027-01-02',
      comments: expect.stringMatching(/moved from 2026-12-15 to 2027-01-02: the vendor is late$/),
      completed: doneOn,
      status: 'Completed',
      isOpen: false,
    });
  });

  it('a POA&M that is over gets no further milestone, and the answer says to reopen it first', async () => {
    const { pool } = world.database;
    await pool.query(`update ingestion_poams set status = 'Completed' where poam_id = 'ALFA-2'`);
    const refused = await world.call(issm, 'POST', '/poams/ALFA-2/milestones', {
      body: { description: 'One more step', due: '2026-12-01' },
    });
    expect(refused.json()).toMatchObject({
      code: 'EDIT_REFUSED',
      errors: [{ pointer: 'status', detail: expect.stringContaining('reopen it first') as string }],
    });
    await pool.query(`update ingestion_poams set status = 'Open' where poam_id = 'ALFA-2'`);
  });

  it('an ISSM completes or extends a POA&M neither by an edit nor by an edit of many: both answers name the field and what to do', async () => {
    const { version } = await detail();
    const headers = { 'if-match': `"${version}"` };
    const asked = [
      [{ status: 'Completed' }, 'status', 'complete it'],
      [{ scheduled_completion: '2027-06-01' }, 'scheduled_completion', 'ask for an extension'],
    ] as const;
    for (const [changes, pointer, remedy] of asked) {
      const body = { changes, reason: 'as agreed' };
      const one = await world.call(issm, 'PATCH', '/poams/ALFA-1', { body, headers });
      const detailOfFault = expect.stringContaining(remedy) as string;
      expect(one.json()).toMatchObject({
        code: 'EDIT_REFUSED',
        errors: [{ pointer, detail: detailOfFault }],
      });
      const many = await world.call(issm, 'POST', '/poams/bulk/try', { body: { ...body, ids: ['ALFA-2'] } });
      expect(many.json()).toMatchObject({
        willChange: 0,
        refused: [{ faults: [{ field: pointer, message: detailOfFault }] }],
      });
    }
  });
});
