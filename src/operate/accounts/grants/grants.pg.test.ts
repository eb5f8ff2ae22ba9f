import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everywhere, scopeFor } from '../../../canonical/access/index.ts';
import { emptyTables } from '../../../../test/support/database.ts';
import { type AccountsWorld, accountsWorld, machine } from '../accounts.test-support.ts';
import { actorOf } from '../people/actor.ts';
import { addAccount, disableAccount, enableAccount, fetchAccount } from '../people/people.ts';
import { findGrants, giveGrant, previewRevocation, revokeGrant } from './grants.ts';

let world: AccountsWorld;
beforeAll(async () => {
  world = await accountsWorld();
});
beforeEach(async () => {
  await emptyTables(world.database.pool);
  await world.database.pool.query(
    `insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 2) n`,
  );
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const boundaries = (...systemIds: string[]) =>
  ({ kind: 'boundaries', systemIds, unassigned: false }) as const;
const service = (name: string) => addAccount(world.app, { kind: 'service', name }, machine);

describe('grants', () => {
  it('a grant says what it gives, and its revocation what that takes, lowers and leaves', async () => {
    await service('robot');
    const viewer = await giveGrant(
      world.app,
      'robot',
      { gives: { role: 'viewer' }, scope: boundaries('SYS-1') },
      machine,
    );
    expect(viewer.effect).toMatchObject({ widened: [], lowered: [], removed: [], unaffected: [] });
    expect(viewer.effect.gained).toContain('poam:read');
    expect(viewer.effect.gained).not.toContain('sync:read');
    const isso = await giveGrant(
      world.app,
      'robot',
      { gives: { role: 'isso' }, scope: boundaries('SYS-1', 'SYS-2'), reason: 'new ISSO' },
      machine,
    );
    expect(isso.effect.widened).toContain('poam:read');
    const preview = await previewRevocation(world.app, isso.grant.id);
    expect(preview.effect.lowered).toContain('poam:read');
    expect(preview.effect.removed).toContain('poam:write');
    expect((await revokeGrant(world.app, isso.grant.id.slice(0, 13), machine)).effect).toEqual(
      preview.effect,
    );
    await expect(revokeGrant(world.app, isso.grant.id, machine)).rejects.toMatchObject({
      code: 'GRANT_UNKNOWN',
    });
    expect(await findGrants(world.app, { account: 'robot' }, 10)).toMatchObject([
      { role: 'viewer', source: 'machine', grantedBy: 'root' },
    ]);
    expect(await findGrants(world.app, { all: true }, 10)).toHaveLength(2);
    expect((await world.events()).slice(-3)).toEqual(['grant_given', 'grant_given', 'grant_revoked']);
  });

  it('a grant until a time gives nothing from then on', async () => {
    await service('robot');
    const until = new Date(world.app.now().getTime() + 60_000);
    await giveGrant(world.app, 'robot', { gives: { role: 'viewer' }, scope: everywhere, until }, machine);
    const before = await actorOf(world.app, 'robot');
    expect(before && scopeFor(before, 'poam:read', world.app.now())).toEqual(everywhere);
    world.pass(1);
    expect((await actorOf(world.app, 'robot'))?.grants).toEqual([]);
    await expect(
      giveGrant(world.app, 'robot', { gives: { role: 'viewer' }, scope: everywhere, until }, machine),
    ).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('a grant that would give nothing is refused', async () => {
    await service('robot');
    const give = (scope: ReturnType<typeof boundaries>, permission: 'admin:users' | 'poam:read') =>
      giveGrant(world.app, 'robot', { gives: { permission }, scope }, machine);
    await expect(give(boundaries('SYS-9'), 'poam:read')).rejects.toThrow('SYS-9');
    await expect(give(boundaries(), 'poam:read')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(give(boundaries('SYS-1'), 'admin:users')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(
      giveGrant(world.app, 'nobody', { gives: { role: 'viewer' }, scope: everywhere }, machine),
    ).rejects.toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
  });

  it('the last administrator can neither lose the grant nor be disabled, also not when two administrators go at once', async () => {
    const admin = { gives: { role: 'admin' }, scope: everywhere } as const;
    for (const name of ['one', 'two']) await addAccount(world.app, { kind: 'person', name }, machine);
    const one = await giveGrant(world.app, 'one', admin, machine);
    await expect(disableAccount(world.app, 'one', machine)).rejects.toMatchObject({
      code: 'LAST_ADMINISTRATOR',
    });
    await expect(revokeGrant(world.app, one.grant.id, machine)).rejects.toMatchObject({
      code: 'LAST_ADMINISTRATOR',
    });
    await giveGrant(world.app, 'two', admin, machine);
    const both = await Promise.allSettled([
      revokeGrant(world.app, one.grant.id, machine),
      disableAccount(world.app, 'two', machine),
    ]);
    expect(both.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    expect(both.find((each) => each.status === 'rejected')?.reason).toMatchObject({
      code: 'LAST_ADMINISTRATOR',
    });
  });

  it('a disabled account may nothing, and has its grants again when it is enabled', async () => {
    await service('robot');
    await giveGrant(world.app, 'robot', { gives: { role: 'viewer' }, scope: everywhere }, machine);
    await disableAccount(world.app, 'robot', machine, 'not used');
    expect(await actorOf(world.app, 'robot')).toBeUndefined();
    expect(await fetchAccount(world.app, 'ROBOT')).toMatchObject({
      status: 'disabled',
      statusReason: 'not used',
      grants: [{ role: 'viewer' }],
    });
    await enableAccount(world.app, 'robot', machine);
    expect((await actorOf(world.app, 'robot'))?.grants).toHaveLength(1);
  });

  it('one name is one account, whatever the case, also when two add it at once', async () => {
    const both = await Promise.allSettled([service('Robot'), service('robot')]);
    expect(both.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    expect(both.find((each) => each.status === 'rejected')?.reason).toMatchObject({ code: 'ACCOUNT_EXISTS' });
    await expect(service('a name')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('a grant by a field of boundaries follows the field: who is named has it, and who is not named any more loses it', async () => {
    await addAccount(world.app, { kind: 'person', name: 'jdoe', email: 'j.doe@agency.example' }, machine);
    const isso = async (systemId: string, text: string | null): Promise<unknown> =>
      world.database.pool.query(
        'update ingestion_systems set information_system_security_officer = $2 where system_id = $1',
        [systemId, text],
      );
    await isso('SYS-1', 'Smith, Ann; Doe, John <J.Doe@agency.example>');
    const asked = { gives: { role: 'isso' }, scope: boundaries(), namedIn: 'isso' } as const;
    const given = await giveGrant(world.app, 'jdoe', asked, machine);
    expect(given.grant).toMatchObject({ namedIn: 'isso', systemIds: ['SYS-1'], unclear: [] });
    expect(given.effect.gained).toContain('poam:write');
    const scope = async () => {
      const actor = await actorOf(world.app, 'jdoe');
      return actor && scopeFor(actor, 'poam:write', world.app.now());
    };
    expect(await scope()).toMatchObject({ systemIds: ['SYS-1'] });
    // As a sync writes it.
    await isso('SYS-1', 'Smith, Ann');
    await isso('SYS-2', 'jdoe');
    expect(await scope()).toMatchObject({ systemIds: ['SYS-2'] });
    await isso('SYS-2', null);
    expect((await scope()) ?? { systemIds: [] }).toMatchObject({ systemIds: [] });
    await expect(
      giveGrant(world.app, 'jdoe', { ...asked, scope: boundaries('SYS-1') }, machine),
    ).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('a name that two people bear gives nothing by a field, and the grant says where', async () => {
    for (const name of ['doe1', 'doe2'])
      await addAccount(world.app, { kind: 'person', name, displayName: 'John Doe' }, machine);
    await world.database.pool.query(
      `update ingestion_systems set authorizing_official = 'JOHN DOE' where system_id = 'SYS-1'`,
    );
    await world.database.pool.query(
      `update ingestion_systems set authorizing_official = 'doe2' where system_id = 'SYS-2'`,
    );
    const asked = { gives: { role: 'ao' }, scope: boundaries(), namedIn: 'ao' } as const;
    await giveGrant(world.app, 'doe2', asked, machine);
    const of = async () => (await findGrants(world.app, { account: 'doe2' }, 10))[0];
    expect(await of()).toMatchObject({ systemIds: ['SYS-2'], unclear: ['SYS-1'] });
    await disableAccount(world.app, 'doe1', machine, 'left');
    expect(await of()).toMatchObject({ systemIds: ['SYS-1', 'SYS-2'], unclear: [] });
  });
});
