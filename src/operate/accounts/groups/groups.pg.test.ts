import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heldBy } from '../../../canonical/access/index.ts';
import { usualAccessSettings } from '../../../platform/config/index.ts';
import { type AccountsWorld, accountsWorld, address, machine } from '../accounts.test-support.ts';
import { revokeGrant } from '../grants/grants.ts';
import { linkIdentity, unlinkIdentity } from '../identities/link-identity.ts';
import { actorOf } from '../people/actor.ts';
import { fetchAccount } from '../people/people.ts';
import { authenticateSession } from '../sign-in/sessions.ts';
import { signInByIdentity } from '../sign-in/sign-in-by-identity.ts';
import { makeToken, authenticateToken } from '../tokens/tokens.ts';
import { findGroupGrants, giveGroupGrant, revokeGroupGrant } from './group-grants.ts';

const issuer = 'https://login.example';
let world: AccountsWorld;
beforeEach(async () => {
  world = await accountsWorld({ ...usualAccessSettings, oidcIssuer: issuer });
});
afterEach(() => world[Symbol.asyncDispose]());

const come = async (groups: readonly string[] | undefined, subject = 'a1') => {
  const outcome = await signInByIdentity(
    world.app,
    { way: 'oidc', issuer, subject, presented: { name: `p-${subject}` }, groups, makesAccounts: true },
    { address, bannerAcknowledged: true },
  );
  if (outcome.kind !== 'signed_in') throw new Error(outcome.why);
  return outcome;
};
const everywhere = { kind: 'everywhere' } as const;
const give = (group: string, role: 'isso' | 'viewer' | 'admin') =>
  giveGroupGrant(world.app, { group, gives: { role }, scope: everywhere }, machine);
const rolesOf = async (name = 'p-a1'): Promise<string[]> =>
  (await fetchAccount(world.app, name)).grants
    .map(({ role }) => role ?? '')
    .toSorted((one, other) => one.localeCompare(other));
const may = async (permission: 'poam:write', name = 'p-a1'): Promise<boolean> => {
  const actor = await actorOf(world.app, name);
  return actor !== undefined && heldBy(actor, world.app.now()).has(permission);
};

describe('what groups give', () => {
  it('a member has it at the sign-in, and at once where the group is given it later; another issuer’s group gives nothing', async () => {
    await give('isso', 'isso');
    await giveGroupGrant(
      world.app,
      { group: 'staff', issuer: 'https://other.example', gives: { role: 'admin' }, scope: everywhere },
      machine,
    );
    const { actor } = await come(['isso', 'staff']);
    expect(actor.grants).toMatchObject([{ gives: { role: 'isso' } }]);
    expect(await give('staff', 'viewer')).toMatchObject({
      accounts: 1,
      grant: { group: 'staff', members: 1 },
    });
    expect(await rolesOf()).toEqual(['isso', 'viewer']);
    // Both may be of one instant: their order is not said.
    const { grants } = await fetchAccount(world.app, 'p-a1');
    expect(grants.map(({ source, reason }) => `${source} ${reason}`).toSorted()).toEqual([
      'group group isso',
      'group group staff',
    ]);
  });

  it('a group that is gone takes its grants along at the next sign-in, and the log says so', async () => {
    await give('isso', 'isso');
    await give('staff', 'viewer');
    await come(['isso', 'staff']);
    await come(['staff']);
    expect(await rolesOf()).toEqual(['viewer']);
    await come([]);
    expect(await rolesOf()).toEqual([]);
    const { rows } = await world.database.pool.query<{ details: object }>(
      `select event_details as details from security_events_extended where event_type = 'groups_changed' order by id`,
    );
    expect(rows.map(({ details }) => details)).toMatchObject([
      { joined: ['isso', 'staff'], left: [], given: [{ gives: 'isso' }, { gives: 'viewer' }] },
      { joined: [], left: ['isso'], ended: [{ group: 'isso', gives: 'isso' }] },
      { left: ['staff'] },
    ]);
  });

  it('a way that knows no groups leaves them as they are', async () => {
    await give('isso', 'isso');
    await come(['isso']);
    await come(undefined);
    expect(await rolesOf()).toEqual(['isso']);
  });

  it('taking a grant from a group takes it from every member at once, also from open sessions', async () => {
    const { grant } = await give('isso', 'isso');
    const { cookie } = await come(['isso']);
    await come(['isso'], 'b2');
    expect(await findGroupGrants(world.app, 10)).toMatchObject([{ group: 'isso', members: 2 }]);
    expect(await revokeGroupGrant(world.app, grant.id.slice(0, 8), machine, 'no more')).toMatchObject({
      accounts: 2,
    });
    const open = await authenticateSession(world.app, cookie, { passive: true });
    expect(open).toMatchObject({ kind: 'open', actor: { grants: [] } });
    expect(await findGroupGrants(world.app, 10)).toEqual([]);
  });

  it('what a group gives rests a day after the last sign-in, also for tokens, and comes back with the next', async () => {
    await give('isso', 'isso');
    await come(['isso']);
    const { token } = await makeToken(world.app, 'p-a1', { name: 'mine', scope: everywhere }, machine);
    const isAllowed = async (): Promise<boolean> => {
      const outcome = await authenticateToken(world.app, token, { address, requestId: 'r' });
      return outcome.kind !== 'refused' && heldBy(outcome.actor, world.app.now()).has('poam:write');
    };
    expect([await may('poam:write'), await isAllowed()]).toEqual([true, true]);
    world.pass(24 * 60 + 1);
    expect([await may('poam:write'), await isAllowed()]).toEqual([false, false]);
    await come(['isso']);
    expect([await may('poam:write'), await isAllowed()]).toEqual([true, true]);
    const { rows } = await world.database.pool.query<{ n: number }>(`select count(*)::int as n from grants`);
    expect(rows[0]?.n).toBe(2);
  });

  it('what follows from a group is not taken back by itself, and says where it is', async () => {
    await give('isso', 'isso');
    await come(['isso']);
    const [grant] = (await fetchAccount(world.app, 'p-a1')).grants;
    await expect(revokeGrant(world.app, grant?.id ?? '', machine)).rejects.toMatchObject({
      code: 'USAGE',
      remedy: expect.stringContaining('revoke-group') as string,
    });
  });

  it('administrators by a group are not counted: a group may end at any time', async () => {
    await world.person('root-admin', 'admin');
    await give('admins', 'admin');
    await come(['admins']);
    const [own] = (await fetchAccount(world.app, 'root-admin')).grants;
    await expect(revokeGrant(world.app, own?.id ?? '', machine)).rejects.toMatchObject({
      code: 'LAST_ADMINISTRATOR',
    });
  });

  it('an identity that is taken away takes its groups, grants and sessions along; tied again, its person is in again', async () => {
    await give('isso', 'isso');
    const { cookie } = await come(['isso']);
    const identity = (await fetchAccount(world.app, 'p-a1')).identities[0]?.id ?? '';
    await unlinkIdentity(world.app, 'p-a1', identity, machine);
    expect(await authenticateSession(world.app, cookie, { passive: true })).toEqual({
      kind: 'ended',
      why: 'identity_removed',
    });
    expect(await rolesOf()).toEqual([]);
    await linkIdentity(world.app, 'p-a1', { way: 'oidc', issuer, subject: 'a1' }, machine);
    await come(['isso']);
    expect(await rolesOf()).toEqual(['isso']);
    await expect(
      linkIdentity(world.app, 'p-a1', { way: 'oidc', issuer, subject: 'a1' }, machine),
    ).rejects.toMatchObject({ code: 'IDENTITY_TAKEN' });
  });
});
