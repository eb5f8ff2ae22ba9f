/** What is not believed: tokens that a provider would not make, or not for us, not now, not again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Forged,
  type ForgingProvider,
  startForgingProvider,
} from '../../../../test/support/oidc/forging-provider.ts';
import { eventsOf, type ServedTieline, serveTieline } from '../../../../test/support/oidc/oidc-world.ts';
import { SmallBrowser } from '../../../../test/support/oidc/small-browser.ts';
import { freePort } from '../../../../test/support/free-port.ts';

let provider: ForgingProvider;
let served: ServedTieline;
let address: string;
beforeAll(async () => {
  provider = await startForgingProvider();
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  served = await serveTieline(port, { oidcIssuer: provider.issuer, oidcAcr: ['aal2'], oidcAmr: ['mfa'] });
}, 240_000);
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const strong = { acr: 'aal2', amr: ['pwd', 'mfa'] };
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** Where the browser is led with that id token. */
async function signInWith(
  forged: Forged,
  browser = new SmallBrowser(),
  purpose = 'sign_in',
): Promise<string> {
  const begun = await browser.ask(`${address}/api/v1/session/oidc?next=/home&purpose=${purpose}`);
  const back = provider.answerTo(begun.headers.get('location') ?? '');
  provider.forge({ ...forged, claims: { ...strong, ...forged.claims } });
  return (await browser.ask(back)).headers.get('location') ?? '';
}

const logout = (token: string): Promise<Response> =>
  fetch(`${address}/api/v1/session/oidc/logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: token }),
  });
const logoutEvent = { 'http://schemas.openid.net/event/backchannel-logout': {} };
const logoutToken = (forged: Forged = {}): string =>
  provider.token({
    header: { typ: 'logout+jwt' },
    ...forged,
    claims: { nonce: undefined, jti: crypto.randomUUID(), events: logoutEvent, ...forged.claims },
  });

describe('an id token', () => {
  it('that the provider signed, for us and now, is believed', async () => {
    expect(await signInWith({})).toBe('/home');
  });

  it.each<[string, Forged, string?]>([
    ['signed by nobody (alg none)', { by: 'nobody' }],
    ['signed by HMAC with the public key', { by: 'hmac with the public key' }],
    ['signed by another key', { by: 'another key' }],
    ['of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['for another client', { claims: { aud: 'somebody else' } }],
    ['for several clients without saying who asked', { claims: { aud: ['tieline', 'other'] } }],
    ['of another sign-in', { claims: { nonce: 'another' } }],
    ['without a nonce', { claims: { nonce: undefined } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['that ended', { claims: { iat: inSeconds(-600), exp: inSeconds(-90) } }],
    ['that begins later than the clocks may differ', { claims: { nbf: inSeconds(7200) } }],
    ['of a sign-in without the second factor', { claims: { amr: ['pwd'] } }, 'too_weak'],
    ['of a weaker context', { claims: { acr: 'aal1' } }, 'too_weak'],
    [
      'that does not say how its person was proved',
      { claims: { acr: undefined, amr: undefined } },
      'too_weak',
    ],
  ])('%s is refused', async (_what, forged, why = 'proof') => {
    const browser = new SmallBrowser();
    expect(await signInWith(forged, browser)).toMatch(new RegExp(`^/sign-in\\?refused=${why}&`));
    expect(browser.cookie(address, 'tieline')).toBeUndefined();
    expect((await eventsOf(served.database)).at(-1)).toBe(`sign_in_refused refused: ${why}`);
  });

  it('of a clock that differs by less than a minute is believed', async () => {
    expect(await signInWith({ claims: { iat: inSeconds(-340), exp: inSeconds(-40) } })).toBe('/home');
  });
});

describe('proving it again', () => {
  it('is for the person of the session alone, and was done just now', async () => {
    const browser = new SmallBrowser();
    await signInWith({}, browser);
    const before = browser.cookie(address, 'tieline');
    const another = { claims: { sub: 'mallory', auth_time: inSeconds(0) } };
    expect(await signInWith(another, browser, 'step_up')).toMatch(/refused=other_person/);
    const thisMorning = { claims: { auth_time: inSeconds(-3600) } };
    expect(await signInWith(thisMorning, browser, 'step_up')).toMatch(/refused=proof/);
    expect(await signInWith({}, browser, 'step_up')).toMatch(/refused=proof/);
    expect(browser.cookie(address, 'tieline')).toBe(before);
    expect(await signInWith({ claims: { auth_time: inSeconds(0) } }, browser, 'step_up')).toBe('/home');
    expect(browser.cookie(address, 'tieline')).not.toBe(before);
  });
});

describe('a logout token', () => {
  it('ends the sessions of its person, once', async () => {
    const browser = new SmallBrowser();
    await signInWith({}, browser);
    const token = logoutToken();
    expect([(await logout(token)).status, (await logout(token)).status]).toEqual([200, 400]);
    const bootstrap = (await (await browser.ask(`${address}/api/v1/me/bootstrap`)).json()) as {
      code: string;
    };
    expect(bootstrap.code).toBe('SESSION_ENDED');
    expect((await eventsOf(served.database)).at(-1)).toBe('logout_refused refused: it was used before');
  });

  it('that names a session ends that one alone', async () => {
    const [one, other] = [new SmallBrowser(), new SmallBrowser()];
    await signInWith({ claims: { sid: 's1' } }, one);
    await signInWith({ claims: { sid: 's2' } }, other);
    expect(await (await logout(logoutToken({ claims: { sub: undefined, sid: 's1' } }))).json()).toEqual({
      ended: 1,
    });
    expect((await other.ask(`${address}/api/v1/me/bootstrap`)).status).toBe(200);
  });

  it.each<[string, () => string, string]>([
    ['signed by nobody', () => logoutToken({ by: 'nobody' }), 'it is not a signed token'],
    [
      'signed by HMAC with the public key',
      () => logoutToken({ by: 'hmac with the public key' }),
      'its header alg: is not signed in a way that is believed',
    ],
    ['signed by another key', () => logoutToken({ by: 'another key' }), 'its signature does not hold'],
    ['whose key is unknown', () => logoutToken({ header: { kid: 'k9' } }), 'no key of the provider fits it'],
    [
      'for an elliptic curve',
      () => logoutToken({ header: { alg: 'ES256' } }),
      'no key of the provider fits it',
    ],
    [
      'with extensions',
      () => logoutToken({ header: { crit: ['x'] } }),
      'its header crit: asks for extensions',
    ],
    [
      'of another issuer',
      () => logoutToken({ claims: { iss: 'https://evil.example' } }),
      'it is of another issuer',
    ],
    ['for another client', () => logoutToken({ claims: { aud: 'other' } }), 'it is for another client'],
    ['that is old', () => logoutToken({ claims: { iat: inSeconds(-400), exp: undefined } }), 'it is too old'],
    ['that has ended', () => logoutToken({ claims: { exp: inSeconds(-90) } }), 'it is too old'],
    ['of the future', () => logoutToken({ claims: { iat: inSeconds(7200) } }), 'it was made in the future'],
    ['without an id', () => logoutToken({ claims: { jti: undefined } }), 'its claim jti: '],
    [
      'about nobody',
      () => logoutToken({ claims: { sub: undefined } }),
      'it names neither a person nor a session',
    ],
    ['that is an id token', () => provider.token({ claims: { jti: 'x' } }), 'its claim events: '],
    ['with a nonce', () => logoutToken({ claims: { nonce: 'x' } }), 'its claim nonce: must not be there'],
    [
      'of another type',
      () => logoutToken({ header: { typ: 'at+jwt' } }),
      'its header typ: is of another type',
    ],
    ['that is none', () => 'not a token, and longer than twenty', 'it is not a signed token'],
  ])('%s ends nothing, and is an event', async (_what, token, told) => {
    const browser = new SmallBrowser();
    await signInWith({}, browser);
    const answer = await logout(token());
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      400,
      'LOGOUT_REFUSED',
    ]);
    expect((await browser.ask(`${address}/api/v1/me/bootstrap`)).status).toBe(200);
    const last = (await eventsOf(served.database)).at(-1) ?? '';
    expect(last.slice(0, 'logout_refused refused: '.length + told.length)).toBe(
      `logout_refused refused: ${told}`,
    );
  });

  it('is taken as a form only, and no other route takes a form', async () => {
    const json = await fetch(`${address}/api/v1/session/oidc/logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ logout_token: logoutToken() }),
    });
    const form = await fetch(`${address}/api/v1/session`, {
      method: 'POST',
      headers: { 'x-tieline': '1', 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ name: 'a', password: 'b', bannerAcknowledged: 'true' }),
    });
    expect([json.status, form.status]).toEqual([415, 415]);
  });
});
