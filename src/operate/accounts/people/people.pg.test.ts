import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoles, heldBy } from '../../../canonical/access/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import { type AccountsWorld, accountsWorld, address, machine } from '../accounts.test-support.ts';
import { actorOf } from './actor.ts';
import { makeDemoPeople, signInDemoPerson } from './demo-people.ts';
import {
  fetchLink,
  makeFirstAdministratorLink,
  makeLink,
  type OneTimeLink,
  redeemLink,
} from './one-time-links.ts';
import { addAccount } from './people.ts';

let world: AccountsWorld;
beforeAll(async () => {
  world = await accountsWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const secretOf = (link: OneTimeLink | undefined): Secret => new Secret(link?.path.split('#')[1] ?? '');
const password = new Secret('Kestrel window marble 4');
const redeem = (secret: Secret, chosen = password) =>
  redeemLink(world.app, { secret, password: chosen }, { way: 'none', address });

describe('one-time links', () => {
  it('the first administrator comes in by a link, once; then there is none for a first one', async () => {
    const void1 = await makeFirstAdministratorLink(world.app, machine);
    const link = await makeFirstAdministratorLink(world.app, machine);
    await expect(redeem(secretOf(void1))).rejects.toMatchObject({ code: 'LINK_UNKNOWN' });
    await expect(redeem(secretOf(link), new Secret('short'))).rejects.toMatchObject({
      code: 'PASSWORD_REFUSED',
    });
    expect(await fetchLink(world.app, secretOf(link))).toMatchObject({ account: 'administrator' });
    const tries = await Promise.allSettled([redeem(secretOf(link)), redeem(secretOf(link))]);
    expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    expect((await world.signIn('administrator', password.reveal())).kind).toBe('signed_in');
    expect(await makeFirstAdministratorLink(world.app, machine)).toBeUndefined();
    const actor = await actorOf(world.app, 'administrator');
    expect(actor && heldBy(actor, world.app.now()).has('admin:users')).toBe(true);
  });

  it('a link is good for 15 minutes', async () => {
    await addAccount(world.app, { kind: 'person', name: 'late' }, machine);
    const link = await makeLink(world.app, 'late', machine);
    world.pass(15);
    await expect(redeem(secretOf(link))).rejects.toMatchObject({ code: 'LINK_UNKNOWN' });
  });
});

describe('people of the demo', () => {
  it('there is one for each role, made once, who is let in without a password; nobody else is', async () => {
    const made = await makeDemoPeople(world.app);
    expect(await makeDemoPeople(world.app)).toEqual(made);
    for (const role of allRoles) {
      const { actor, session } = await signInDemoPerson(world.app, role, { address });
      expect([actor.grants.map((each) => each.gives), session.way]).toEqual([[{ role }], 'demo']);
    }
    await world.database.pool.query(`update grants set source = 'person' where role = 'admin'`);
    await expect(signInDemoPerson(world.app, 'admin', {})).rejects.toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
  });
});
