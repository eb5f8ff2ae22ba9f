import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usualAccessSettings } from '../../../platform/config/index.ts';
import { type AccountsWorld, accountsWorld, address, machine } from '../accounts.test-support.ts';
import { insertIdentity } from '../identities/identities.sql.ts';
import { listUnknownIdentities } from '../identities/unknown-identities.sql.ts';
import { disableAccount, fetchAccount, lockAccount } from '../people/people.ts';
import { authenticateSession } from './sessions.ts';
import { accountNameOf, type ProvedIdentity, signInByIdentity } from './sign-in-by-identity.ts';

let world: AccountsWorld;
beforeEach(async () => {
  world = await accountsWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const proved = (more: Partial<ProvedIdentity> = {}): ProvedIdentity => ({
  way: 'oidc',
  issuer: 'https://login.example',
  subject: 'a1b2',
  presented: { name: 'jdoe', displayName: 'J. Doe' },
  makesAccounts: false,
  ...more,
});
const come = (more: Partial<ProvedIdentity> = {}, bannerAcknowledged = true) =>
  signInByIdentity(world.app, proved(more), { address, agent: 'Test', bannerAcknowledged });
const link = (principalId: string, key: Partial<ProvedIdentity> = {}) =>
  insertIdentity(world.app.db, proved(key), {
    principalId,
    presented: null,
    at: world.app.now(),
    by: 'root',
  });

describe('signing in by an outside identity', () => {
  it('who is not known is refused and seen by administrators, once however often, and no name or address lets anybody in', async () => {
    await world.person('jdoe', 'admin');
    for (let n = 0; n < 2; n += 1) expect(await come()).toEqual({ kind: 'refused', why: 'unknown' });
    expect(await listUnknownIdentities(world.app.db, 10)).toMatchObject([
      { subject: 'a1b2', attempts: 2, presented: { name: 'jdoe' }, lastAddress: address },
    ]);
    expect((await world.events()).filter((each) => each.startsWith('sign_in_refused'))).toEqual([
      'sign_in_refused refused: unknown',
      'sign_in_refused refused: unknown',
    ]);
  });

  it('who is known gets a session of that way; the subject of another issuer is somebody else', async () => {
    await link(await world.person('jdoe', 'isso'));
    const outcome = await come();
    if (outcome.kind !== 'signed_in') throw new Error(outcome.why);
    expect(outcome.session).toMatchObject({ way: 'oidc', principal: 'jdoe' });
    expect(outcome.mustChangePassword).toBe(false);
    const open = await authenticateSession(world.app, outcome.cookie, { passive: false });
    expect(open).toMatchObject({ kind: 'open', mustChangePassword: false, actor: { name: 'jdoe' } });
    expect(await come({ issuer: 'https://other.example' })).toEqual({ kind: 'refused', why: 'unknown' });
    expect(await come({ way: 'cac' })).toEqual({ kind: 'refused', why: 'unknown' });
    expect((await fetchAccount(world.app, 'jdoe')).identities).toMatchObject([
      { way: 'local', lastUsedAt: null },
      { way: 'oidc', lastUsedAt: world.app.now(), presented: { displayName: 'J. Doe' } },
    ]);
  });

  it('a locked, a disabled and a program’s account are refused, with why', async () => {
    await link(await world.person('jdoe', 'isso'));
    await lockAccount(world.app, 'jdoe', machine);
    expect(await come()).toEqual({ kind: 'refused', why: 'locked' });
    await disableAccount(world.app, 'jdoe', machine);
    expect(await come()).toEqual({ kind: 'refused', why: 'disabled' });
    expect((await world.events()).slice(-3)).toEqual([
      'sign_in_refused refused: locked',
      'account_disabled',
      'sign_in_refused refused: disabled',
    ]);
  });

  it('the notice comes first here, too', async () => {
    await using strict = await accountsWorld({ ...usualAccessSettings, bannerFile: 'banner.txt' });
    const without = await signInByIdentity(strict.app, proved(), { bannerAcknowledged: false });
    expect(without).toEqual({ kind: 'refused', why: 'banner' });
  });

  it('where accounts are made, ten first sign-ins at once make one, which may nothing by itself', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => come({ makesAccounts: true })));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'signed_in'));
    const account = await fetchAccount(world.app, 'jdoe');
    expect(account).toMatchObject({ displayName: 'J. Doe', createdBy: 'first sign-in by oidc', grants: [] });
    expect(account.identities).toMatchObject([{ way: 'oidc', subject: 'a1b2' }]);
    expect((await world.events()).filter((each) => each === 'account_added')).toHaveLength(1);
  });

  it('a made account never becomes another’s by its name', async () => {
    await world.person('jdoe', 'admin');
    expect(await come({ makesAccounts: true })).toEqual({ kind: 'refused', why: 'name_taken' });
    expect(await listUnknownIdentities(world.app.db, 10)).toMatchObject([{ why: 'name_taken' }]);
  });

  it.each([
    [{ name: 'jdoe@agency.example' }, 'jdoe@agency.example'],
    [{ name: 'J Doe <admin>' }, 'JDoeadmin'],
    [{ name: '../..' }, 'oidc-'],
    [{}, 'oidc-'],
  ])('an account is called as its person is there, where that can be a name: %j', (presented, name) => {
    const called = accountNameOf(proved({ presented }));
    expect(called).toMatch(name.startsWith('oidc-') ? /^oidc-[0-9a-f]{12}$/ : new RegExp(`^${name}$`));
  });
});
