/** The second factor over HTTP: what is possible before a forced change of the password, and attacks by what another browser holds. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { asNobody, asPage, type Caller } from '../../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld, machine } from '../../../../test/support/http-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { addAccount, giveGrant } from '../../../operate/accounts/index.ts';
import { bytesOfBase32, codeOfStep, stepAt } from '../../../operate/accounts/factors/totp.ts';
import { Secret } from '../../../platform/values/index.ts';

const password = 'Plover quartz umbrella 9';
let world: HttpWorld | undefined;
const here = (): HttpWorld => {
  if (!world) throw new Error('there is no world');
  return world;
};
beforeEach(async () => {
  await world?.[Symbol.asyncDispose]();
  world = await httpWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());

type Answer = Awaited<ReturnType<HttpWorld['call']>>;
/** The cookie of that name which an answer sets. */
function cookieOf(answer: Answer, name: string): string {
  const found = answer.cookies.find((each) => each.name === name);
  return found === undefined || found.value === '' ? '' : `${name}=${found.value}`;
}
const codeOf = (answer: Answer): unknown => answer.json<{ code?: string }>().code;

const post = (caller: Caller, path: string, body: object = {}): Promise<Answer> =>
  here().call(caller, 'POST', path, { body });
const signIn = (caller = asNobody): Promise<Answer> =>
  post(caller, '/session', { name: 'jdoe', password, bannerAcknowledged: true });
const bootstrap = (caller: Caller): Promise<Answer> => here().call(caller, 'GET', '/me/bootstrap');

interface Step {
  readonly ticket: string;
  /** The cookie that the browser of the ticket holds. */
  readonly cookie: string;
}
async function firstStep(caller?: Caller): Promise<Step> {
  const answer = await signIn(caller);
  const { secondFactor } = answer.json<{ secondFactor: { ticket: string } }>();
  return { ticket: secondFactor.ticket, cookie: cookieOf(answer, 'tieline-second-step') };
}
const finish = (ticket: string, cookies: readonly string[], code: string): Promise<Answer> =>
  post(asPage(cookies.join('; ')), '/session/second-factor', { ticket, factor: { kind: 'recovery', code } });

/** jdoe, with an authenticator app. @returns the page in which it was added, and recovery codes: each is good once. */
async function withApp(): Promise<{ readonly cookie: string; readonly codes: readonly [string, string] }> {
  const { app, database } = here();
  await addAccount(app, { kind: 'person', name: 'jdoe', password: new Secret(password) }, machine);
  await database.pool.query(`update principals set must_change_password = false`);
  await giveGrant(app, 'jdoe', { gives: { role: 'analyst' }, scope: everywhere }, machine);
  const cookie = cookieOf(await signIn(), 'tieline');
  const { key } = (await post(asPage(cookie), '/me/factors/app')).json<{ key: string }>();
  const code = codeOfStep(bytesOfBase32(key), stepAt(app.now()));
  const added = await post(asPage(cookie), '/me/factors/app/confirmation', { code });
  expect(added.statusCode).toBe(201);
  return { cookie, codes: added.json<{ recoveryCodes: [string, string] }>().recoveryCodes };
}

const proofIsOld = () =>
  here().database.pool.query(`update sessions set stepped_up_at = now() - interval '1 hour'`);

describe('a password that must be changed, of who has a second factor', () => {
  it('can be changed though the proof is old: proving again comes first, and nothing else does', async () => {
    const { cookie, codes } = await withApp();
    await here().database.pool.query(`update principals set must_change_password = true where name = 'jdoe'`);
    await proofIsOld();
    const page = asPage(cookie);
    const change = { present: password, next: 'Heron basalt teacup 4' };
    expect(codeOf(await post(page, '/me/password', change))).toBe('STEP_UP_NEEDED');
    expect(codeOf(await here().call(page, 'GET', '/me/sign-in'))).toBe('PASSWORD_EXPIRED');
    expect((await post(page, '/session/step-up/key')).statusCode).toBe(200);
    const factor = { kind: 'recovery', code: codes[0] };
    const proved = await post(page, '/session/step-up', { password, factor });
    expect(proved.statusCode).toBe(204);
    const next = asPage(cookieOf(proved, 'tieline'));
    expect((await post(next, '/me/password', change)).statusCode).toBe(204);
    expect((await here().call(next, 'GET', '/me/sign-in')).statusCode).toBe(200);
  });
});

describe('attack: fixation', () => {
  it('a cookie of a session that was planted before the sign-in is not the one afterwards, and signs nobody in', async () => {
    const { codes } = await withApp();
    for (const planted of [`tieline=${'a'.repeat(43)}`, 'tieline=']) {
      const step = await firstStep(asPage(planted));
      const done = await finish(step.ticket, [planted, step.cookie], codes[planted === 'tieline=' ? 1 : 0]);
      expect(done.statusCode).toBe(200);
      expect(cookieOf(done, 'tieline')).not.toBe(planted);
      expect((await bootstrap(asPage(planted))).statusCode).toBe(401);
      expect((await bootstrap(asPage(cookieOf(done, 'tieline')))).statusCode).toBe(200);
    }
  });

  it('a cookie of the second step that was planted in the browser of a person does not fit the ticket of that person', async () => {
    const { codes } = await withApp();
    const mine = await firstStep();
    const theirs = await firstStep(asPage(mine.cookie));
    expect(theirs.cookie).not.toBe(mine.cookie);
    expect(codeOf(await finish(theirs.ticket, [mine.cookie], codes[0]))).toBe('SIGN_IN_STALE');
    expect((await finish(theirs.ticket, [theirs.cookie], codes[0])).statusCode).toBe(200);
  });
});

describe('attack: stolen cookie', () => {
  it('the cookie of the second step is no session, and without its own ticket is worth nothing', async () => {
    const { codes } = await withApp();
    const stolen = await firstStep();
    const value = stolen.cookie.split('=')[1] ?? '';
    for (const cookie of [stolen.cookie, `tieline=${value}`, `tieline=${stolen.ticket}`])
      expect((await bootstrap(asPage(cookie))).statusCode).toBe(401);
    const other = await firstStep();
    for (const ticket of [other.ticket, value, 'a'.repeat(43)])
      expect(codeOf(await finish(ticket, [stolen.cookie], codes[0]))).toBe('SIGN_IN_STALE');
    const { rows } = await here().database.pool.query(
      `select event_details ->> 'way' as way from security_events_extended where failure_reason = 'ticket of another browser'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('the cookie of a session is void once its person has proved again who they are, and changes no factor before', async () => {
    const { cookie, codes } = await withApp();
    await proofIsOld();
    for (const path of ['/me/factors/app', '/me/factors/key', '/me/recovery-codes'])
      expect(codeOf(await post(asPage(cookie), path))).toBe('STEP_UP_NEEDED');
    expect(codeOf(await post(asPage(cookie), '/session/step-up', { password }))).toBe('SECOND_FACTOR_NEEDED');
    const factor = { kind: 'recovery', code: codes[0] };
    const proved = await post(asPage(cookie), '/session/step-up', { password, factor });
    expect(cookieOf(proved, 'tieline')).not.toBe(cookie);
    expect((await bootstrap(asPage(cookie))).statusCode).toBe(401);
    expect((await bootstrap(asPage(cookieOf(proved, 'tieline')))).statusCode).toBe(200);
  });
});
