import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everyAsset, startTenable, type Answer, type TenableClient } from './client.test-support.ts';

let tenable: TenableClient;
let asset = '';
let other = '';
beforeAll(async () => {
  tenable = await startTenable('--machines', '3');
  [asset = '', other = ''] = (await tenable.readAll('assets', everyAsset)).map((item) => String(item['id']));
});
beforeEach(async () => {
  await tenable.control('POST', '/reset');
});
afterAll(async () => {
  await tenable.stop();
});

const list = '/api/v3/assets/attributes';
const define = (...names: string[]): Promise<Answer> =>
  tenable.send('POST', list, { attributes: names.map((name) => ({ name, description: 'a test' })) });
const defined = async (): Promise<{ id: string; name: string; description: string }[]> =>
  (await tenable.send('GET', list)).body['attributes'] as never; // as the simulator makes them
const idOf = async (name: string): Promise<string> =>
  (await defined()).find((each) => each.name === name)?.id ?? '';
const valuesOn = async (uuid: string): Promise<unknown> =>
  (await tenable.send('GET', `/api/v3/assets/${uuid}/attributes`)).body['attributes'];

describe('custom attributes', () => {
  it('are at most ten, each name once', async () => {
    expect(await define('Owner', 'Location')).toMatchObject({ status: 200, body: {} });
    expect((await define('owner')).status).toBe(400);
    expect((await define(...Array.from({ length: 9 }, (_, n) => `A${n}`))).status).toBe(400);
    expect((await define(...Array.from({ length: 8 }, (_, n) => `A${n}`))).status).toBe(200);
    expect(await defined()).toHaveLength(10);
    expect((await define('one more')).status).toBe(400);
  });

  it('keep their name; the description can be changed', async () => {
    await define('Owner');
    const id = await idOf('Owner');
    expect((await tenable.send('PUT', `${list}/${id}`, { name: 'Other' })).status).toBe(400);
    expect((await tenable.send('PUT', `${list}/${id}`, { description: 'who owns it' })).status).toBe(200);
    expect(await defined()).toMatchObject([{ name: 'Owner', description: 'who owns it' }]);
  });

  it('stand on assets, one by one or several at once, until they are taken off or deleted', async () => {
    await define('Owner', 'Location');
    const [owner, location] = [await idOf('Owner'), await idOf('Location')];
    const path = `/api/v3/assets/${asset}/attributes`;
    expect((await tenable.send('PUT', path, { attributes: [{ id: owner, value: 'Rob' }] })).status).toBe(200);
    expect((await tenable.send('PUT', `${path}/${location}`, { value: 'Denver' })).status).toBe(200);
    expect(await valuesOn(asset)).toEqual([
      { id: owner, name: 'Owner', value: 'Rob' },
      { id: location, name: 'Location', value: 'Denver' },
    ]);
    expect(await valuesOn(other)).toEqual([]);
    await tenable.send('DELETE', `${path}/${owner}`);
    expect(await valuesOn(asset)).toMatchObject([{ name: 'Location' }]);
    await tenable.send('DELETE', `${list}/${location}`);
    expect(await valuesOn(asset)).toEqual([]);
  });

  it('know no asset and no attribute that does not exist', async () => {
    await define('Owner');
    const id = await idOf('Owner');
    const put = (path: string) => tenable.send('PUT', `/api/v3/assets/${path}`, { value: 'Rob' });
    expect((await put(`nobody/attributes/${id}`)).status).toBe(400);
    expect((await put(`${asset}/attributes/none`)).status).toBe(400);
  });

  it('are defined by an administrator, and assigned by anybody', async () => {
    await define('Owner');
    await tenable.control('POST', '/edit', { role: 16 });
    expect((await define('Location')).status).toBe(403);
    const path = `/api/v3/assets/${asset}/attributes/${await idOf('Owner')}`;
    expect((await tenable.send('PUT', path, { value: 'Rob' })).status).toBe(200);
  });
});

describe('the criticality rating', () => {
  const overwrite = (body: unknown): Promise<Answer> =>
    tenable.send('POST', '/api/v2/assets/bulk-jobs/acr', body);
  const rating = async (): Promise<unknown> =>
    (await tenable.send('GET', `/assets/${asset}`)).body['acr_score'];
  const exported = async () =>
    (await tenable.readAll('assets', everyAsset)).find((each) => each['id'] === asset);

  it('is overwritten a moment after the answer, and exports show it', async () => {
    const before = await rating();
    const score = before === 9 ? 4 : 9;
    const answer = await overwrite([
      { acr_score: score, reason: ['Other'], note: 'x', asset: [{ id: asset }] },
    ]);
    expect([answer.status, answer.text, await rating()]).toEqual([202, '', before]);
    await delay(200);
    expect(await rating()).toBe(score);
    expect(await exported()).toMatchObject({ acr_score: `${score}.0`, ratings: { acr: { score } } });
  });

  it.each([
    [{ acr_score: 5, asset: [] }],
    [[{ acr_score: 11, asset: [{ id: 'x' }] }]],
    [[{ acr_score: 5, asset: [{}] }]],
    [[{ acr_score: 5, reason: ['Because'], asset: [{ id: 'x' }] }]],
  ])('refuses %j', async (body) => {
    expect((await overwrite(body)).status).toBe(400);
  });

  it('takes a licence and the role Scan Operator; without the licence no asset has one', async () => {
    const body = [{ acr_score: 5, asset: [{ id: asset }] }];
    await tenable.control('POST', '/edit', { role: 16 });
    expect((await overwrite(body)).status).toBe(403);
    await tenable.control('POST', '/edit', { role: 24 });
    expect((await overwrite(body)).status).toBe(202);
    expect((await overwrite([{ acr_score: 5, asset: [{ id: 'nobody' }] }])).status).toBe(404);
    await tenable.control('POST', '/edit', { lumin: false });
    expect((await overwrite(body)).status).toBe(403);
    expect(await rating()).toBeUndefined();
    expect(Object.keys((await exported()) ?? {})).not.toContain('ratings');
  });
});
