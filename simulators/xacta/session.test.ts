import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startXacta, validPoam, type XactaClient } from './client.test-support.ts';

let xacta: XactaClient;
beforeAll(async () => {
  xacta = await startXacta('--token-ttl-seconds', '60');
});
afterAll(() => xacta?.stop());
beforeEach(async () => {
  await xacta.control('POST', '/reset');
  await xacta.login();
});

it('signs in with the right password only', async () => {
  const right = await xacta.login();
  expect(right).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 60 } });
  expect(Date.parse(String(right.body['expires_at'])) - Date.now()).toBeGreaterThan(50_000);
  const wrong = await xacta.send('POST', '/api/auth/login', { username: 'isso', password: 'guess' });
  expect(wrong).toMatchObject({ status: 401, body: { error: { code: 'bad_credentials' } } });
  expect((await xacta.send('POST', '/api/auth/login', [])).status).toBe(400);
});

it('refuses a request without a token, with a made-up one and with one that ran out', async () => {
  for (const authorization of ['', 'Bearer made-up'])
    expect(await xacta.send('GET', '/api/systems', undefined, { authorization })).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthorized' } },
    });
  await xacta.control('POST', '/clock', { offsetSeconds: 61 });
  const expired = await xacta.send('GET', '/api/systems');
  expect(expired).toMatchObject({ status: 401, body: { error: { code: 'token_expired' } } });
  expect(expired.headers.get('www-authenticate')).toBe('Bearer');
  await xacta.login();
  expect((await xacta.send('GET', '/api/systems')).status).toBe(200);
});

it('gives a new token for one that still holds, and the old one ends', async () => {
  const { body } = await xacta.send('POST', '/api/auth/refresh');
  expect((await xacta.send('GET', '/api/systems')).status).toBe(401);
  const authorization = `Bearer ${String(body['token'])}`;
  await xacta.control('POST', '/clock', { offsetSeconds: 50 });
  expect((await xacta.send('GET', '/api/systems', undefined, { authorization })).status).toBe(200);
  await xacta.control('POST', '/clock', { offsetSeconds: 120 });
  expect((await xacta.send('POST', '/api/auth/refresh', undefined, { authorization })).status).toBe(401);
});

it('lets an account that may only read do just that', async () => {
  expect((await xacta.send('GET', '/api/users/me')).body).toEqual({
    username: 'isso',
    permissions: ['read', 'write'],
  });
  await xacta.control('POST', '/edit', { entity: 'account', fields: { permissions: ['read'] } });
  expect((await xacta.send('GET', '/api/users/me')).body).toMatchObject({ permissions: ['read'] });
  expect((await xacta.send('GET', '/api/systems')).status).toBe(200);
  expect((await xacta.send('POST', '/api/auth/refresh')).status).toBe(200);
  await xacta.login();
  expect(await xacta.send('POST', '/api/systems/SYS-ENT-001/poams', validPoam())).toMatchObject({
    status: 403,
    body: { error: { code: 'forbidden' } },
  });
  expect((await xacta.send('PUT', '/api/systems/SYS-ENT-001/controls/SI-2', {})).status).toBe(403);
});
