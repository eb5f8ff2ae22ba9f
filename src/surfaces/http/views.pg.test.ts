import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld, within } from '../../../test/support/http-world.ts';
import { everywhere } from '../../canonical/access/index.ts';

interface View {
  readonly id: string;
  readonly name: string;
  readonly isMine: boolean;
  readonly version: string;
  readonly share: unknown;
  readonly query: unknown;
}
interface Views {
  readonly items: readonly View[];
  readonly begins: string | null;
  readonly beginsBy: string | null;
}

let world: HttpWorld;
let issm: Caller;
let isso: Caller;
let elsewhere: Caller;
beforeAll(async () => {
  world = await httpWorld();
  issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
  isso = await world.program([{ gives: { role: 'isso' }, scope: within('SYS-1') }]);
  elsewhere = await world.program([{ gives: { role: 'isso' }, scope: within('SYS-2') }]);
});
afterAll(() => world[Symbol.asyncDispose]());

const viewsOf = async (caller: Caller, list = 'poams'): Promise<Views> =>
  (await world.call(caller, 'GET', `/views?list=${list}`)).json<Views>();
const namesOf = async (caller: Caller): Promise<string[]> =>
  (await viewsOf(caller)).items.map(({ name }) => name);
const save = async (caller: Caller, body: object) =>
  world.call(caller, 'POST', '/views', {
    body: { list: 'poams', query: { filters: { overdue: 'yes' }, sort: '-severity' }, ...body },
  });
const change = (caller: Caller, view: View, body: object) =>
  world.call(caller, 'PATCH', `/views/${view.id}`, { body, headers: { 'if-match': `"${view.version}"` } });

describe('saved views', () => {
  it('a view is kept under a name, seen by its owner only, renamed, renewed and deleted', async () => {
    const made = await save(issm, { name: 'Late' });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({ name: 'Late', isMine: true, share: { with: 'nobody' } });
    expect(await namesOf(issm)).toEqual(['Late']);
    expect(await namesOf(isso)).toEqual([]);
    expect((await save(issm, { name: 'Late' })).statusCode).toBe(400);
    const view = made.json<View>();
    const renamed = await change(issm, view, { name: 'Overdue', query: { columns: ['id', 'due'] } });
    expect(renamed.json()).toMatchObject({ name: 'Overdue', query: { columns: ['id', 'due'] } });
    expect((await change(issm, view, { name: 'Again' })).statusCode).toBe(412);
    expect((await change(isso, view, { name: 'Mine' })).statusCode).toBe(404);
    const gone = await world.call(issm, 'DELETE', `/views/${view.id}`, {
      headers: { 'if-match': `"${renamed.json<View>().version}"` },
    });
    expect(gone.statusCode).toBe(204);
    expect(await namesOf(issm)).toEqual([]);
  });

  it('what the list does not know cannot be kept', async () => {
    expect((await save(issm, { name: 'x', query: { filters: { shoe: '1' } } })).json()).toMatchObject({
      code: 'FILTER_INVALID',
    });
    expect((await save(issm, { name: 'x', query: {} })).statusCode).toBe(400);
    expect((await save(issm, { name: 'x', list: 'shoes' })).statusCode).toBe(400);
  });

  it('a view that is shared with a role or a system is seen by those, and changed by its owner only', async () => {
    const view = (
      await save(isso, { name: 'Ours', share: { with: 'system', systemId: 'SYS-1' } })
    ).json<View>();
    expect(await namesOf(issm)).toEqual(['Ours']);
    expect(await namesOf(elsewhere)).toEqual([]);
    const seen = (await viewsOf(issm)).items[0];
    expect(seen?.isMine).toBe(false);
    expect((await change(issm, view, { name: 'Mine' })).statusCode).toBe(403);
    const shared = await change(isso, view, { share: { with: 'role', role: 'isso' } });
    expect(shared.statusCode).toBe(200);
    expect(await namesOf(elsewhere)).toEqual(['Ours']);
    expect(await namesOf(issm)).toEqual([]);
  });

  it('nobody shares with a role or a system that is not their own', async () => {
    for (const share of [
      { with: 'role', role: 'admin' },
      { with: 'system', systemId: 'SYS-2' },
    ])
      expect((await save(isso, { name: 'Not so', share })).statusCode).toBe(400);
  });

  it('a list begins as the person chose, else as the role has it; only who decides for roles says how', async () => {
    const both = await world.program([
      { gives: { role: 'isso' }, scope: everywhere },
      { gives: { role: 'issm' }, scope: everywhere },
    ]);
    const share = { with: 'role', role: 'isso' };
    expect((await save(isso, { name: 'Start', share, isRoleDefault: true })).statusCode).toBe(403);
    const start = (await save(both, { name: 'Start', share, isRoleDefault: true })).json<View>();
    expect(await viewsOf(elsewhere)).toMatchObject({ begins: start.id, beginsBy: 'role' });
    const own = (await save(elsewhere, { name: 'My own' })).json<View>();
    const choose = (body: object) =>
      world.call(elsewhere, 'POST', '/views/default', { body: { list: 'poams', ...body } });
    expect((await choose({ viewId: own.id })).statusCode).toBe(204);
    expect(await viewsOf(elsewhere)).toMatchObject({ begins: own.id, beginsBy: 'person' });
    await choose({ viewId: null });
    expect(await viewsOf(elsewhere)).toMatchObject({ begins: null, beginsBy: 'person' });
    await choose({});
    expect(await viewsOf(elsewhere)).toMatchObject({ begins: start.id, beginsBy: 'role' });
    const hidden = (await save(isso, { name: 'Hidden' })).json<View>();
    expect((await choose({ viewId: hidden.id })).statusCode).toBe(404);
    expect(await viewsOf(issm)).toMatchObject({ begins: null });
  });
});
