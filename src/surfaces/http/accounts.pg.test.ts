import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asNobody, asPage, asProgram, type Caller } from '../../../test/support/http-server.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { addAccount, giveGrant } from '../../operate/accounts/index.ts';
import { Secret } from '../../platform/values/index.ts';
import { type HttpWorld, httpWorld, machine } from '../../../test/support/http-world.ts';

const password = 'Plover quartz umbrella 9';
let world: HttpWorld;
let admin: Caller;
beforeAll(async () => {
  world = await httpWorld();
  admin = await world.program([{ gives: { role: 'admin' }, scope: everywhere }]);
  await addAccount(world.app, { kind: 'person', name: 'boss', password: new Secret(password) }, machine);
  await world.database.pool.query(`update principals set must_change_password = false`);
  await giveGrant(world.app, 'boss', { gives: { role: 'admin' }, scope: everywhere }, machine);
});
afterAll(() => world[Symbol.asyncDispose]());

const get = async <T>(path: string): Promise<T> => (await world.call(admin, 'GET', path)).json<T>();
const post = (path: string, body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  world.call(admin, 'POST', path, { body, headers });
const signIn = (name: string, text: string) =>
  world.call(asNobody, 'POST', '/session', { body: { name, password: text, bannerAcknowledged: true } });
const pageOf = async (name: string, text: string): Promise<Caller> =>
  asPage(String((await signIn(name, text)).headers['set-cookie']).split(';')[0] ?? '');
interface Items<T> {
  readonly items: readonly T[];
}

describe('accounts over HTTP', () => {
  it('a person is added with a link that is shown once, sets a password by it and is signed in', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const body = { kind: 'person', name: 'm.okafor', displayName: 'Martin Okafor' };
    const added = await post('/users', body, key);
    expect(added.statusCode).toBe(201);
    const { link } = added.json<{ link: { path: string } }>();
    expect(link.path).toMatch(/^\/link#[\w-]{43}$/);
    // The same request again, after a lost answer, has the same link; at rest it is sealed.
    expect((await post('/users', body, key)).json()).toEqual(added.json());
    const secret = link.path.slice(6);
    const { rows } = await world.database.pool.query<{ kept: string }>(
      `select string_agg(k::text, '') || (select coalesce(string_agg(e::text, ''), '') from security_events_extended e) as kept from idempotency_keys k`,
    );
    expect(rows[0]?.kept).not.toContain(secret);
    const redeem = (chosen: string) =>
      world.call(asNobody, 'POST', '/session/link', {
        body: { link: secret, password: chosen, bannerAcknowledged: true },
      });
    expect((await redeem('short')).json()).toMatchObject({ code: 'PASSWORD_REFUSED' });
    const entered = await redeem('Heron basalt teacup 4');
    expect(entered.json()).toMatchObject({
      name: 'm.okafor',
      displayName: 'Martin Okafor',
      mustChangePassword: false,
    });
    expect(entered.headers['set-cookie']).toBeDefined();
    expect((await redeem('Heron basalt teacup 5')).json()).toMatchObject({ code: 'LINK_UNKNOWN' });
  });

  it('the list shows kind, state, roles and sessions, is filtered, and counts as many rows as it has', async () => {
    const { items } =
      await get<Items<{ name: string; sessions: number; roles: string[] }>>('/users?kind=person');
    expect(items).toMatchObject([
      { name: 'boss', roles: ['admin'] },
      { name: 'm.okafor', sessions: 1, roles: [] },
    ]);
    expect(await get('/users/count?kind=person')).toEqual({ count: 2, exact: true });
    expect((await get<Items<object>>('/users?role=admin&kind=person')).items).toHaveLength(1);
    expect((await get<Items<object>>('/users?q=martin')).items).toMatchObject([{ name: 'm.okafor' }]);
    expect((await get<Items<object>>('/users?signin=none&kind=person')).items).toMatchObject([
      { name: 'boss' },
    ]);
  });

  it('a locked account is signed out and refused until it is released; a lock does not undo disabling', async () => {
    const page = await pageOf('m.okafor', 'Heron basalt teacup 4');
    expect((await world.call(page, 'GET', '/me/bootstrap')).json()).toMatchObject({
      person: { name: 'm.okafor', displayName: 'Martin Okafor' },
    });
    expect((await post('/users/m.okafor/lock', { reason: 'left the building' })).json()).toMatchObject({
      status: 'locked',
      statusReason: 'left the building',
    });
    expect((await world.call(page, 'GET', '/me/bootstrap')).json()).toMatchObject({ code: 'SESSION_ENDED' });
    expect((await signIn('m.okafor', 'Heron basalt teacup 4')).statusCode).toBe(401);
    expect((await get<Items<object>>('/users?status=locked')).items).toHaveLength(1);
    await post('/users/m.okafor/disable');
    await post('/users/m.okafor/lock');
    expect((await post('/users/m.okafor/unlock')).json()).toMatchObject({ status: 'disabled' });
    expect((await post('/users/m.okafor/enable')).json()).toMatchObject({ status: 'active' });
  });

  it('a lock for some minutes becomes one until an administrator releases it', async () => {
    await world.database.pool.query(
      `update principals set status = 'locked', locked_until = now() + interval '10 minutes' where name = 'm.okafor'`,
    );
    expect((await post('/users/m.okafor/lock')).json()).toMatchObject({
      status: 'locked',
      lockedUntil: null,
    });
    await post('/users/m.okafor/unlock');
  });

  it('sessions are ended, one or all', async () => {
    await pageOf('m.okafor', 'Heron basalt teacup 4');
    const page = await pageOf('m.okafor', 'Heron basalt teacup 4');
    const { sessions } = await get<{ sessions: { id: string }[] }>('/users/m.okafor');
    expect(sessions.length).toBeGreaterThan(1);
    expect((await post(`/users/m.okafor/sessions/${sessions[0]?.id}/end`)).json()).toEqual({ ended: 1 });
    expect((await post(`/users/boss/sessions/${sessions[1]?.id}/end`)).statusCode).toBe(404);
    expect((await post('/users/m.okafor/sessions/end')).json()).toEqual({ ended: sessions.length - 1 });
    expect((await world.call(page, 'GET', '/me/bootstrap')).statusCode).toBe(401);
  });
});

describe('grants over HTTP', () => {
  it('a grant reaches the boundaries and the day that it names, and its revocation says first what it takes', async () => {
    const choices = await get<{ boundaries: { id: string }[]; roles: { role: string }[] }>('/grants/choices');
    expect(choices.boundaries).toMatchObject([{ id: 'SYS-1' }, { id: 'SYS-2' }]);
    const given = await post('/grants', {
      account: 'm.okafor',
      gives: { role: 'isso' },
      scope: { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false },
      until: '2099-12-31',
      reason: 'holiday',
    });
    expect(given.statusCode).toBe(201);
    const { grant, effect } = given.json<{ grant: { id: string }; effect: { gained: string[] } }>();
    expect(grant).toMatchObject({ until: '2100-01-01T00:00:00.000Z', source: 'person' });
    expect(effect.gained).toContain('poam:write');
    expect((await get<Items<object>>('/grants?account=m.okafor&system=SYS-1')).items).toHaveLength(1);
    const path = `/grants/${grant.id}`;
    expect(await get(`${path}/revocation`)).toMatchObject({
      effect: { removed: expect.arrayContaining(['poam:write']) as string[] },
    });
    expect((await get<Items<object>>('/grants?account=m.okafor')).items).toHaveLength(1);
    expect((await post(`${path}/revocation`, { reason: 'back' })).json()).toMatchObject({
      grant: { revokedReason: 'back' },
    });
    expect((await get<Items<object>>('/grants?account=m.okafor')).items).toHaveLength(0);
    expect((await get<Items<object>>('/grants?account=m.okafor&state=revoked')).items).toHaveLength(1);
  });

  it('the last administrator keeps the right, whoever asks', async () => {
    const { items } = await get<Items<{ id: string; principal: string }>>('/grants?role=admin');
    const ofBoss = items.find(({ principal }) => principal === 'boss')?.id ?? '';
    expect((await post(`/grants/${ofBoss}/revocation`)).json()).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
    expect((await post('/users/boss/disable')).json()).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
  });

  it('what would give nothing is refused with the reason', async () => {
    const give = (scope: object) =>
      post('/grants', { account: 'm.okafor', gives: { permission: 'sync:run' }, scope });
    const nowhere = { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false };
    expect((await give(nowhere)).json()).toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await give({ ...nowhere, systemIds: ['SYS-9'] })).statusCode).toBe(400);
  });
});

describe('tokens over HTTP', () => {
  it('a token is shown once, works within its limits, and is refused once it is revoked', async () => {
    await post('/users', { kind: 'service', name: 'robot' });
    const key = { 'idempotency-key': randomUUID() };
    const body = { account: 'robot', name: 'nightly', permissions: ['poam:read'], days: 30 };
    const page = await pageOf('boss', password);
    const make = () => world.call(page, 'POST', '/tokens', { body, headers: key });
    // What a token makes would reach further than it does.
    expect((await post('/tokens', body)).json()).toMatchObject({ code: 'NOT_ALLOWED' });
    expect((await make()).json()).toMatchObject({ code: 'NOT_ALLOWED' });
    await post('/grants', { account: 'robot', gives: { role: 'viewer' }, scope: { kind: 'everywhere' } });
    const made = await make();
    expect(made.statusCode).toBe(201);
    const { token, row } = made.json<{ token: string; row: { id: string } }>();
    expect((await make()).json()).toEqual(made.json());
    const ofPerson = { ...body, account: 'm.okafor' };
    expect((await world.call(page, 'POST', '/tokens', { body: ofPerson })).json()).toMatchObject({
      code: 'NOT_ALLOWED',
    });
    const { rows } = await world.database.pool.query<{ kept: string }>(
      `select string_agg(k::text, '') as kept from idempotency_keys k`,
    );
    expect(rows[0]?.kept).not.toContain(token);
    expect((await world.call(asProgram(token), 'GET', '/poams')).statusCode).toBe(200);
    expect((await world.call(asProgram(token), 'GET', '/findings')).statusCode).toBe(403);
    const list = await world.call(admin, 'GET', '/tokens?account=robot');
    expect(list.json<Items<object>>().items).toMatchObject([
      { id: row.id, lastUsedAt: expect.any(String) as string },
    ]);
    expect(list.body).not.toContain(token.slice(16));
    expect((await post(`/tokens/${row.id}/revocation`)).statusCode).toBe(200);
    expect((await world.call(asProgram(token), 'GET', '/poams')).statusCode).toBe(401);
    expect((await get<Items<object>>('/tokens?account=robot&state=revoked')).items).toHaveLength(1);
  });
});

describe('what needs the password again', () => {
  it('a grant, a link, a token and a secret are refused to a person whose password was given long ago', async () => {
    const page = await pageOf('boss', password);
    await world.database.pool.query(`update sessions set stepped_up_at = stepped_up_at - interval '1 hour'`);
    const grant = { account: 'boss', gives: { role: 'viewer' }, scope: { kind: 'everywhere' } };
    for (const [path, body] of [
      ['/grants', grant],
      ['/users/m.okafor/link', {}],
      ['/tokens', { account: 'robot', name: 'x' }],
    ] as const)
      expect((await world.call(page, 'POST', path, { body })).json()).toMatchObject({
        code: 'STEP_UP_NEEDED',
      });
  });

  it('a token that gives a password again is told that it has none', async () => {
    for (const [path, body] of [
      ['/session/step-up', { password }],
      ['/me/password', { present: password, next: 'Heron basalt teacup 4' }],
      ['/session/activity', undefined],
    ] as const) {
      const refused = (await world.call(admin, 'POST', path, { body })).json<{
        status: number;
        detail: string;
      }>();
      expect({ path, status: refused.status, detail: refused.detail }).toEqual({
        path,
        status: 400,
        detail: expect.stringContaining('A token has neither') as string,
      });
    }
  });
});
