import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { everyAsset, startTenable, type TenableClient } from './client.test-support.ts';

let tenable: TenableClient;
let assets: string[] = [];
beforeAll(async () => {
  tenable = await startTenable();
  assets = (await tenable.readAll('assets', everyAsset)).map((item) => String(item['id']));
});
beforeEach(async () => {
  await tenable.control('POST', '/reset');
});
afterAll(async () => {
  await tenable.stop();
});

const makeValue = async (value: string): Promise<string> =>
  String((await tenable.send('POST', '/tags/values', { category_name: 'System', value })).body['uuid']);
async function assign(
  action: 'add' | 'remove',
  tag: string,
  ...uuids: (string | undefined)[]
): Promise<void> {
  const answer = await tenable.send('POST', '/tags/assets/assignments', {
    action,
    assets: uuids,
    tags: [tag],
  });
  expect([answer.status, typeof answer.body['job_uuid']]).toEqual([202, 'string']);
  await delay(30); // it is applied a moment after the answer
}
const tagsOf = async (asset: string | undefined): Promise<unknown> =>
  (await tenable.send('GET', `/tags/assets/${asset}/assignments`)).body['tags'];

it('makes a value with its category, and refuses a second one of the same name whatever its case', async () => {
  const made = await tenable.send('POST', '/tags/values', { category_name: 'System', value: 'SYS-1' });
  expect(made).toMatchObject({ status: 200, body: { category_name: 'System', value: 'SYS-1' } });
  const again = await tenable.send('POST', '/tags/values', { category_name: 'system', value: 'sys-1' });
  expect(again).toMatchObject({ status: 400, body: { message: 'duplicate' } });
  expect((await tenable.send('POST', '/tags/categories', { name: 'System' })).status).toBe(400);
  expect((await tenable.send('GET', '/tags/categories')).body).toMatchObject({
    categories: [{ name: 'System' }],
    pagination: { total: 1 },
  });
});

it('finds a value by its name and category', async () => {
  const uuid = await makeValue('SYS-1');
  await makeValue('SYS-2');
  const found = await tenable.send(
    'GET',
    '/tags/values?f=value:eq:SYS-1&f=category_name:eq:System&limit=5000',
  );
  expect(found.body['values']).toMatchObject([{ uuid, value: 'SYS-1' }]);
  const none = await tenable.send('GET', '/tags/values?f=value:eq:SYS-1&f=category_name:eq:Owner');
  expect(none.body['values']).toEqual([]);
});

it.each([
  ['/tags/categories', { name: 'a:b' }],
  ['/tags/categories', { name: 'x'.repeat(128) }],
  ['/tags/values', { category_name: 'System', value: 'a,b' }],
  ['/tags/values', { category_name: 'System', value: 'x'.repeat(51) }],
  ['/tags/values', { value: 'SYS-1' }],
])('refuses at %s what is too long or has a forbidden character', async (path, body) => {
  expect((await tenable.send('POST', path, body)).status).toBe(400);
});

it('sets a tag a moment after it answers, shows it in exports, and moves updated_at only where something changed', async () => {
  const tag = await makeValue('SYS-1');
  const [asset] = assets;
  const since = Math.floor(Date.now() / 1000) - 1;
  const changed = async (chunkSize: number): Promise<Record<string, unknown>[]> =>
    tenable.readAll('assets', { chunk_size: chunkSize, filters: { updated_at: since } });
  expect(await changed(100)).toEqual([]);
  await assign('add', tag, asset);
  expect(await tagsOf(asset)).toMatchObject([{ value_uuid: tag, category_name: 'System', value: 'SYS-1' }]);
  const [before, ...others] = await changed(101);
  expect(others).toEqual([]);
  expect(before).toMatchObject({ id: asset, tags: [{ uuid: tag, key: 'System', value: 'SYS-1' }] });
  await delay(20);
  await assign('add', tag, asset);
  expect(await changed(102)).toEqual([before]);
  await assign('remove', tag, asset);
  expect(await tagsOf(asset)).toEqual([]);
});

it('finds assets and findings by their tags', async () => {
  await assign('add', await makeValue('SYS-1'), ...assets.slice(0, 2));
  const filters = { 'tag.System': ['SYS-1'] };
  expect(await tenable.readAll('assets', { ...everyAsset, filters })).toHaveLength(2);
  const items = await tenable.readAll('vulns', { num_assets: 50, filters: { ...filters, since: 1 } });
  expect(new Set(items.map((item) => item.asset['uuid']))).toEqual(new Set(assets.slice(0, 2)));
});

it('knows no tag and no asset that does not exist', async () => {
  const tag = await makeValue('SYS-1');
  const send = (body: object) => tenable.send('POST', '/tags/assets/assignments', { action: 'add', ...body });
  expect((await send({ assets: ['nobody'], tags: [tag] })).status).toBe(404);
  expect((await send({ assets: assets.slice(0, 1), tags: ['none'] })).status).toBe(404);
  expect((await send({ assets: [], tags: [tag] })).status).toBe(400);
});

it('ends in the same state in whatever order the same tags were set', async () => {
  const states: string[] = [];
  const wanted = assets.slice(0, 6).map((asset, index) => ({ asset, value: `SYS-${(index % 2) + 1}` }));
  for (const order of [wanted, wanted.toReversed()]) {
    await tenable.control('POST', '/reset');
    const uuids = new Map<string, string>();
    for (const { asset, value } of order) {
      const uuid = uuids.get(value) ?? (await makeValue(value));
      uuids.set(value, uuid);
      await assign('add', uuid, asset);
    }
    states.push((await tenable.control('GET', '/state')).text);
  }
  expect(states[1]).toBe(states[0]);
  expect(JSON.parse(states[0] ?? '')).toMatchObject({
    categories: ['System'],
    values: ['System:SYS-1', 'System:SYS-2'],
  });
});

it('lets nobody below Scan Manager tag', async () => {
  await tenable.control('POST', '/edit', { role: 16 });
  const answer = await tenable.send('POST', '/tags/values', { category_name: 'System', value: 'SYS-1' });
  expect(answer).toMatchObject({ status: 403, body: { statusCode: 403, error: 'Forbidden' } });
});
