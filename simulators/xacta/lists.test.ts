import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readAll, startXacta, validPoam, type XactaClient } from './client.test-support.ts';

let xacta: XactaClient;
beforeAll(async () => {
  xacta = await startXacta('--page-size', '4');
});
afterAll(() => xacta?.stop());
beforeEach(async () => {
  await xacta.control('POST', '/reset');
  await xacta.login();
});

const systems = ['SYS-ENT-001', 'SYS-ENT-002', 'SYS-ENT-003', 'SYS-ENT-004', 'SYS-ENT-005'];

async function everySystem(list: string): Promise<Record<string, unknown>[]> {
  const all = await Promise.all(systems.map((id) => readAll(xacta, `/api/systems/${id}/${list}`)));
  return all.flat();
}

it('holds 5 systems, 60 components, 60 controls and 24 POA&Ms, each read once by walking the pages', async () => {
  const read = {
    systems: await readAll(xacta, '/api/systems'),
    components: await everySystem('components'),
    controls: await everySystem('controls'),
    poams: await everySystem('poams'),
  };
  const ids = Object.entries(read).map(([list, records]) => [
    list,
    new Set(records.map((each) => each['id'])).size,
  ]);
  expect(Object.fromEntries(ids)).toEqual({ systems: 5, components: 60, controls: 60, poams: 24 });
  expect(Object.values(read).map((records) => records.length)).toEqual([5, 60, 60, 24]);
});

it('says on each page where it is and what comes next', async () => {
  const path = '/api/systems/SYS-ENT-001/controls';
  expect((await xacta.send('GET', path)).body).toMatchObject({
    page: 1,
    page_size: 4,
    total: 12,
    next_page: 2,
  });
  expect((await xacta.send('GET', `${path}?page=3`)).body).toMatchObject({ page: 3, next_page: null });
  expect((await xacta.send('GET', `${path}?page=9`)).body).toMatchObject({
    controls: [],
    total: 12,
    next_page: null,
  });
  expect((await xacta.send('GET', `${path}?page_size=200`)).body).toMatchObject({
    page_size: 200,
    next_page: null,
  });
});

it.each(['page=0', 'page=two', 'page_size=201', 'page_size=0', 'modified_since=yesterday'])(
  'refuses ?%s',
  async (query) => {
    const answer = await xacta.send('GET', `/api/systems?${query}`);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { fields: [{ field: query.split('=')[0] }] } },
    });
  },
);

it('keeps the order of a list when a record in it changes', async () => {
  const before = (await readAll(xacta, '/api/systems/SYS-ENT-001/poams')).map((each) => each['id']);
  await xacta.control('POST', '/edit', { entity: 'poam', id: before[2], fields: { comments: 'changed' } });
  expect((await readAll(xacta, '/api/systems/SYS-ENT-001/poams')).map((each) => each['id'])).toEqual(before);
});

it('tells what changed since an instant, that instant included', async () => {
  const path = '/api/systems/SYS-ENT-002/poams';
  const [first] = await readAll(xacta, path);
  const edited = await xacta.control('POST', '/edit', {
    entity: 'poam',
    id: first?.['id'],
    fields: { comments: 'x' },
  });
  const at = String(edited.body['modified_at']);
  expect(await readAll(xacta, path, { modified_since: at })).toHaveLength(1);
  const later = new Date(Date.parse(at) + 1).toISOString();
  expect(await readAll(xacta, path, { modified_since: later })).toEqual([]);
});

it('shows a POA&M as changed when one of its milestones changed', async () => {
  const path = '/api/systems/SYS-ENT-003/poams';
  const withMilestone = (await readAll(xacta, path)).find(
    (each) => (each['milestones'] as unknown[]).length > 0,
  );
  const since = new Date(Date.now() - 1).toISOString();
  const [milestone] = (withMilestone?.['milestones'] ?? []) as { id: string }[];
  await xacta.control('POST', '/edit', {
    entity: 'milestone',
    id: milestone?.id,
    fields: { status: 'completed' },
  });
  expect((await readAll(xacta, path, { modified_since: since })).map((each) => each['id'])).toEqual([
    withMilestone?.['id'],
  ]);
});

it('finds the POA&Ms of a system by external_uid', async () => {
  await xacta.send('POST', '/api/systems/SYS-ENT-001/poams', validPoam({ external_uid: 'key-1' }));
  expect(await readAll(xacta, '/api/systems/SYS-ENT-001/poams', { external_uid: 'key-1' })).toHaveLength(1);
  expect(await readAll(xacta, '/api/systems/SYS-ENT-002/poams', { external_uid: 'key-1' })).toEqual([]);
});

it('leaves the assessments out where they are not wanted', async () => {
  const bare = await readAll(xacta, '/api/systems/SYS-ENT-001/controls', { include_assessments: 'false' });
  expect(bare.every((each) => !('assessment_status' in each))).toBe(true);
  const full = await readAll(xacta, '/api/systems/SYS-ENT-001/controls', { include_assessments: 'true' });
  expect(full.every((each) => 'assessment_status' in each)).toBe(true);
});

it('filters systems by whether they operate', async () => {
  await xacta.control('POST', '/edit', {
    entity: 'system',
    id: 'SYS-ENT-003',
    fields: { status: 'decommissioned' },
  });
  expect(await readAll(xacta, '/api/systems', { active: 'true' })).toHaveLength(4);
  expect(await readAll(xacta, '/api/systems', { active: 'false' })).toHaveLength(1);
  expect(await readAll(xacta, '/api/systems')).toHaveLength(5);
});

it('does not list what another user deleted', async () => {
  await xacta.control('POST', '/edit', { entity: 'component', id: 'CMP-0001', delete: true });
  expect((await everySystem('components')).map((each) => each['id'])).not.toContain('CMP-0001');
});

it('answers 404 for what is not there and 405 for what cannot be done', async () => {
  for (const path of [
    '/api/systems/NONE/poams',
    '/api/systems/NONE/components',
    '/api/poams/NONE',
    '/api/poams/NONE/milestones',
  ])
    expect((await xacta.send('GET', path)).status).toBe(404);
  expect((await xacta.send('DELETE', '/api/systems')).status).toBe(405);
  expect((await xacta.send('GET', '/api/nothing')).status).toBe(404);
});

it('delivers every record of a page twice under the duplicate fault', async () => {
  await xacta.control('PUT', '/faults', [{ kind: 'duplicate', times: 1, match: { path: '/poams$' } }]);
  const { body } = await xacta.send('GET', '/api/systems/SYS-ENT-001/poams');
  const ids = (body['poams'] as { id: string }[]).map((each) => each.id);
  expect(ids).toHaveLength(8);
  expect(new Set(ids).size).toBe(4);
});

it('lets a field of POA&Ms and of the milestones in them drift', async () => {
  await xacta.control('PUT', '/faults', [
    { kind: 'schema-drift', entity: 'poam', field: 'risk_rating', mode: 'missing' },
    { kind: 'schema-drift', entity: 'milestone', field: 'target_date', mode: 'wrong-type' },
  ]);
  const poams = await readAll(xacta, '/api/systems/SYS-ENT-001/poams');
  expect(poams.some((each) => 'risk_rating' in each)).toBe(false);
  const milestones = poams.flatMap((each) => each['milestones'] as Record<string, unknown>[]);
  expect(milestones.length).toBeGreaterThan(0);
  expect(milestones.every((each) => typeof each['target_date'] !== 'string')).toBe(true);
});
