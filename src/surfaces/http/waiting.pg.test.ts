import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpWorld, httpWorld, within } from '../../../test/support/http-world.ts';
import { everywhere } from '../../canonical/access/index.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await httpWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('how much waits for a person', () => {
  it('counts what they can do something about, in their boundaries and in the one that they look at', async () => {
    const issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
    const first = await world.program([{ gives: { role: 'issm' }, scope: within('SYS-1') }]);
    const auditor = await world.program([{ gives: { role: 'auditor' }, scope: everywhere }]);
    const of = async (caller: typeof issm, query = '') =>
      (await world.call(caller, 'GET', `/me/badges${query}`)).json<{ kinds: object; inbox: number }>();
    expect((await of(issm)).kinds).toMatchObject({ conflict: 2, approval: 4 });
    expect((await of(issm, '?system=SYS-1')).kinds).toMatchObject({ conflict: 1, approval: 2 });
    expect((await of(first)).kinds).toMatchObject({ conflict: 1, approval: 2 });
    expect(await of(first, '?system=SYS-2')).toEqual({ kinds: {}, inbox: 0, criticalAlerts: 0 });
    expect(await of(auditor)).toEqual({ kinds: {}, inbox: 0, criticalAlerts: 0 });
  });

  it('a machine that is in two boundaries waits in both, and once in all', async () => {
    await world.database.pool.query(
      `update ingestion_assets set unreported_since = now() where hostname = 'alfa-web';
       insert into ingestion_system_assets (system_id, asset_uuid, assignment_type) select 'SYS-2', asset_uuid, 'correlated' from ingestion_assets where hostname = 'alfa-web'`,
    );
    const counts = async (scope: typeof everywhere, query = '') => {
      const caller = await world.program([{ gives: { role: 'issm' }, scope }]);
      const inbox = await world.call(caller, 'GET', `/me/badges${query}`);
      const assets = await world.call(
        caller,
        'GET',
        `/assets/count?state=unreported${query.replace('?', '&')}`,
      );
      const { kinds } = inbox.json<{ kinds: { unreported_asset?: number } }>();
      return [kinds.unreported_asset ?? 0, assets.json<{ count: number }>().count];
    };
    expect(await counts(everywhere)).toEqual([1, 1]);
    expect(await counts(within('SYS-1'))).toEqual([1, 1]);
    expect(await counts(within('SYS-2'))).toEqual([1, 1]);
    expect(await counts(everywhere, '?system=SYS-2')).toEqual([1, 1]);
  });
});

describe('mappings and policies', () => {
  it('are shown in words, with who decides and when approval is asked', async () => {
    const operator = await world.program([{ gives: { role: 'operator' }, scope: everywhere }]);
    const list = await world.call(operator, 'GET', '/mappings');
    expect(list.json()).toEqual({ items: [{ connection: 'xacta', type: 'xacta' }] });
    const found = await world.call(operator, 'GET', '/mappings/xacta');
    expect(found.statusCode).toBe(200);
    expect(found.json<{ usual: string }>().usual).toBe('both sides; a person settles what both edited');
    expect((await world.call(operator, 'GET', '/mappings/none')).statusCode).toBe(404);
  });
});
