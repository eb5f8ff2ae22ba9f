import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken } from '../../../operate/accounts/index.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import type { Issued } from '../../../../test/support/card-authority.ts';
import {
  askOverTls,
  type CardWorld,
  cardWorld,
  type TestBrowser,
} from '../../../../test/support/card-world.ts';
import { machine } from '../../../../test/support/http-world.ts';

let world: CardWorld;
let jane: Issued;
beforeAll(async () => {
  world = await cardWorld();
  jane = await world.person('jane.doe', '1234567890@mil');
});
afterAll(() => world[Symbol.asyncDispose]());

const refusedAs = (location: string): string =>
  new URL(location, world.url).searchParams.get('refused') ?? location;
const whoIs = async (browser: TestBrowser): Promise<string> => {
  const answer = await browser.open(`${world.url}/api/v1/me/bootstrap`);
  return answer.status === 200
    ? (JSON.parse(answer.text) as { person: { name: string } }).person.name
    : String(answer.status);
};

async function askByHttp2(address: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const { origin, pathname } = new URL(address);
  const connection = connect(origin, { ca: world.webCa });
  try {
    return await text(connection.request({ ':path': pathname, ...headers }));
  } finally {
    connection.close();
  }
}

describe('signing in with a card, at the port that asks for it', () => {
  it('a card signs its person in, and leads to the page that was asked for', async () => {
    const browser = world.browser(jane);
    const shown = await world.shows(browser);
    expect(shown.location).toMatch(new RegExp(`^${world.url}/api/v1/session/cac/return\\?code=[\\w-]{43}$`));
    const back = await browser.open(shown.location);
    expect([back.status, back.location]).toEqual([303, '/poams']);
    expect([...browser.jar.keys()]).toEqual(['__Host-tieline']);
    expect(await whoIs(browser)).toBe('jane.doe');
    expect((await world.events()).slice(-2)).toEqual(['sign_in', 'banner_acknowledged']);
    const { rows } = await world.database.pool.query(`select way from sessions`);
    expect(rows).toEqual([{ way: 'cac' }]);
  });

  it('the first port asks no browser for a card, and the second one has no other address', async () => {
    expect((await askOverTls(`${world.url}/healthz`, world.webCa)).text).toContain('ok');
    expect(
      (await askOverTls(`${world.cardUrl}/api/v1/me/bootstrap`, world.webCa, { card: jane })).status,
    ).toBe(404);
    expect((await askOverTls(`${world.cardUrl}/auth/cac`, world.webCa, { card: jane })).status).toBe(404);
  });

  it('a code that comes a second time signs nobody in', async () => {
    const browser = world.browser(jane);
    const { location } = await world.shows(browser);
    const begun = new Map(browser.jar);
    await browser.open(location);
    const again = world.browser(jane);
    for (const [name, value] of begun) again.jar.set(name, value);
    expect(refusedAs((await again.open(location)).location)).toBe('late');
    expect(await whoIs(again)).toBe('401');
  });

  it('a code that was stolen signs nobody in from another browser, and is void from then on', async () => {
    const browser = world.browser(jane);
    const { location } = await world.shows(browser);
    const thief = world.browser();
    await world.shows(thief);
    expect(refusedAs((await thief.open(location)).location)).toBe('late');
    expect(await whoIs(thief)).toBe('401');
    expect(refusedAs((await browser.open(location)).location)).toBe('late');
    const { rows } = await world.database.pool.query<{ told: string }>(
      `select event_details ->> 'told' as told from security_events_extended where event_type = 'sign_in_refused' order by id desc limit 2`,
    );
    expect(rows.map(({ told }) => told)).toEqual([
      'the code is unknown, or was used before',
      'the code came from another browser than the one that began',
    ]);
  });

  it('who is led to that port by the link of another person signs neither in', async () => {
    const attacker = world.browser();
    const begun = await attacker.open(`${world.url}/api/v1/session/cac?next=/`);
    const victim = world.browser(jane);
    const led = await victim.open(begun.location);
    expect(refusedAs((await victim.open(led.location)).location)).toBe('late');
    expect([await whoIs(victim), await whoIs(attacker)]).toEqual(['401', '401']);
  });

  it('a code is void after a minute, and a state when a card was shown for it', async () => {
    const browser = world.browser(jane);
    const begun = await browser.open(`${world.url}/api/v1/session/cac?next=/`);
    const { location } = await browser.open(begun.location);
    expect(refusedAs((await browser.open(begun.location)).location)).toBe('late');
    world.pass(61_000);
    expect(refusedAs((await browser.open(location)).location)).toBe('late');
    world.pass(-61_000);
    expect(
      refusedAs((await world.browser(jane).open(`${world.cardUrl}/auth/cac?state=made-up`)).location),
    ).toBe('late');
  });

  it('no card, an expired one, one that is not valid yet, for servers, of a look-alike, or of nobody is refused over real TLS', async () => {
    const { issuing, lookAlike } = world;
    const upn = '1234567890@mil';
    const hour = 3_600_000;
    const cards: [string, Issued | undefined][] = [
      ['no_card', undefined],
      ['card_expired', issuing.issue({ upn, until: new Date(Date.now() - hour) })],
      ['card_expired', issuing.issue({ upn, from: new Date(Date.now() + hour) })],
      ['card_not_for_sign_in', issuing.issue({ upn, purposes: ['serverAuth'] })],
      ['card_not_trusted', lookAlike.issue({ upn, subject: '/C=US/CN=jane.doe' })],
      ['card_nobody', issuing.issue({})],
    ];
    for (const [why, card] of cards)
      expect(refusedAs((await world.shows(world.browser(card))).location)).toBe(why);
    const logon = issuing.issue({ upn, purposes: ['1.3.6.1.4.1.311.20.2.2'] });
    const browser = world.browser(logon);
    expect((await browser.open((await world.shows(browser)).location)).location).toBe('/poams');
  });

  it('a card that nobody has tied to an account is seen by an administrator', async () => {
    const browser = world.browser(world.issuing.issue({ upn: '5555555555@mil' }));
    const back = await browser.open((await world.shows(browser)).location);
    expect(refusedAs(back.location)).toBe('unknown');
    const { rows } = await world.database.pool.query(`select way, subject, why from unknown_identities`);
    expect(rows).toEqual([{ way: 'cac', subject: '5555555555@mil', why: 'unknown' }]);
  });

  it('a card that is revoked while the server runs is refused when the list is there', async () => {
    const card = await world.person('john.roe', '2222222222@mil');
    const browser = world.browser(card);
    expect((await browser.open((await world.shows(browser)).location)).location).toBe('/poams');
    world.issuing.revoke(card);
    await world.publishLists();
    expect(refusedAs((await world.shows(world.browser(card))).location)).toBe('card_revoked');
  });

  it('a person proves again who they are by the same card, and no other', async () => {
    const browser = world.browser(jane);
    await browser.open((await world.shows(browser)).location);
    const before = browser.jar.get('__Host-tieline');
    const other = await world.person('mary.major', '3333333333@mil');
    browser.card = other;
    const wrong = await world.shows(browser, 'purpose=step_up&next=%2Fapprovals');
    expect(refusedAs((await browser.open(wrong.location)).location)).toBe('other_person');
    browser.card = jane;
    const right = await world.shows(browser, 'purpose=step_up&next=%2Fapprovals');
    expect((await browser.open(right.location)).location).toBe('/approvals');
    expect(browser.jar.get('__Host-tieline')).not.toBe(before);
    expect((await world.events()).slice(-1)).toEqual(['step_up']);
    expect(await whoIs(browser)).toBe('jane.doe');
  });

  it('next leads to a page of ours only', async () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', '/\tx']) {
      const browser = world.browser(jane);
      const shown = await world.shows(browser, `next=${encodeURIComponent(next)}`);
      expect((await browser.open(shown.location)).location).toBe('/');
    }
  });
});

describe('cookies over TLS', () => {
  it('signing out clears the cookie of the session in the browser', async () => {
    const browser = world.browser(jane);
    await browser.open((await world.shows(browser)).location);
    expect([...browser.jar.keys()]).toEqual(['__Host-tieline']);
    const headers = { 'x-tieline': '1', 'sec-fetch-site': 'same-origin' };
    const left = await browser.open(`${world.url}/api/v1/session`, { method: 'DELETE', headers });
    expect(left.status).toBe(200);
    expect([...browser.jar.keys()]).toEqual([]);
  });
});

describe('the name of this server in a request', () => {
  it('is read of HTTP/2 as of HTTP/1.1: security keys are available at localhost by both', async () => {
    const browser = world.browser(jane);
    await browser.open((await world.shows(browser)).location);
    const older = await browser.open(`${world.url}/api/v1/me/sign-in`);
    expect(JSON.parse(older.text)).toMatchObject({ way: 'cac', keysAvailable: true });
    const cookie = `__Host-tieline=${browser.jar.get('__Host-tieline')}`;
    const newer = await askByHttp2(`${world.url}/api/v1/me/sign-in`, { cookie });
    expect(JSON.parse(newer)).toMatchObject({ way: 'cac', keysAvailable: true });
  });
});

describe('guessing', () => {
  it('codes that are guessed are refused by their number', async () => {
    await using slow = await cardWorld({ signInsPerMinute: 5 });
    const browser = slow.browser();
    const reasons: (string | null)[] = [];
    for (let guess = 0; guess < 7; guess += 1) {
      const { location } = await browser.open(
        `${slow.url}/api/v1/session/cac/return?code=${'a'.repeat(42)}${guess}`,
      );
      reasons.push(new URL(location, slow.url).searchParams.get('refused'));
    }
    expect(reasons).toEqual([...Array<string>(5).fill('late'), 'too_often', 'too_often']);
  });
});

describe('tokens that are bound to a certificate', () => {
  it('such a token is of use with its certificate alone, in the same connection', async () => {
    const certificate = world.issuing.issue({ subject: '/CN=robot', upn: 'robot@mil' });
    const other = world.issuing.issue({ subject: '/CN=other', upn: 'other@mil' });
    const expired = world.issuing.issue({ subject: '/CN=late', until: new Date(Date.now() - 1000) });
    const tokenOf = async (card: Issued): Promise<string> => {
      const { X509Certificate } = await import('node:crypto');
      const fingerprint = new X509Certificate(card.certificate).fingerprint256;
      const asked = { name: 'bound', scope: everywhere, certificate: fingerprint };
      return (await makeToken(world.app, 'jane.doe', asked, machine)).token;
    };
    const use = async (token: string, card?: Issued): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      return (await askOverTls(`${world.url}/api/v1/me/bootstrap`, world.webCa, { headers, card })).status;
    };
    const token = await tokenOf(certificate);
    expect([await use(token, certificate), await use(token), await use(token, other)]).toEqual([
      200, 401, 401,
    ]);
    expect(await use(await tokenOf(expired), expired)).toBe(401);
    expect(await world.events()).toContain('token_used_without_certificate certificate');
    await expect(
      makeToken(world.app, 'jane.doe', { name: 'x', scope: everywhere, certificate: 'abc' }, machine),
    ).rejects.toMatchObject({ code: 'USAGE' });
  });
});
