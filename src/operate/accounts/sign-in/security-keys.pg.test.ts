/** Security keys at sign-in: what a forged, replayed or copied one comes to. With a browser: test/browser/second-factor.proof.ts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usualAccessSettings } from '../../../platform/config/index.ts';
import { type AccountsWorld, accountsWorld, address } from '../accounts.test-support.ts';
import { beginKey, confirmKey, type Own } from '../factors/set-up.ts';
import { type Signing, softwareKey, type SoftwareKey } from '../factors/software-key.test-support.ts';
import { askKeyForTicket, finishSignIn, type SecondFactorAsked } from './second-step.ts';
import { authenticateSession } from './sessions.ts';
import { askKeyForStepUp, stepUp } from './step-up.ts';

const consoleUrl = 'https://tieline.example';
const party = 'tieline.example';
const refused = { kind: 'refused', why: 'factor' };

let world: AccountsWorld;
let key: SoftwareKey;
let own: Own;
let cookie: string;
beforeEach(async () => {
  world = await accountsWorld({ ...usualAccessSettings, consoleUrl, lockAfter: 20, signInsPerMinute: 1000 });
  await world.person('jdoe', 'analyst');
  const first = await world.signIn('jdoe');
  if (first.kind !== 'signed_in') throw new Error(first.kind);
  own = { session: first.session, by: { way: 'session', actor: first.actor } };
  ({ cookie } = first);
  key = softwareKey();
  await add(key, 'blue key');
});
afterEach(() => world[Symbol.asyncDispose]());

async function add(made: SoftwareKey, name: string, as: Partial<Signing> = {}) {
  const { challenge } = await beginKey(world.app, own, undefined);
  const attestation = made.attest({ challenge, origin: consoleUrl, party, count: 1, ...as });
  return confirmKey(world.app, own, { name, attestation, host: undefined });
}
async function asked(): Promise<SecondFactorAsked> {
  const outcome = await world.signIn('jdoe');
  if (outcome.kind !== 'second_factor') throw new Error(outcome.kind);
  return outcome;
}
/** Signs in with what the key signs. @param as in what it differs from what is right. */
async function enter(as: Partial<Signing>, by = key, step?: SecondFactorAsked) {
  const { ticket, browser } = step ?? (await asked());
  const { challenge } = await askKeyForTicket(world.app, { ticket, browser });
  const assertion = by.sign({ challenge, origin: consoleUrl, party, count: 2, ...as });
  const held = { ticket, browser, address };
  return {
    held,
    assertion,
    outcome: await finishSignIn(world.app, { ...held, proof: { kind: 'webauthn', assertion } }),
  };
}
const whys = async (): Promise<string[]> =>
  (await world.events())
    .filter((each) => each.startsWith('second_factor_refused'))
    .map((each) => each.replace('second_factor_refused refused: ', ''));

describe('security keys', () => {
  it('what the key signs for this server completes the sign-in', async () => {
    expect((await enter({})).outcome.kind).toBe('signed_in');
  });

  it.each<[string, Partial<Signing>, RegExp]>([
    ['signed on a page of another origin', { origin: 'https://tieline.example.evil' }, /origin/],
    ['signed for another name', { party: 'evil.example' }, /RP ID/],
    ['signed for another question', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, /challenge/],
    ['of a key that did not make sure of its person', { isVerified: false }, /verified/],
    ['of a registration', { type: 'webauthn.create' }, /type/],
  ])('one %s is refused, and the log says so', async (_what, as, why) => {
    expect((await enter(as)).outcome).toEqual(refused);
    expect(await whys()).toEqual([expect.stringMatching(why)]);
  });

  it('what was signed once is worth nothing again, with the same ticket, with another, or with another question', async () => {
    const { held, assertion, outcome } = await enter({});
    expect(outcome.kind).toBe('signed_in');
    const proof = { kind: 'webauthn', assertion } as const;
    expect(await finishSignIn(world.app, { ...held, proof })).toEqual({ kind: 'refused', why: 'stale' });
    const { ticket, browser } = await asked();
    expect(await finishSignIn(world.app, { ticket, browser, proof })).toEqual(refused);
    await askKeyForTicket(world.app, { ticket, browser });
    expect(await finishSignIn(world.app, { ticket, browser, proof })).toEqual(refused);
    expect(await whys()).toEqual(['no open question for a security key', expect.stringMatching(/challenge/)]);
  });

  it('a question is answered once, rightly or not', async () => {
    const step = await asked();
    const wrong = await enter({ origin: 'https://evil.example' }, key, step);
    expect(wrong.outcome).toEqual(refused);
    const { challenge } = JSON.parse(
      Buffer.from(wrong.assertion.response.clientDataJSON, 'base64url').toString(),
    ) as { challenge: string };
    const assertion = key.sign({ challenge, origin: consoleUrl, party, count: 3 });
    expect(await finishSignIn(world.app, { ...wrong.held, proof: { kind: 'webauthn', assertion } })).toEqual(
      refused,
    );
  });

  it('a counter that does not rise is a copy of the key, and is refused', async () => {
    expect((await enter({ count: 9 })).outcome.kind).toBe('signed_in');
    for (const count of [9, 8, 1]) expect((await enter({ count })).outcome).toEqual(refused);
    expect((await whys()).every((why) => /counter/.test(why))).toBe(true);
    expect((await enter({ count: 10 })).outcome.kind).toBe('signed_in');
  });

  it('the key of somebody else, and one that nobody has, are refused', async () => {
    const mine = { own, key };
    await world.person('other', 'analyst');
    const outcome = await world.signIn('other');
    if (outcome.kind !== 'signed_in') throw new Error(outcome.kind);
    own = { session: outcome.session, by: { way: 'session', actor: outcome.actor } };
    const others = softwareKey();
    await add(others, 'the key of other');
    ({ own } = mine);
    for (const by of [others, softwareKey()]) expect((await enter({}, by)).outcome).toEqual(refused);
  });

  it('a ticket that was stolen without its cookie gets no question', async () => {
    const { ticket } = await asked();
    for (const browser of [undefined, 'another'])
      await expect(askKeyForTicket(world.app, { ticket, browser })).rejects.toMatchObject({
        code: 'SIGN_IN_STALE',
      });
  });

  it('a key steps a session up alone; what was asked for another session does not', async () => {
    const question = async (session = own.session) =>
      (await askKeyForStepUp(world.app, session, undefined)).challenge;
    const proof = (challenge: string, count: number) =>
      ({ kind: 'webauthn', assertion: key.sign({ challenge, origin: consoleUrl, party, count }) }) as const;
    const other = await enter({ count: 2 });
    if (other.outcome.kind !== 'signed_in') throw new Error(other.outcome.kind);
    const elsewhere = await question(other.outcome.session);
    expect(await stepUp(world.app, cookie, { factor: proof(elsewhere, 3) })).toEqual(refused);
    const up = await stepUp(world.app, cookie, { factor: proof(await question(), 4) });
    expect(up.kind).toBe('open');
    expect((await authenticateSession(world.app, cookie, { passive: true })).kind).toBe('unknown');
  });

  it.each<[string, Partial<Signing>]>([
    ['on a page of another origin', { origin: 'https://evil.example' }],
    ['for another name', { party: 'evil.example' }],
    ['for another question', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['without making sure of its person', { isVerified: false }],
  ])('a key that was made %s is not added', async (_what, as) => {
    await expect(add(softwareKey(), 'evil', as)).rejects.toMatchObject({ code: 'FACTOR_NOT_CONFIRMED' });
  });

  it('the same key is not added twice, and without a name of the server there are no keys', async () => {
    await expect(add(key, 'again')).rejects.toMatchObject({ code: 'FACTOR_NOT_CONFIRMED' });
    const nameless = { ...world.app, access: { ...usualAccessSettings, consoleUrl: undefined } };
    await expect(beginKey(nameless, own, 'evil.example')).rejects.toMatchObject({
      code: 'WEBAUTHN_UNAVAILABLE',
    });
  });
});
