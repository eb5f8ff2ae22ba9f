/** Against oidc-provider in a process of its own, over HTTP, through its pages. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asPage, testServer } from '../../../../test/support/http-server.ts';
import { SmallBrowser } from '../../../../test/support/oidc/small-browser.ts';
import {
  bootstrapOf,
  type OidcWorld,
  oidcWorld,
  signInByOidc,
  signInThere,
} from '../../../../test/support/oidc/oidc-world.ts';
import { sessionRoutes } from '../../../contract/index.ts';
import { usualAccessSettings } from '../../../platform/config/index.ts';
import { machine } from '../accounts.test-support.ts';
import { lockAccount, unlockAccount } from '../people/people.ts';

let world: OidcWorld;
beforeAll(async () => {
  world = await oidcWorld();
}, 240_000);
afterAll(() => world[Symbol.asyncDispose]());

interface Bootstrap {
  readonly person: { readonly name: string; readonly displayName: string };
  readonly session: { readonly canStepUp: boolean; readonly stepUpAddress: string | null };
  readonly code?: string;
}
const lastEvent = async (): Promise<string | undefined> => (await world.events()).at(-1);
const codeOf = async (browser: SmallBrowser): Promise<string | undefined> =>
  (await bootstrapOf<Bootstrap>(browser, world)).code;
const leave = (browser: SmallBrowser): Promise<Response> =>
  browser.ask(`${world.address}/api/v1/session`, { method: 'DELETE', headers: { 'x-tieline': '1' } });

describe('sign-in by an identity provider', () => {
  it('a person signs in there, is led to the page that was asked for, and is who the provider says', async () => {
    const browser = new SmallBrowser();
    expect(await signInByOidc(browser, world, 'ada', 'next=/poams?state=open')).toBe('/poams?state=open');
    expect(await bootstrapOf(browser, world)).toMatchObject({
      person: { name: 'ada', displayName: 'ada of the agency' },
      session: { canStepUp: false, stepUpAddress: '/api/v1/session/oidc?purpose=step_up' },
    });
    expect(await world.events()).toEqual(['account_added', 'sign_in']);
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/a\nb'])(
    'the page afterwards is one of ours, whatever was asked for: %j',
    async (next) => {
      const query = new URLSearchParams({ next }).toString();
      expect(await signInByOidc(new SmallBrowser(), world, 'ada', query)).toBe('/');
    },
  );

  it('the same answer of the provider is worth nothing a second time, in the same browser or with its stolen cookie', async () => {
    const browser = new SmallBrowser();
    const back = await signInThere(browser, world, 'ada');
    const stolen = browser.cookie(world.address, 'tieline-pending') ?? '';
    expect((await browser.ask(back)).headers.get('location')).toBe('/poams');
    for (const cookie of ['', `tieline-pending=${stolen}`]) {
      const again = await fetch(back, { redirect: 'manual', headers: { cookie } });
      expect(again.headers.get('location')).toMatch(/^\/sign-in\?refused=expired&request=[\w-]{36}$/);
      expect(again.headers.getSetCookie().join()).not.toMatch(/tieline=\w/);
    }
    expect(await lastEvent()).toBe('sign_in_refused refused: expired');
  });

  it('a link with another’s code and state signs nobody in: who follows it has begun none, or another', async () => {
    const attacker = new SmallBrowser();
    const link = await signInThere(attacker, world, 'mallory');
    const victim = new SmallBrowser();
    expect((await victim.ask(link)).headers.get('location')).toMatch(/^\/sign-in\?refused=expired/);
    await signInThere(victim, world, 'ada');
    expect((await victim.ask(link)).headers.get('location')).toMatch(/^\/sign-in\?refused=expired/);
    expect(await codeOf(victim)).toBe('NOT_SIGNED_IN');
    // The attacker's own code in the victim's sign-in: PKCE and nonce are of another browser.
    const own = await signInThere(victim, world, 'ada');
    own.searchParams.set('code', link.searchParams.get('code') ?? '');
    expect((await victim.ask(own)).headers.get('location')).toMatch(/^\/sign-in\?refused=proof/);
    expect(await codeOf(victim)).toBe('NOT_SIGNED_IN');
  });

  it('one that was begun more than ten minutes ago is over', async () => {
    const browser = new SmallBrowser();
    const back = await signInThere(browser, world, 'ada');
    await world.database.pool.query(`update sign_in_requests set expires_at = now() - interval '1 second'`);
    expect((await browser.ask(back)).headers.get('location')).toMatch(/refused=expired/);
  });

  it('what the provider refuses is told as that', async () => {
    const browser = new SmallBrowser();
    const back = await signInThere(browser, world, 'ada');
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    expect((await browser.ask(back)).headers.get('location')).toMatch(/refused=cancelled/);
    expect(await lastEvent()).toBe('sign_in_refused refused: cancelled');
  });

  it('a locked account is told so, and comes in when it is released', async () => {
    await signInByOidc(new SmallBrowser(), world, 'lola');
    await lockAccount(world.app, 'lola', machine);
    expect(await signInByOidc(new SmallBrowser(), world, 'lola')).toMatch(/refused=locked/);
    await unlockAccount(world.app, 'lola', machine);
    expect(await signInByOidc(new SmallBrowser(), world, 'lola')).toBe('/poams');
  });

  it('who signs out here is led to sign out there, with what the provider needs, and it leads back', async () => {
    const browser = new SmallBrowser();
    await signInByOidc(browser, world, 'ada');
    const { continueAt } = (await (await leave(browser)).json()) as { continueAt: string };
    expect(continueAt).toMatch(new RegExp(`^${world.provider.issuer}/session/end\\?.*id_token_hint=`));
    expect(await codeOf(browser)).toBe('NOT_SIGNED_IN');
    const { url } = await browser.visit(continueAt, {
      fields: { logout: 'yes' },
      until: ({ href }) => href.startsWith(world.address),
    });
    expect(url.href).toBe(`${world.address}/sign-in`);
  });

  it('signing out here does not wait for a provider that does not answer', async () => {
    const browser = new SmallBrowser();
    await signInByOidc(browser, world, 'hana');
    const cookie = `tieline=${browser.cookie(world.address, 'tieline')}`;
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => {
      silent.listen(0, '127.0.0.1', done);
    });
    const { port } = silent.address() as AddressInfo;
    const access = { ...usualAccessSettings, ...world.app.access, oidcIssuer: `http://127.0.0.1:${port}` };
    const second = await testServer({ ...world.app, access });
    try {
      const asked = once(silent, 'request');
      const left = second.call(asPage(cookie), 'DELETE', '/session');
      await asked;
      // The provider was asked, and has not answered.
      expect(await codeOf(browser)).toBe('SESSION_ENDED');
      expect((await left).json()).toEqual({ continueAt: null });
    } finally {
      silent.closeAllConnections();
      silent.close();
      await second[Symbol.asyncDispose]();
    }
  });

  it('the ways to sign in are answered as the contract says, and nothing beside', async () => {
    const ways: unknown = await (await fetch(`${world.address}/api/v1/session/ways`)).json();
    expect(sessionRoutes.getSignInWays.answer.shape.safeParse(ways).error?.issues).toBeUndefined();
    expect(ways).toMatchObject({ outside: [{ way: 'oidc', address: '/api/v1/session/oidc' }] });
  });

  it('who is signed out there is signed out here by the provider’s call, and no other session of theirs', async () => {
    const [browser, elsewhere] = [new SmallBrowser(), new SmallBrowser()];
    await signInByOidc(elsewhere, world, 'bob');
    await signInByOidc(browser, world, 'bob');
    await browser.visit(`${world.provider.issuer}/session/end`, {
      fields: { logout: 'yes' },
      until: () => false,
    });
    await expect.poll(() => codeOf(browser)).toBe('SESSION_ENDED');
    expect(await codeOf(elsewhere)).toBeUndefined();
    const { rows } = await world.database.pool.query<{ name: string }>(
      `select p.name from sessions s join principals p on p.id = s.principal_id where s.ended_why = 'provider'`,
    );
    expect(rows).toEqual([{ name: 'bob' }]);
  });

  it('what needs a fresh proof leads there, asks for the password, and goes on under a new cookie', async () => {
    const browser = new SmallBrowser();
    await signInByOidc(browser, world, 'ada');
    const before = browser.cookie(world.address, 'tieline');
    await world.database.pool.query(`update sessions set stepped_up_at = now() - interval '1 hour'`);
    expect(await signInByOidc(browser, world, 'ada', 'purpose=step_up&next=/users')).toBe('/users');
    expect(browser.cookie(world.address, 'tieline')).not.toBe(before);
    expect(await lastEvent()).toBe('step_up');
    const { rows } = await world.database.pool.query<{ n: number }>(
      `select count(*)::int as n from sessions where ended_at is null and stepped_up_at > now() - interval '1 minute'`,
    );
    expect(rows[0]?.n).toBe(1);
  });

  it('without a session there is nothing to step up', async () => {
    expect((await signInThere(new SmallBrowser(), world, 'ada', 'purpose=step_up')).pathname).toBe(
      '/sign-in',
    );
  });
});
