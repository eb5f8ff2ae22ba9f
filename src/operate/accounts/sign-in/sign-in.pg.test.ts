import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usualAccessSettings } from '../../../platform/config/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import {
  type AccountsWorld,
  accountsWorld,
  address,
  machine,
  rightPassword,
} from '../accounts.test-support.ts';
import { disableAccount, lockAccount, unlockAccount } from '../people/people.ts';
import { setPassword } from '../passwords/set-password.ts';
import type { SignedIn } from './begin-session.ts';
import {
  authenticateSession,
  endSession,
  findSessions,
  requireOpen,
  requireSteppedUp,
  signOut,
} from './sessions.ts';
import { requireGranted, signIn, type SignInOutcome } from './sign-in.ts';
import { stepUp } from './step-up.ts';

let world: AccountsWorld;
beforeEach(async () => {
  world = await accountsWorld();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const granted = (outcome: SignInOutcome): SignedIn => {
  const signedIn = requireGranted(outcome);
  if (signedIn.kind !== 'signed_in') throw new Error(`was asked for more: ${signedIn.kind}`);
  return signedIn;
};
const refused = { kind: 'refused', why: 'credentials' };

describe('signing in', () => {
  it('a right password opens a session, and says when the last one was and what failed since', async () => {
    await world.person('jdoe', 'isso');
    const first = granted(await world.signIn('JDoe'));
    expect(first).toMatchObject({
      lastSuccess: undefined,
      failuresSince: 0,
      actor: { name: 'jdoe', kind: 'person' },
    });
    world.pass(1);
    expect(await world.signIn('jdoe', 'not the right one at all', '192.0.2.99')).toEqual(refused);
    world.pass(1);
    const second = granted(await world.signIn('jdoe'));
    expect(second).toMatchObject({
      lastSuccess: { at: first.session.createdAt, address },
      failuresSince: 1,
      lastFailure: { address: '192.0.2.99' },
    });
    expect(await authenticateSession(world.app, second.cookie, { passive: false })).toMatchObject({
      kind: 'open',
      actor: { name: 'jdoe', grants: [{ gives: { role: 'isso' }, scope: { kind: 'everywhere' } }] },
      session: { address, agent: 'Test' },
    });
  });

  it('an unknown name, a wrong password and a locked or disabled account get the same answer, and the evidence says which', async () => {
    for (const name of ['wrong', 'locked', 'disabled']) await world.person(name);
    await lockAccount(world.app, 'locked', machine, 'left the team');
    await disableAccount(world.app, 'disabled', machine);
    expect(await world.signIn('nobody')).toEqual(refused);
    expect(await world.signIn('wrong', 'something else entirely')).toEqual(refused);
    expect(await world.signIn('locked')).toEqual(refused);
    expect(await world.signIn('disabled')).toEqual(refused);
    expect((await world.events()).filter((each) => each.startsWith('sign_in'))).toEqual([
      'sign_in_refused refused: unknown',
      'sign_in_refused refused: wrong',
      'sign_in_refused refused: locked',
      'sign_in_refused refused: disabled',
    ]);
    const { rows } = await world.database.pool.query(
      `select count(*)::int as n from security_events_extended where event_details::text || coalesce(principal_name, '') like '%nobody%'`,
    );
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('the third wrong password locks, also the right one is refused then, until somebody releases the account', async () => {
    await world.person('jdoe');
    for (let n = 0; n < 3; n += 1)
      expect(await world.signIn('jdoe', 'wrong wrong wrong wrong')).toEqual(refused);
    world.pass(60 * 24);
    expect(await world.signIn('jdoe')).toEqual(refused);
    await unlockAccount(world.app, 'jdoe', machine);
    expect(granted(await world.signIn('jdoe')).failuresSince).toBe(4);
    expect(await world.events()).toContain('account_locked');
  });

  it('with lock_minutes the account is free again after them, and wrong passwords of more than 15 minutes ago do not count', async () => {
    await using timed = await accountsWorld({ ...usualAccessSettings, lockMinutes: 30 });
    await timed.person('jdoe');
    for (let n = 0; n < 2; n += 1) await timed.signIn('jdoe', 'wrong wrong wrong wrong');
    timed.pass(16);
    await timed.signIn('jdoe', 'wrong wrong wrong wrong');
    expect(granted(await timed.signIn('jdoe')).failuresSince).toBe(3);
    timed.pass(1);
    for (let n = 0; n < 3; n += 1) await timed.signIn('jdoe', 'wrong wrong wrong wrong');
    timed.pass(29);
    expect(await timed.signIn('jdoe')).toEqual(refused);
    timed.pass(2);
    expect((await timed.signIn('jdoe')).kind).toBe('signed_in');
  });

  it('many wrong passwords at once are each counted, and lock once', async () => {
    await world.person('jdoe');
    const tries = await Promise.all(
      Array.from({ length: 8 }, (_, n) => world.signIn('jdoe', 'wrong wrong wrong wrong', `198.51.100.${n}`)),
    );
    expect(tries).toEqual(Array.from({ length: 8 }, () => refused));
    const events = await world.events();
    expect(events.filter((each) => each === 'account_locked')).toHaveLength(1);
    expect(events.filter((each) => each.endsWith(': wrong'))).toHaveLength(3);
    expect(events.filter((each) => each.endsWith(': locked'))).toHaveLength(5);
  });

  it('an address is refused after ten sign-ins in a minute, whatever the names, without a look at the password', async () => {
    await world.person('jdoe');
    for (let n = 0; n < 10; n += 1) expect(await world.signIn(`nobody-${n}`)).toEqual(refused);
    expect(await world.signIn('jdoe')).toEqual({ kind: 'refused', why: 'limited' });
    expect((await world.signIn('jdoe', rightPassword, '192.0.2.8')).kind).toBe('signed_in');
    world.pass(2);
    expect((await world.signIn('jdoe')).kind).toBe('signed_in');
  });

  it('where there is a banner, it must be acknowledged first', async () => {
    await using world2 = await accountsWorld({ ...usualAccessSettings, bannerFile: 'banner.txt' });
    await world2.person('jdoe');
    const asked = { name: 'jdoe', password: new Secret(rightPassword) };
    const without = await signIn(world2.app, { ...asked, bannerAcknowledged: false });
    expect(() => requireGranted(without)).toThrow(
      expect.objectContaining({ code: 'BANNER_NOT_ACKNOWLEDGED' }),
    );
    await signIn(world2.app, { ...asked, bannerAcknowledged: true });
    expect(await world2.events()).toContain('banner_acknowledged');
  });

  it('where the evidence cannot be written, nobody is signed in', async () => {
    await world.person('jdoe');
    await world.database.pool.query(
      `alter table security_events_extended add constraint full_disk check (event_type <> 'sign_in')`,
    );
    await expect(world.signIn('jdoe')).rejects.toThrow('full_disk');
    expect(await findSessions(world.app)).toEqual([]);
  });
});

describe('sessions', () => {
  const stateOf = async (cookie: string, passive = false): Promise<string> => {
    const outcome = await authenticateSession(world.app, cookie, { passive });
    return outcome.kind === 'ended' ? outcome.why : outcome.kind;
  };

  it('a session ends after 15 minutes without activity; what the page asks by itself is none', async () => {
    await world.person('jdoe', 'analyst');
    const { cookie } = granted(await world.signIn('jdoe'));
    world.pass(14);
    expect(await stateOf(cookie)).toBe('open');
    world.pass(14);
    expect(await stateOf(cookie, true)).toBe('open');
    world.pass(2);
    expect(await stateOf(cookie)).toBe('idle');
    expect(await stateOf(cookie)).toBe('idle');
    expect((await world.events()).filter((each) => each === 'session_ended')).toHaveLength(1);
    expect(await stateOf('never-was')).toBe('unknown');
  });

  it('who may approve is signed out after 10 minutes, and everybody after 12 hours', async () => {
    await world.person('issm', 'issm');
    await world.person('jdoe', 'analyst');
    const privileged = granted(await world.signIn('issm'));
    const usual = granted(await world.signIn('jdoe'));
    world.pass(11);
    expect(await stateOf(privileged.cookie)).toBe('idle');
    for (let minutes = 11; minutes < 12 * 60; minutes += 10) {
      expect(await stateOf(usual.cookie)).toBe('open');
      world.pass(10);
    }
    expect(await stateOf(usual.cookie)).toBe('too_old');
  });

  it('a fourth session ends the oldest, a third of who is privileged does, also when they begin at once', async () => {
    await world.person('jdoe', 'analyst');
    await world.person('boss', 'ao');
    for (const [name, most] of [
      ['jdoe', 3],
      ['boss', 2],
    ] as const) {
      const first = granted(await world.signIn(name));
      world.pass(1);
      await Promise.all(Array.from({ length: most }, () => world.signIn(name)));
      expect(await stateOf(first.cookie)).toBe('too_many');
      const open = await findSessions(world.app);
      expect(open.filter((each) => each.principal === name)).toHaveLength(most);
    }
  });

  it('a locked person is out at once', async () => {
    await world.person('jdoe', 'isso');
    const { cookie } = granted(await world.signIn('jdoe'));
    await lockAccount(world.app, 'jdoe', machine);
    expect(await stateOf(cookie)).toBe('locked');
  });

  it('signing out ends it, and an administrator or its person ends one by its id', async () => {
    const id = await world.person('jdoe', 'isso');
    const one = granted(await world.signIn('jdoe'));
    const other = granted(await world.signIn('jdoe'));
    expect(await signOut(world.app, one.cookie, { way: 'session', actor: one.actor })).toBe(true);
    expect(await stateOf(one.cookie)).toBe('signed_out');
    expect(
      await endSession(world.app, other.session.id, machine, '00000000-0000-0000-0000-000000000000'),
    ).toBe(false);
    expect(await endSession(world.app, other.session.id, machine, id)).toBe(true);
    const ended = await authenticateSession(world.app, other.cookie, { passive: false });
    expect(() => requireOpen(ended)).toThrow(expect.objectContaining({ code: 'SESSION_ENDED' }));
    expect(() => requireOpen({ kind: 'unknown' })).toThrow(
      expect.objectContaining({ code: 'NOT_SIGNED_IN' }),
    );
  });

  it('a step-up gives the session a new cookie and five minutes; wrong passwords lock as at sign-in', async () => {
    await world.person('jdoe', 'issm');
    const { cookie, session } = granted(await world.signIn('jdoe'));
    expect(() => requireSteppedUp(world.app, session)).not.toThrow();
    world.pass(6);
    expect(() => requireSteppedUp(world.app, session)).toThrow(
      expect.objectContaining({ code: 'STEP_UP_NEEDED' }),
    );
    const up = await stepUp(world.app, cookie, { password: new Secret(rightPassword), address });
    if (up.kind !== 'open') throw new Error(up.kind);
    expect(() => requireSteppedUp(world.app, up.session)).not.toThrow();
    expect(up.session.id).toBe(session.id);
    expect(await stateOf(cookie)).toBe('unknown');
    expect(await stateOf(up.cookie)).toBe('open');
    for (let n = 0; n < 3; n += 1)
      expect(await stepUp(world.app, up.cookie, { password: new Secret('wrong wrong wrong wrong') })).toEqual(
        refused,
      );
    expect(await stateOf(up.cookie)).toBe('locked');
  });

  it('a new password ends the other sessions, and neither it nor the last five may be taken again', async () => {
    await world.person('jdoe', 'isso');
    const mine = granted(await world.signIn('jdoe'));
    const other = granted(await world.signIn('jdoe'));
    const by = { way: 'session', actor: mine.actor } as const;
    const change = (password: string) =>
      setPassword(
        world.app,
        'jdoe',
        { password: new Secret(password), mustChange: false, keepsSession: mine.session.id },
        by,
      );
    await change('Another quartz umbrella 1');
    expect([await stateOf(mine.cookie), await stateOf(other.cookie)]).toEqual(['open', 'password_changed']);
    await expect(change(rightPassword)).rejects.toMatchObject({ code: 'PASSWORD_REFUSED' });
    for (let n = 2; n < 6; n += 1) await change(`Another quartz umbrella ${n}`);
    await change(rightPassword);
    expect((await world.signIn('jdoe')).kind).toBe('signed_in');
  });
});
