import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asNobody, asPage, type Caller } from '../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld, machine, within } from '../../../test/support/http-world.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { recordEvents } from '../../ledger/events/index.ts';
import {
  addAccount,
  endSessionsOf,
  findGrants,
  giveGrant,
  lockAccount,
  revokeGrant,
  revokeToken,
  unlockAccount,
} from '../../operate/accounts/index.ts';
import { Secret } from '../../platform/values/index.ts';

const password = 'Plover quartz umbrella 9';
let world: HttpWorld;
beforeAll(async () => {
  world = await httpWorld();
  await addAccount(world.app, { kind: 'person', name: 'reader', password: new Secret(password) }, machine);
  await world.database.pool.query(`update principals set must_change_password = false`);
  await giveGrant(world.app, 'reader', { gives: { role: 'viewer' }, scope: within('SYS-1') }, machine);
});
afterAll(() => world[Symbol.asyncDispose]());

const signedIn = async (): Promise<Caller> => {
  const answer = await world.call(asNobody, 'POST', '/session', {
    body: { name: 'reader', password, bannerAcknowledged: true },
  });
  return asPage(String(answer.headers['set-cookie']).split(';')[0] ?? '');
};

/** A stream that is read beside the test. */
async function follow(
  caller: Caller,
): Promise<{ stream: Readable; text: () => string; ended: () => boolean }> {
  const answer = await world.server.inject({
    method: 'GET',
    url: '/api/v1/events',
    headers: caller.headers,
    payloadAsStream: true,
  });
  expect(answer.statusCode).toBe(200);
  const stream = answer.stream();
  let text = '';
  let ended = false;
  stream.on('data', (piece) => (text += String(piece)));
  stream.on('end', () => (ended = true));
  await delay(700); // what was found out at the beginning is not trusted any more, and the server listens
  return { stream, text: () => text, ended: () => ended };
}
const happens = (boundary: string): Promise<void> =>
  recordEvents(world.app.db, [{ kind: 'conflict.opened', subject: '1', boundary }]);
const soon = (assert: () => void): Promise<void> =>
  expect.poll(() => (assert(), true), { timeout: 4000 }).toBe(true);

describe('a stream of events', () => {
  it('tells of the boundaries of its reader, and ends with a word when the account is locked', async () => {
    const { text, ended } = await follow(await signedIn());
    await happens('SYS-2');
    await happens('SYS-1');
    await soon(() => expect(text()).toContain('event: conflict.opened'));
    expect(text()).not.toContain('SYS-2');
    const before = text();
    await lockAccount(world.app, 'reader', machine);
    await happens('SYS-1');
    await soon(() => expect(ended()).toBe(true));
    expect(text().slice(before.length)).toBe('event: bye\ndata: {}\n\n');
    await unlockAccount(world.app, 'reader', machine);
  });

  it('ends when its session is ended, and goes on when only the cookie is another', async () => {
    const page = await signedIn();
    const { text, ended } = await follow(page);
    await world.call(page, 'POST', '/session/step-up', { body: { password } });
    await happens('SYS-1');
    await soon(() => expect(text()).toContain('event: conflict.opened'));
    await endSessionsOf(world.app, 'reader', machine);
    await soon(() => expect(ended()).toBe(true));
    expect(text()).toMatch(/event: bye/);
  });

  it('follows the grants of this moment, and ends with its token', async () => {
    const caller = await world.program([
      { gives: { role: 'viewer' }, scope: within('SYS-1') },
      { gives: { role: 'viewer' }, scope: everywhere },
    ]);
    const { text, ended } = await follow(caller);
    await happens('SYS-2');
    await soon(() => expect(text()).toContain('SYS-2'));
    const wide = (await findGrants(world.app, { account: 'program-1' }, 10)).find(
      ({ reach }) => reach === 'everywhere',
    );
    const before = text().length;
    await revokeGrant(world.app, wide?.id ?? '', machine);
    await soon(() => expect(text().slice(before)).toContain('event: inbox.changed'));
    await happens('SYS-2');
    await happens('SYS-1');
    await soon(() => expect(text().slice(before)).toContain('SYS-1'));
    expect(text().slice(before)).not.toContain('SYS-2');
    await revokeToken(
      world.app,
      /tl_([^_]+)_/.exec(caller.headers['authorization'] ?? '')?.[1] ?? '',
      machine,
    );
    await delay(600);
    await happens('SYS-1');
    await soon(() => expect(ended()).toBe(true));
  });

  it('one person has twenty streams at most, and those that end make room', async () => {
    const open = async ({ headers }: Caller): Promise<number> => {
      const request = { method: 'GET', url: '/api/v1/events', headers, payloadAsStream: true } as const;
      return (await world.server.inject(request)).statusCode;
    };
    const page = await signedIn();
    const opened = await Promise.all(Array.from({ length: 20 }, () => open(page)));
    expect(new Set(opened)).toEqual(new Set([200]));
    expect(await open(page)).toBe(429);
    expect(await open(await world.program([{ gives: { role: 'viewer' }, scope: within('SYS-1') }]))).toBe(
      200,
    );
    await endSessionsOf(world.app, 'reader', machine);
    const again = await signedIn();
    await expect.poll(() => open(again), { timeout: 4000 }).toBe(200);
  });
});
