import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere } from '../../src/canonical/access/index.ts';
import { addAccount, giveGrant, makeToken } from '../../src/operate/accounts/index.ts';
import { commandOver } from '../support/command-over.ts';
import { asProgram, type Caller, type TestServer, testServer } from '../support/http-server.ts';
import { machine } from '../support/http-world.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

let world: TwoSystems;
let http: TestServer;
let operator: Caller;
let admin: Caller;
beforeAll(async () => {
  world = await startTwoSystems([], { tenable: ['--machines', '8'], xacta: ['--systems', '2'] });
  http = await testServer(world.app);
  const callerOf = async (role: 'operator' | 'admin'): Promise<Caller> => {
    await addAccount(world.app, { kind: 'service', name: role }, machine);
    await giveGrant(world.app, role, { gives: { role }, scope: everywhere }, machine);
    return asProgram((await makeToken(world.app, role, { name: role, scope: everywhere }, machine)).token);
  };
  operator = await callerOf('operator');
  admin = await callerOf('admin');
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
  await world.stop();
});

interface Detail {
  readonly version: string;
  readonly overview: {
    readonly state: string;
    readonly why: string | null;
    readonly lastSuccess: string | null;
  };
  readonly settings: readonly { readonly name: string; readonly value?: unknown; readonly state?: string }[];
  readonly trust: { readonly level: string };
}
const xacta = '/connections/xacta';
const detail = async (path = xacta): Promise<Detail> =>
  (await http.call(operator, 'GET', path)).json<Detail>();
const ifMatch = async (path = xacta) => ({
  headers: { 'if-match': String((await http.call(operator, 'GET', path)).headers['etag']) },
});
const right = (): string => world.secrets()['password'] ?? '';
const putSecret = async (password: string, check = true) =>
  http.call(operator, 'PUT', `${xacta}/secrets`, {
    ...(await ifMatch()),
    body: { secrets: { password }, check },
  });
const checks = async (path = xacta) =>
  (await http.call(operator, 'POST', `${path}/check`)).json<{
    checks: { status: string; remedy?: string }[];
  }>().checks;
const newXacta = (more: object = {}) => ({
  type: 'xacta',
  name: 'xacta-two',
  url: world.urls.xacta,
  settings: { username: 'tieline' },
  secrets: { password: right() },
  ...more,
});

describe('a connection over HTTP', () => {
  it('a dead connection is seen, its secret is entered again, the check is good and the sync goes on', async () => {
    expect((await putSecret('not the password', false)).statusCode).toBe(200);
    expect((await checks()).some(({ status, remedy }) => status === 'failed' && remedy)).toBe(true);
    const dead = await detail();
    expect(dead.overview.state).toBe('failing');
    expect(dead.overview.why).toMatch(/\w/);
    const refused = await putSecret('wrong again');
    expect(refused.statusCode).toBe(502);
    expect(refused.json()).toMatchObject({ code: 'REMOTE_UNAUTHORIZED' });
    expect((await putSecret(right())).statusCode).toBe(200);
    expect((await checks()).every(({ status }) => status !== 'failed')).toBe(true);
    expect((await detail()).overview.state).toBe('on time');
    await world.sync();
    expect((await detail()).overview.lastSuccess).not.toBeNull();
  });

  it('no secret is in any answer, event or journal, and a repeated request is known without keeping it', async () => {
    const answer = await http.call(operator, 'GET', xacta);
    expect(answer.body).not.toContain(right());
    expect(answer.body).not.toContain('$secret');
    const kept = await world.rows(
      `select (select coalesce(string_agg(e::text, ''), '') from security_events_extended e)
           || (select coalesce(string_agg(c::text, ''), '') from sync_changes c)
           || (select coalesce(string_agg(k::text, ''), '') from idempotency_keys k) as everything`,
    );
    for (const secret of [right(), 'not the password', 'wrong again'])
      expect(String(kept[0]?.['everything'])).not.toContain(secret);
  });

  it('a change of what somebody else has changed meanwhile shows the connection as it is now', async () => {
    const old = await ifMatch();
    const body = { settings: { concurrency: 3 }, check: false };
    expect((await http.call(operator, 'PATCH', xacta, { ...old, body })).statusCode).toBe(200);
    const late = await http.call(operator, 'PATCH', xacta, { ...old, body: { unset: ['concurrency'] } });
    expect(late.statusCode).toBe(412);
    expect(late.json<{ present: Detail }>().present.settings).toContainEqual(
      expect.objectContaining({ name: 'concurrency', value: 3 }),
    );
    const wrong = await http.call(operator, 'PATCH', xacta, {
      ...(await ifMatch()),
      body: { settings: { concurrency: 'many' } },
    });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.json<{ errors: object[] }>().errors).toMatchObject([{ pointer: 'concurrency' }]);
  });

  it('stored secrets go to no other server, and no setting names a file of this one', async () => {
    const change = async (body: object) =>
      http.call(operator, 'PATCH', xacta, { ...(await ifMatch()), body: { check: false, ...body } });
    const elsewhere = await change({ url: 'https://mine.example', isSameServer: true });
    expect(elsewhere.json()).toMatchObject({
      code: 'SETTING_INVALID',
      errors: [{ pointer: '/secrets/password' }],
    });
    for (const answer of [
      await change({ settings: { profile: '/etc/passwd' } }),
      await http.call(operator, 'POST', '/connections/check', {
        body: newXacta({ settings: { username: 'x', profile: '/etc/passwd' } }),
      }),
    ]) {
      expect(answer.json()).toMatchObject({ code: 'SETTING_INVALID' });
      expect(answer.body).not.toContain('root:');
    }
  });

  it('a paused connection says by whom and why, and continues when it is resumed', async () => {
    await http.call(operator, 'POST', `${xacta}/pause`, { body: { reason: 'moving house' } });
    expect((await detail()).overview).toMatchObject({ state: 'paused', why: 'by operator: moving house' });
    await http.call(operator, 'POST', `${xacta}/resume`, { body: {} });
    expect((await detail()).overview.state).not.toBe('paused');
  });
});

describe('a new connection over HTTP', () => {
  it('is checked before it is stored, begins read only, and is trusted one step at a time', async () => {
    const bad = await http.call(admin, 'POST', '/connections/check', {
      body: newXacta({ secrets: { password: 'no' } }),
    });
    expect(bad.json<{ checks: { status: string }[] }>().checks.at(-1)?.status).toBe('failed');
    const good = await http.call(admin, 'POST', '/connections/check', { body: newXacta() });
    expect(good.json<{ checks: { status: string }[] }>().checks.every(({ status }) => status === 'ok')).toBe(
      true,
    );
    expect((await http.call(operator, 'GET', '/connections/xacta-two')).statusCode).toBe(404);

    const added = await http.call(admin, 'POST', '/connections', { body: newXacta() });
    expect(added.statusCode).toBe(201);
    const path = '/connections/xacta-two';
    expect((await detail(path)).trust).toEqual({ level: 'read_only', exceptions: [] });

    const trust = (caller: Caller, level: string) =>
      http.call(caller, 'POST', `${path}/trust`, { body: { level, reason: 'looked at it' } });
    expect((await trust(admin, 'plan_only')).statusCode).toBe(403);
    expect((await trust(operator, 'automatic')).json()).toMatchObject({ code: 'REQUEST_INVALID' });
    const tried = await http.call(operator, 'GET', `${path}/trust?level=plan_only`);
    expect(tried.json()).toMatchObject({ before: 'read_only', after: 'plan_only' });
    expect((await detail(path)).trust.level).toBe('read_only');
    for (const level of ['plan_only', 'approved', 'automatic', 'read_only']) {
      expect((await trust(operator, level)).json()).toMatchObject({ after: level });
      expect((await detail(path)).trust.level).toBe(level);
    }
    const shown = await commandOver(world.app, ['connections', 'trust', 'xacta-two']);
    expect(shown.json).toMatchObject({ before: 'read_only', after: 'read_only' });
    const journal = await world.rows(
      `select after_value as after from sync_changes where entity_type = 'connection' and field_name = 'trust' order by id`,
    );
    expect(journal.map(({ after }) => after)).toEqual(['plan_only', 'approved', 'automatic', 'read_only']);
  });

  it('everything that is wrong with it is said at once, each with its place', async () => {
    const answer = await http.call(admin, 'POST', '/connections', {
      body: newXacta({ name: 'a:b', url: 'ftp://xacta', settings: { colour: 'red' } }),
    });
    expect(answer.statusCode).toBe(422);
    const { errors } = answer.json<{ errors: { pointer: string }[] }>();
    expect(errors.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(['name', 'url', 'colour']));
  });

  it('a removed connection is gone, its secrets are erased, and what it reported stays', async () => {
    const path = '/connections/xacta-two';
    const removed = await http.call(admin, 'DELETE', `${path}?reason=closed`, await ifMatch(path));
    expect(removed.statusCode).toBe(200);
    expect((await http.call(admin, 'GET', path)).statusCode).toBe(404);
    const [row] = await world.rows(
      `select connection_config::text as config, removed_reason from external_systems where system_name = 'xacta-two'`,
    );
    expect(row).toMatchObject({ removed_reason: 'closed' });
    expect(String(row?.['config'])).not.toContain('$secret');
  });
});
