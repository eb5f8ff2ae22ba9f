import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asNobody, asPage, type Caller } from '../../../test/support/http-server.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { problem } from '../../contract/index.ts';
import { addAccount, giveGrant } from '../../operate/accounts/index.ts';
import { Secret } from '../../platform/values/index.ts';
import { type HttpWorld, httpWorld, machine } from '../../../test/support/http-world.ts';

const password = 'Plover quartz umbrella 9';
let world: HttpWorld;
let issm: Caller;
beforeAll(async () => {
  world = await httpWorld();
  issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
  await addAccount(world.app, { kind: 'person', name: 'm.okafor', password: new Secret(password) }, machine);
  await world.database.pool.query(`update principals set must_change_password = false`);
  await giveGrant(world.app, 'm.okafor', { gives: { role: 'isso' }, scope: everywhere }, machine);
});
afterAll(() => world[Symbol.asyncDispose]());

type Answer = Awaited<ReturnType<HttpWorld['call']>>;
const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  world.call(issm, 'GET', path, { headers });
/** A refusal as its shape says, so that every test of one looks at all of it. */
function refusal(answer: Answer) {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const body = problem.parse(answer.json());
  expect(body).toMatchObject({ status: answer.statusCode, type: `/problems/${body.code}` });
  expect(answer.body).not.toMatch(/\bat .*\.ts:\d|node_modules|select |insert into/i);
  return body;
}
const signInAs = (name: string, text: string) =>
  world.call(asNobody, 'POST', '/session', { body: { name, password: text, bannerAcknowledged: true } });
let cookieOfPage: Promise<string> | undefined;
/** One session for all tests that need not their own: an address may sign in ten times a minute. */
const session = (): Promise<string> => (cookieOfPage ??= beginSession());
async function beginSession(): Promise<string> {
  const answer = await signInAs('m.okafor', password);
  expect(answer.statusCode).toBe(200);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

describe('refusals', () => {
  it('a refusal is a problem that has a code, words, a remedy and the id of the request', async () => {
    const [one, other] = [refusal(await get('/poams/NONE-1')), refusal(await get('/poams/NONE-1'))];
    expect(one).toMatchObject({ status: 404, code: 'RECORD_UNKNOWN', retryable: false });
    for (const text of [one.title, one.detail, one.remedy]) expect(text).toMatch(/\w+ \w+/);
    expect(one.requestId).not.toBe(other.requestId);
  });

  it('a body that is not as it must be is refused with the place of each fault', async () => {
    const answer = await world.call(issm, 'POST', '/poams/ALFA-1/milestones', {
      body: { description: '', due: 'soon' },
    });
    const { code, errors = [] } = refusal(answer);
    expect({ code, at: errors.map(({ pointer }) => pointer) }).toEqual({
      code: 'REQUEST_INVALID',
      at: ['/description', '/due'],
    });
  });

  it('an unknown address is a problem too, with or without a sign-in', async () => {
    for (const caller of [issm, asNobody])
      for (const path of ['/nothing', '/api/v2/poams', '/poams/ALFA-1/nothing'])
        expect(refusal(await world.call(caller, 'GET', path))).toMatchObject({
          status: 404,
          code: 'ROUTE_UNKNOWN',
        });
    expect(refusal(await world.call(issm, 'DELETE', '/poams/ALFA-1')).status).toBe(404);
  });

  it('a file where JSON is wanted is refused, and nothing is read of it', async () => {
    const answer = await world.call(issm, 'POST', '/poams/ALFA-1/comments', {
      body: Buffer.from('{"body":"hello"}'),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(refusal(answer)).toMatchObject({ status: 415, code: 'MEDIA_TYPE_UNKNOWN' });
  });

  it('an address that cannot be decoded is refused as a problem', async () => {
    expect(refusal(await get('/poams/%FF'))).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  });

  it('a body over a megabyte is refused, one below is read', async () => {
    const body = (size: number) => ({ body: 'x'.repeat(size) });
    const large = await world.call(issm, 'POST', '/poams/ALFA-1/comments', { body: body(1_048_576) });
    expect(refusal(large)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    const smaller = await world.call(issm, 'POST', '/poams/ALFA-1/comments', { body: body(1_000_000) });
    expect(refusal(smaller)).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  });

  it.each([
    ['a key that would reach the prototype', '{"body": "hello", "__proto__": {"isAdmin": true}}'],
    ['a constructor with a prototype', '{"body": "hello", "constructor": {"prototype": {"isAdmin": true}}}'],
    ['a body that is no JSON', '{"body": '],
    ['an empty body', ''],
    ['a zero byte', '{"body": "zero \\u0000 byte"}'],
  ])('%s is refused', async (_what, body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await world.call(issm, 'POST', '/poams/ALFA-1/comments', { body, headers });
    expect(refusal(answer)).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('a body of another kind than JSON is refused', async () => {
    const headers = { 'content-type': 'application/xml' };
    const answer = await world.call(issm, 'POST', '/poams/ALFA-1/comments', { body: '<body/>', headers });
    expect(refusal(answer)).toMatchObject({ status: 415, code: 'MEDIA_TYPE_UNKNOWN' });
  });
});

describe('lists', () => {
  it.each([
    '/poams',
    '/poams/count',
    '/poams/facets?by=status',
    '/poams/board',
    '/findings',
    '/assets/count',
  ])('%s refuses a filter that it does not know, and names those that there are', async (path) => {
    const answer = refusal(await get(`${path}${path.includes('?') ? '&' : '?'}statsu=open`));
    expect(answer).toMatchObject({ status: 400, code: 'FILTER_INVALID' });
    expect(JSON.stringify(answer)).toMatch(/system/);
  });

  it('an unknown value of a filter is refused with the values that there are', async () => {
    const answer = refusal(await get('/poams?severity=grave'));
    expect(answer).toMatchObject({ status: 400, code: 'FILTER_INVALID' });
    expect(JSON.stringify(answer)).toMatch(/Critical/i);
  });

  it.each(['?limit=0', '?limit=501', '?limit=many'])('a page of %s is refused', async (query) => {
    expect(refusal(await get(`/poams${query}`)).errors).toMatchObject([{ pointer: 'limit' }]);
  });

  it('an unknown sort or facet is refused with those that there are', async () => {
    const unknown = refusal(await get('/assets?sort=severity'));
    expect(unknown).toMatchObject({ status: 400, code: 'FILTER_INVALID', errors: [{ pointer: 'sort' }] });
    expect(unknown.remedy).toMatch(/The sorts are name, critical, risk, seen/);
    expect(refusal(await get('/poams/facets?by=shoe-size')).errors).toMatchObject([{ pointer: 'by' }]);
  });

  it.each(['due', '-due', 'severity'])(
    'pages of two sorted by %s have every row once, as many as are counted',
    async (sort) => {
      const ids: string[] = [];
      let next: string | null = null;
      do {
        const cursor: string = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
        const answer = await get(`/poams?limit=2&sort=${sort}${cursor}`);
        const page = answer.json<{ items: { poamId: string }[]; next: string | null }>();
        expect(page.items.length).toBeLessThanOrEqual(2);
        ids.push(...page.items.map(({ poamId }) => poamId));
        ({ next } = page);
      } while (next !== null);
      expect(new Set(ids).size).toBe(10);
      expect(ids).toHaveLength(10);
      expect((await get('/poams/count')).json()).toEqual({ count: 10, exact: true });
    },
  );

  it('a cursor that was changed, or is of another filter, sort or list, is refused', async () => {
    const { next } = (await get('/poams?limit=2&sort=due')).json<{ next: string }>();
    const cursor = encodeURIComponent(next);
    const changed = encodeURIComponent(`${next.slice(0, 8)}${next[8] === 'A' ? 'B' : 'A'}${next.slice(9)}`);
    for (const path of [
      `/poams?sort=due&cursor=${changed}`,
      `/poams?sort=due&cursor=nonsense`,
      `/poams?sort=-due&cursor=${cursor}`,
      `/poams?sort=due&severity=high&cursor=${cursor}`,
      `/milestones?cursor=${cursor}`,
    ])
      expect({ path, code: refusal(await get(path)).code }).toEqual({ path, code: 'CURSOR_INVALID' });
    expect((await get(`/poams?sort=due&limit=2&cursor=${cursor}`)).statusCode).toBe(200);
  });

  it('an export has the byte order mark, the marking, every row, and no cell that a spreadsheet runs', async () => {
    await world.database.pool.query(
      `insert into ingestion_assets (asset_uuid, hostname, system_id) values (gen_random_uuid(), '=cmd|'' /C calc''!A0', 'SYS-1')`,
    );
    const file = await get('/assets', { accept: 'text/csv' });
    expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(file.headers['content-disposition']).toMatch(
      /^attachment; filename="assets-\d{4}-\d\d-\d\d-cui\.csv"$/,
    );
    const lines = file.body.trimEnd().split('\r\n');
    expect(file.rawPayload.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(lines[0]).toBe('\uFEFFCUI');
    expect(lines[1]).toMatch(/^assetUuid,name,/);
    const { count } = (await get('/assets/count')).json<{ count: number }>();
    expect(lines).toHaveLength(count + 2);
    expect(file.body).toContain(`,'=cmd|' /C calc'!A0,`);
    expect(file.body).not.toMatch(/(^|,|")=cmd/m);
    const rows = await get('/assets', { accept: 'application/x-ndjson' });
    expect(
      rows.body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toHaveLength(count);
  });
});

describe('versions', () => {
  const edit = (poc: string, headers: Readonly<Record<string, string>>) =>
    world.call(issm, 'PATCH', '/poams/ALFA-2', { body: { changes: { poc } }, headers });

  it('a change without the version of the record is refused, and so is one with a list of them', async () => {
    for (const headers of [{}, { 'if-match': '*' }, { 'if-match': 'unquoted' }, { 'if-match': '"a", "b"' }])
      expect(refusal(await edit('A. Lee', headers))).toMatchObject({
        status: 428,
        code: 'PRECONDITION_MISSING',
      });
  });

  it('a change of the version that was read is done; the next one of that version shows the record as it is', async () => {
    const etag = String((await get('/poams/ALFA-2')).headers['etag']);
    expect(etag).toMatch(/^"[^"]+"$/);
    const done = await edit('A. Lee', { 'if-match': etag });
    expect(done.statusCode).toBe(200);
    expect(done.headers['etag']).not.toBe(etag);
    const late = refusal(await edit('B. Kim', { 'if-match': etag }));
    expect(late).toMatchObject({ status: 412, code: 'RECORD_MOVED' });
    expect(JSON.stringify(late.present)).toContain('A. Lee');
    expect((await get('/poams/ALFA-2')).headers['etag']).toBe(done.headers['etag']);
  });

  it('a record that did not change is not sent again', async () => {
    const etag = String((await get('/poams/ALFA-3')).headers['etag']);
    const again = await get('/poams/ALFA-3', { 'if-none-match': etag });
    expect({ status: again.statusCode, body: again.body }).toEqual({ status: 304, body: '' });
  });
});

describe('repeated requests', () => {
  const comment = (body: string, key: string) =>
    world.call(issm, 'POST', '/poams/ALFA-3/comments', {
      body: { body },
      headers: { 'idempotency-key': key },
    });
  const comments = async () =>
    (await get('/poams/ALFA-3/comments')).json<{ items: unknown[] }>().items.length;

  it('a request without a key, or with one that is no UUID, is refused and does nothing', async () => {
    for (const key of ['', 'again'])
      expect(refusal(await comment('hello', key))).toMatchObject({
        status: 400,
        code: 'IDEMPOTENCY_KEY_MISSING',
      });
    const without = await world.server.inject({
      method: 'POST',
      url: '/api/v1/poams/ALFA-3/comments',
      headers: issm.headers,
      payload: { body: 'hello' },
    });
    expect(refusal(without).code).toBe('IDEMPOTENCY_KEY_MISSING');
    expect(await comments()).toBe(0);
  });

  it('the same request again gets the same answer, and is done once', async () => {
    const key = randomUUID();
    const [first, second] = [await comment('once', key), await comment('once', key.toUpperCase())];
    expect(first.statusCode).toBe(201);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect({ status: second.statusCode, body: second.body }).toEqual({ status: 201, body: second.body });
    expect(second.json()).toEqual(first.json());
    expect(await comments()).toBe(1);
    const other = refusal(await comment('twice', key));
    expect(other).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await comments()).toBe(1);
  });

  it('of requests with one key that come at the same time one is done, and all others say so', async () => {
    const before = await comments();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => comment('at once', key)));
    for (const { statusCode } of answers) expect([201, 409]).toContain(statusCode);
    expect(answers.some(({ statusCode }) => statusCode === 201)).toBe(true);
    expect(await comments()).toBe(before + 1);
  });

  it('a key of a refused request may be used again, and keys of others are not ours', async () => {
    const key = randomUUID();
    const path = '/poams/NONE-1/comments';
    const headers = { 'idempotency-key': key };
    expect((await world.call(issm, 'POST', path, { body: { body: 'x' }, headers })).statusCode).toBe(404);
    expect((await comment('corrected', key)).statusCode).toBe(201);
    const other = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
    const theirs = await world.call(other, 'POST', '/poams/ALFA-4/comments', {
      body: { body: 'mine' },
      headers,
    });
    expect(theirs.statusCode).toBe(201);
    expect(theirs.headers['idempotency-replayed']).toBeUndefined();
  });
});

describe('signing in', () => {
  it('an unknown name and a wrong password are refused in the same words', async () => {
    const [unknown, wrong] = [await signInAs('nobody.here', password), await signInAs('m.okafor', 'wrong')];
    const [one, other] = [refusal(unknown), refusal(wrong)];
    expect(one).toMatchObject({ status: 401, code: 'SIGN_IN_REFUSED' });
    expect({ ...one, requestId: '' }).toEqual({ ...other, requestId: '' });
    expect(unknown.headers['set-cookie']).toBeUndefined();
    expect(Object.keys(unknown.headers)).toEqual(Object.keys(wrong.headers));
  });

  it('whoever signs in learns who he is and what he may; whoever signed out is nobody', async () => {
    const answer = await signInAs('M.Okafor', password);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^tieline=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(answer.json()).toMatchObject({ name: 'm.okafor', mustChangePassword: false });
    const page = asPage(cookie.split(';')[0] ?? '');
    const bootstrap = await world.call(page, 'GET', '/me/bootstrap');
    expect(bootstrap.json()).toMatchObject({
      person: { name: 'm.okafor', roles: ['isso'], kind: 'person' },
      permissions: { 'poam:write': { kind: 'everywhere' } },
      boundaries: [{ id: 'SYS-1' }, { id: 'SYS-2' }],
      classification: { text: 'CUI' },
      session: { canStepUp: true },
    });
    expect(bootstrap.json<{ permissions: object }>().permissions).not.toHaveProperty('approval:decide');
    const out = await world.call(page, 'DELETE', '/session');
    expect({ status: out.statusCode, body: out.json<object>() }).toEqual({
      status: 200,
      body: { continueAt: null },
    });
    expect(String(out.headers['set-cookie'])).toMatch(/^tieline=;/);
    const after = await world.call(page, 'GET', '/me/bootstrap');
    expect(refusal(after).status).toBe(401);
  });

  it('a password given again changes the cookie, and the former one is worth nothing', async () => {
    const before = await beginSession();
    const answer = await world.call(asPage(before), 'POST', '/session/step-up', { body: { password } });
    const after = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    expect(answer.statusCode).toBe(204);
    expect((await world.call(asPage(after), 'GET', '/me/bootstrap')).statusCode).toBe(200);
    expect((await world.call(asPage(before), 'GET', '/me/bootstrap')).statusCode).toBe(401);
  });

  it.each([
    ['without a word of where it came from', {}],
    ['without the header of our script', { 'sec-fetch-site': 'same-origin' }],
    ['from another site', { 'x-tieline': '1', 'sec-fetch-site': 'cross-site' }],
    ['from a neighbour', { 'x-tieline': '1', 'sec-fetch-site': 'same-site' }],
    ['from another origin by an old browser', { 'x-tieline': '1', origin: 'https://evil.example' }],
  ])('a change with a session that comes %s is refused, and nothing is done', async (_how, headers) => {
    const cookie = await session();
    const post = { body: { body: 'forged' } };
    const answer = await world.call(
      { headers: { cookie, ...headers } },
      'POST',
      '/poams/ALFA-5/comments',
      post,
    );
    expect(refusal(answer)).toMatchObject({ status: 403, code: 'REQUEST_FORGED' });
    const { items } = (await get('/poams/ALFA-5/comments')).json<{ items: unknown[] }>();
    expect(items).toEqual([]);
  });

  it('a change from a page of ours is done; so is one of an old browser that tells our origin', async () => {
    const cookie = await session();
    for (const headers of [
      { 'sec-fetch-site': 'same-origin' },
      { origin: 'http://localhost:80', host: 'localhost:80' },
    ]) {
      const caller = { headers: { cookie, 'x-tieline': '1', ...headers } as Record<string, string> };
      const answer = await world.call(caller, 'POST', '/poams/ALFA-4/comments', { body: { body: 'ours' } });
      expect(answer.statusCode).toBe(201);
    }
  });

  it('the demo’s door is closed where there is no demo', async () => {
    const answer = await world.call(asNobody, 'POST', '/session/demo', { body: { role: 'admin' } });
    expect(refusal(answer).status).toBeGreaterThanOrEqual(400);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await world.call(asNobody, 'GET', '/session/ways')).json()).toMatchObject({ demo: null });
  });
});

describe('every answer', () => {
  it.each([
    ['a list', 'GET', '/poams'],
    ['an unknown address', 'GET', '/nothing'],
    ['a refused filter', 'GET', '/poams?nothing=1'],
    ['a refused change', 'PATCH', '/poams/ALFA-1'],
    ['health', 'GET', '/healthz'],
  ] as const)('%s bears the headers that keep browsers from misusing it', async (_what, method, path) => {
    const { headers } = await world.call(issm, method, path);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    if (path !== '/healthz') expect(headers).toMatchObject({ 'cache-control': 'no-store' });
  });

  it('which version this is, only who is signed in is told', async () => {
    const version = async (caller: Caller, path: string) =>
      (await world.call(caller, 'GET', path)).headers['tieline-version'];
    expect(await version(issm, '/poams')).toBe('0.0.0');
    expect(await version(issm, '/poams/NONE-1')).toBe('0.0.0');
    for (const path of ['/banner', '/session/ways', '/poams', '/nothing'])
      expect({ path, version: await version(asNobody, path) }).toEqual({ path, version: undefined });
    expect((await signInAs('nobody.here', password)).headers['tieline-version']).toBeUndefined();
  });

  it('who is not signed in is told how to be, and not which version this is', async () => {
    const answer = await world.call(asNobody, 'GET', '/poams');
    expect(refusal(answer)).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.headers['tieline-version']).toBeUndefined();
  });
});
