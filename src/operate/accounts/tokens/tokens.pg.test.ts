import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, scopeFor } from '../../../canonical/access/index.ts';
import { type AccountsWorld, accountsWorld, address, machine } from '../accounts.test-support.ts';
import { findGrants, giveGrant, revokeGrant } from '../grants/grants.ts';
import { addAccount, lockAccount, unlockAccount } from '../people/people.ts';
import { authenticateToken, findTokens, makeToken, revokeToken } from './tokens.ts';
import { recordUsesElsewhere } from './uses-elsewhere.ts';

let world: AccountsWorld;
beforeAll(async () => {
  world = await accountsWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function robot(name: string): Promise<void> {
  await addAccount(world.app, { kind: 'service', name }, machine);
  await giveGrant(world.app, name, { gives: { role: 'isso' }, scope: everywhere }, machine);
}
const use = (token: string, from = address) => authenticateToken(world.app, token, { address: from });

describe('tokens', () => {
  it('a token may what it lists, where it says, as long as its owner may', async () => {
    await robot('reader');
    const scope = { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false } as const;
    const { token, row } = await makeToken(
      world.app,
      'reader',
      { name: 'nightly', permissions: ['poam:read', 'poam:write'], scope },
      machine,
    );
    expect(token).toMatch(/^tl_[0-9a-f]{12}_[\w-]{43}$/);
    const accepted = await use(token);
    if (accepted.kind !== 'accepted') throw new Error(accepted.why);
    const may = (permission: 'poam:read' | 'poam:write' | 'finding:read') =>
      scopeFor(accepted.actor, permission, world.app.now());
    expect([may('poam:read'), may('poam:write'), may('finding:read')]).toEqual([scope, scope, undefined]);
    expect((await findTokens(world.app, { account: 'reader' }, 10))[0]).toMatchObject({
      id: row.id,
      lastUsedAddress: address,
    });
    const [grant] = await findGrants(world.app, { account: 'reader' }, 10);
    await giveGrant(world.app, 'reader', { gives: { role: 'viewer' }, scope: everywhere }, machine);
    await revokeGrant(world.app, grant?.id ?? '', machine);
    const later = await use(token);
    if (later.kind !== 'accepted') throw new Error(later.why);
    expect(scopeFor(later.actor, 'poam:read', world.app.now())).toEqual(scope);
    expect(scopeFor(later.actor, 'poam:write', world.app.now())).toBeUndefined();
  });

  it('nothing of the secret is stored, neither in its row nor in the evidence', async () => {
    await robot('quiet');
    const { token } = await makeToken(world.app, 'quiet', { name: 'x', scope: everywhere }, machine);
    const secret = token.slice(16);
    const { rows } = await world.database.pool.query<{ all: string }>(
      `select (select jsonb_agg(to_jsonb(t)) from api_tokens t)::text || (select jsonb_agg(to_jsonb(e)) from security_events_extended e)::text as "all"`,
    );
    expect(rows[0]?.all).not.toContain(secret);
  });

  it('one that is unknown, altered, revoked, expired, of a locked owner or from elsewhere is refused', async () => {
    await robot('strict');
    const make = (more: object = {}) =>
      makeToken(world.app, 'strict', { name: 'x', scope: everywhere, ...more }, machine);
    const one = await make({ addresses: ['10.0.0.0/8', '2001:db8::/32'], days: 1 });
    const why = async (text: string, from?: string) => {
      const outcome = await use(text, from);
      return outcome.kind === 'refused' ? outcome.why : outcome.kind;
    };
    expect(await why(one.token, '10.1.2.3')).toBe('accepted');
    expect(await why(one.token, '::ffff:10.1.2.3')).toBe('accepted');
    expect(await why(one.token, '2001:db8::5')).toBe('accepted');
    expect(await why(one.token, '192.0.2.1')).toBe('address');
    expect(await why(`${one.token.slice(0, -1)}${one.token.endsWith('A') ? 'B' : 'A'}`, '10.1.2.3')).toBe(
      'unknown',
    );
    expect(await why('tl_nonsense')).toBe('unknown');
    await lockAccount(world.app, 'strict', machine);
    expect(await why(one.token, '10.1.2.3')).toBe('owner');
    await unlockAccount(world.app, 'strict', machine);
    world.pass(24 * 60);
    expect(await why(one.token, '10.1.2.3')).toBe('expired');
    const two = await make();
    await revokeToken(world.app, two.row.id, machine);
    expect(await why(two.token)).toBe('revoked');
    await expect(revokeToken(world.app, two.row.id, machine)).rejects.toMatchObject({
      code: 'TOKEN_UNKNOWN',
    });
    const events = await world.events();
    expect(events).toContain('token_used_elsewhere refused: address');
    expect(events).toContain('token_refused refused: expired');
  });

  it('a token that is used from a forbidden address again and again is one event at once and one for the hour, with how often', async () => {
    await robot('noisy');
    const { token, row } = await makeToken(
      world.app,
      'noisy',
      { name: 'x', scope: everywhere, addresses: ['10.0.0.0/8'] },
      machine,
    );
    const recorded = async () =>
      (
        await world.database.pool.query<{ address: string; details: object }>(
          `select host(address) as address, event_details as details from security_events_extended
            where event_type = 'token_used_elsewhere' and object_id = $1 order by id`,
          [row.id],
        )
      ).rows;
    await Promise.all(Array.from({ length: 7 }, () => use(token, '192.0.2.1')));
    await use(token, '192.0.2.2');
    const first = [
      { address: '192.0.2.1', details: {} },
      { address: '192.0.2.2', details: {} },
    ];
    expect(await recorded()).toEqual(first);
    const begun = world.app.now();
    world.pass(59);
    await recordUsesElsewhere(world.app);
    expect(await recorded()).toEqual(first);
    world.pass(1);
    await recordUsesElsewhere(world.app);
    await recordUsesElsewhere(world.app);
    const hour = [...first, { address: '192.0.2.1', details: { uses: 6, since: begun.toISOString() } }];
    expect(await recorded()).toEqual(hour);
    await use(token, '192.0.2.1');
    expect(await recorded()).toEqual([...hour, { address: '192.0.2.1', details: {} }]);
  });

  it('a token is refused that its owner could not use, lives too long, or names no address', async () => {
    await robot('owner');
    const make = (more: object) =>
      makeToken(world.app, 'owner', { name: 'x', scope: everywhere, ...more }, machine);
    await expect(make({ permissions: ['admin:users'] })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(make({ days: 366 })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(make({ addresses: ['10.0.0.0/33'] })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
