/** The second step of a sign-in, over a real database, with what attacks on it come to. Security keys: test/browser/second-factor.proof.ts. */
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
import type { FactorProof } from '../factors/check-factor.ts';
import { fetchOwnFactors } from '../factors/own-factors.ts';
import { resetFactors } from '../factors/reset-factors.ts';
import { beginApp, confirmApp, makeRecoveryCodes, type Own, removeFactor } from '../factors/set-up.ts';
import { bytesOfBase32, codeOfStep, stepAt } from '../factors/totp.ts';
import { hashPassword } from '../passwords/password-hash.ts';
import { lockAccount, unlockAccount } from '../people/people.ts';
import type { SignedIn } from './begin-session.ts';
import { finishSignIn, type SecondFactorAsked } from './second-step.ts';
import { authenticateSession, findSessions } from './sessions.ts';
import { requireGranted } from './sign-in.ts';
import { fetchSignInRules } from './sign-in-rules.ts';
import { stepUp } from './step-up.ts';

let world: AccountsWorld;
beforeEach(async () => {
  world = await accountsWorld({ ...usualAccessSettings, signInsPerMinute: 1000 });
});
afterEach(() => world[Symbol.asyncDispose]());

const refused = { kind: 'refused', why: 'factor' };
const totp = (code: string): FactorProof => ({ kind: 'totp', code: new Secret(code) });
const recovery = (code: string): FactorProof => ({ kind: 'recovery', code: new Secret(code) });

/** The code that an app shows so many steps from now. */
const codeFor = (key: string, steps = 0): string =>
  codeOfStep(bytesOfBase32(key), stepAt(world.app.now()) + steps);

async function entered(name: string): Promise<SignedIn> {
  const outcome = await world.signIn(name);
  if (outcome.kind !== 'signed_in') throw new Error(outcome.kind);
  return outcome;
}
async function asked(name = 'jdoe'): Promise<SecondFactorAsked> {
  const outcome = await world.signIn(name);
  if (outcome.kind !== 'second_factor') throw new Error(outcome.kind);
  return outcome;
}
const finish = ({ ticket, browser }: SecondFactorAsked, proof: FactorProof, from = browser) =>
  finishSignIn(world.app, { ticket, browser: from, proof, address, agent: 'Test' });
const ownOf = ({ session, actor }: SignedIn): Own => ({ session, by: { way: 'session', actor } });

/** jdoe, with an app. The clock moves on, so that its code was not used yet. */
async function withApp(...roles: Parameters<AccountsWorld['person']>[1][]): Promise<{
  key: string;
  codes: readonly string[];
  first: SignedIn;
}> {
  await world.person('jdoe', ...roles);
  const first = await entered('jdoe');
  const { key } = await beginApp(world.app, ownOf(first));
  const added = await confirmApp(world.app, ownOf(first), new Secret(codeFor(key)));
  world.pass(1);
  return { key, codes: added.recoveryCodes ?? [], first };
}

describe('the second step', () => {
  it('a right password yields a ticket and no session; the right code completes it', async () => {
    const { key } = await withApp('analyst');
    const before = await findSessions(world.app);
    const step = await asked();
    expect(step.held).toEqual({ totp: true, keys: 0 });
    expect(await findSessions(world.app)).toHaveLength(before.length);
    const done = await finish(step, totp(codeFor(key)));
    expect(done).toMatchObject({ kind: 'signed_in', actor: { name: 'jdoe' }, mustSetUpFactor: false });
    expect(await world.events()).toEqual(
      expect.arrayContaining(['second_factor_asked', 'factor_added', 'recovery_codes_made']),
    );
  });

  it('an old hash of the password is renewed by a right password, though a second factor is asked for', async () => {
    await withApp('analyst');
    await world.database.pool.query(`update principal_secrets set phc = $1`, [
      await hashPassword(new Secret(rightPassword), true),
    ]);
    await asked();
    const { rows } = await world.database.pool.query<{ phc: string }>(`select phc from principal_secrets`);
    expect(rows.map(({ phc }) => phc.split('$')[1])).toEqual(['argon2id']);
    expect((await asked()).kind).toBe('second_factor');
  });

  it('a code is good once, also within its half minute, and an earlier one is none any more', async () => {
    const { key } = await withApp('analyst');
    const code = codeFor(key, 1);
    expect((await finish(await asked(), totp(code))).kind).toBe('signed_in');
    expect(await finish(await asked(), totp(code))).toEqual(refused);
    expect(await finish(await asked(), totp(codeFor(key)))).toEqual(refused);
    expect(await world.events()).toContain('second_factor_refused refused: code used before');
  });

  it('two requests at once with the same code: one is signed in', async () => {
    const { key } = await withApp('analyst');
    const steps = [await asked(), await asked()];
    const outcomes = await Promise.all(steps.map((step) => finish(step, totp(codeFor(key)))));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['refused', 'signed_in']);
  });

  it('a ticket is worth nothing in another browser, which is recorded, nor a second time, nor after five minutes', async () => {
    const { key } = await withApp('analyst');
    const step = await asked();
    for (const other of ['another cookie', '', undefined])
      expect(
        await finishSignIn(world.app, { ticket: step.ticket, browser: other, proof: totp(codeFor(key)) }),
      ).toEqual({
        kind: 'refused',
        why: 'stale',
      });
    expect(await world.events()).toContain('second_factor_refused refused: ticket of another browser');
    expect((await finish(step, totp(codeFor(key)))).kind).toBe('signed_in');
    world.pass(1);
    expect(await finish(step, totp(codeFor(key)))).toEqual({ kind: 'refused', why: 'stale' });
    const late = await asked();
    world.pass(6);
    expect(await finish(late, totp(codeFor(key)))).toEqual({ kind: 'refused', why: 'stale' });
    expect(() => requireGranted({ kind: 'refused', why: 'stale' })).toThrow(
      expect.objectContaining({ code: 'SIGN_IN_STALE' }),
    );
  });

  it('wrong codes lock the account as wrong passwords do, and giving the password again does not wipe the count', async () => {
    const { key } = await withApp('analyst');
    for (let n = 0; n < 3; n += 1) expect(await finish(await asked(), totp('000000'))).toEqual(refused);
    expect((await world.signIn('jdoe')).kind).toBe('refused');
    expect(await world.events()).toContain('account_locked');
    await unlockAccount(world.app, 'jdoe', machine);
    expect((await finish(await asked(), totp(codeFor(key)))).kind).toBe('signed_in');
  });

  it('the right code of a locked account is refused with the same words, and is not used up', async () => {
    const { key } = await withApp('analyst');
    const step = await asked();
    await lockAccount(world.app, 'jdoe', machine);
    expect(await finish(step, totp(codeFor(key)))).toEqual(refused);
    await unlockAccount(world.app, 'jdoe', machine);
    expect((await finish(step, totp(codeFor(key)))).kind).toBe('signed_in');
  });

  it('a sealed key that is moved to another account opens nothing', async () => {
    const { key } = await withApp('analyst');
    await world.person('other', 'analyst');
    await world.database.pool.query(
      `update second_factors set principal_id = (select id from principals where name = 'other')`,
    );
    const step = await asked('other');
    await expect(finish(step, totp(codeFor(key)))).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
  });

  it('what is stored of the app and the codes does not hold them in the clear', async () => {
    const { key, codes } = await withApp('analyst');
    const { rows } = await world.database.pool.query<{ text: string }>(
      `select (select string_agg(f::text, '') from second_factors f) || (select string_agg(c::text, '') from recovery_codes c)
           || (select string_agg(e::text, '') from security_events_extended e) as text`,
    );
    for (const secret of [key, ...codes, codes[0]?.replaceAll('-', '') ?? key])
      expect(rows[0]?.text).not.toContain(secret);
  });
});

describe('recovery codes', () => {
  it('each signs in once, however it is typed, and the event says how many are left', async () => {
    const { codes } = await withApp('analyst');
    const [code = ''] = codes;
    expect((await finish(await asked(), recovery(code.toLowerCase().replaceAll('-', ' ')))).kind).toBe(
      'signed_in',
    );
    expect(await finish(await asked(), recovery(code))).toEqual(refused);
    const { rows } = await world.database.pool.query<{ left: number }>(
      `select (event_details->>'left')::int as left from security_events_extended where event_type = 'recovery_code_used'`,
    );
    expect(rows).toEqual([{ left: 9 }]);
  });

  it('a new set makes the former one void', async () => {
    const { codes, first } = await withApp('analyst');
    const fresh = await makeRecoveryCodes(world.app, ownOf(first));
    expect(fresh).toHaveLength(10);
    expect(await finish(await asked(), recovery(codes[1] ?? ''))).toEqual(refused);
    expect((await finish(await asked(), recovery(fresh[0] ?? ''))).kind).toBe('signed_in');
  });
});

describe('who must have a second factor', () => {
  it('a privileged person without one is signed in to set one up, and an analyst is not asked', async () => {
    await world.person('boss', 'issm');
    await world.person('jdoe', 'analyst');
    expect(await entered('boss')).toMatchObject({ mustSetUpFactor: true });
    expect(await entered('jdoe')).toMatchObject({ mustSetUpFactor: false });
  });

  it('whoever becomes privileged within a session must set one up from then on', async () => {
    const id = await world.person('jdoe', 'analyst');
    const { cookie } = await entered('jdoe');
    const mustSetUp = async () => {
      const outcome = await authenticateSession(world.app, cookie, { passive: true });
      return outcome.kind === 'open' && outcome.mustSetUpFactor;
    };
    expect(await mustSetUp()).toBe(false);
    await world.database.pool.query(`update grants set role = 'admin' where principal_id = $1`, [id]);
    expect(await mustSetUp()).toBe(true);
  });

  it('the first factor ends sessions that began by the password alone, and keeps the one it was set up in', async () => {
    await world.person('jdoe', 'issm');
    const other = await entered('jdoe');
    const first = await entered('jdoe');
    const { key } = await beginApp(world.app, ownOf(first));
    await confirmApp(world.app, ownOf(first), new Secret(codeFor(key)));
    const stateOf = async ({ cookie }: SignedIn) =>
      (await authenticateSession(world.app, cookie, { passive: true })).kind;
    expect([await stateOf(other), await stateOf(first)]).toEqual(['ended', 'open']);
  });

  it('a wrong code does not confirm an app, and the last factor of who must have one stays', async () => {
    await world.person('jdoe', 'issm');
    const first = await entered('jdoe');
    const { key } = await beginApp(world.app, ownOf(first));
    await expect(confirmApp(world.app, ownOf(first), new Secret('000000'))).rejects.toMatchObject({
      code: 'FACTOR_NOT_CONFIRMED',
    });
    const { id } = await confirmApp(world.app, ownOf(first), new Secret(codeFor(key)));
    const own = { ...ownOf(first), isRequired: true };
    await expect(removeFactor(world.app, own, id)).rejects.toMatchObject({ code: 'FACTOR_NEEDED' });
    await removeFactor(world.app, { ...own, isRequired: false }, id);
    expect(await fetchOwnFactors(world.app, first.session.principalId)).toEqual({
      factors: [],
      recoveryCodes: null,
    });
  });

  it('an administrator takes the factors away: sessions and tickets end, and it is recorded by whom', async () => {
    const { key, first } = await withApp('issm');
    const step = await asked();
    await resetFactors(world.app, 'jdoe', machine, 'lost the phone');
    expect(await finish(step, totp(codeFor(key)))).toEqual({ kind: 'refused', why: 'stale' });
    expect((await authenticateSession(world.app, first.cookie, { passive: true })).kind).toBe('ended');
    expect(await entered('jdoe')).toMatchObject({ mustSetUpFactor: true });
    expect(await world.events()).toContain('factor_reset');
  });
});

describe('the mail about second factors that were taken away', () => {
  const mails = async () => {
    const { rows } = await world.database.pool.query<{ event: string; recipient: string; said: string }>(
      `select event, recipient, content::text as said from alert_deliveries`,
    );
    return rows;
  };

  it('goes to the person in the same step, and is not written where there is no address or no channel for mail', async () => {
    await withApp('analyst');
    await resetFactors(world.app, 'jdoe', machine);
    await world.database.pool.query(
      `update principals set email = 'jdoe@agency.example' where name = 'jdoe'`,
    );
    await resetFactors(world.app, 'jdoe', machine);
    expect(await mails()).toEqual([]);
    await world.database.pool.query(
      `insert into alert_channels (name, kind, settings, least_severity, is_enabled, changed_by, changed_at)
       values ('mail', 'email', '{}', 'Info', true, 'root', now())`,
    );
    await resetFactors(world.app, 'jdoe', machine, 'lost the phone');
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ event: 'account', recipient: 'jdoe@agency.example' });
    expect(mail?.said).toMatch(/second factors of your account were taken away.*By root/);
    // What the administrator wrote is for the log.
    expect(mail?.said).not.toContain('lost the phone');
  });
});

describe('stepping up', () => {
  it('the password alone is not enough for who has a factor, and password with code is', async () => {
    const { key, first } = await withApp('issm');
    const password = new Secret(rightPassword);
    await expect(stepUp(world.app, first.cookie, { password })).rejects.toMatchObject({
      code: 'SECOND_FACTOR_NEEDED',
    });
    await expect(stepUp(world.app, first.cookie, { factor: totp(codeFor(key)) })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect(await stepUp(world.app, first.cookie, { password, factor: totp('000000') })).toEqual(refused);
    const up = await stepUp(world.app, first.cookie, { password, factor: totp(codeFor(key)) });
    expect(up.kind).toBe('open');
    expect((await authenticateSession(world.app, first.cookie, { passive: true })).kind).toBe('unknown');
  });

  it('wrong codes of a session lock the account, though the password was right each time', async () => {
    const { first } = await withApp('issm');
    const password = new Secret(rightPassword);
    for (let n = 0; n < 3; n += 1)
      expect(await stepUp(world.app, first.cookie, { password, factor: totp('000000') })).toEqual(refused);
    expect(await authenticateSession(world.app, first.cookie, { passive: true })).toMatchObject({
      why: 'locked',
    });
  });
});

describe('the rules of sign-in', () => {
  it('are told as they are in force, with who may approve or administer by the password alone', async () => {
    await world.person('boss', 'issm');
    await world.person('analyst', 'analyst');
    await withApp('admin');
    const { ways, rules, withoutFactor } = await fetchSignInRules(world.app);
    expect(ways).toEqual([{ way: 'local', title: 'Name and password' }]);
    expect(withoutFactor).toEqual(['boss']);
    const of = (key: string) => rules.find((rule) => rule.key === key);
    expect(of('second_factor')).toMatchObject({ value: 'privileged', isDefault: true });
    expect(of('sign_ins_per_minute')).toMatchObject({
      value: 1000,
      isDefault: false,
      env: 'TIELINE_SIGN_INS_PER_MINUTE',
    });
    expect(of('banner_file')).toMatchObject({ value: null, isDefault: true });
  });
});
