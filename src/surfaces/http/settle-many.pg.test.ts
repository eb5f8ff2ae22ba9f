import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld, within } from '../../../test/support/http-world.ts';
import { everywhere } from '../../canonical/access/index.ts';

interface Tried {
  readonly matched: number;
  readonly offered: readonly { readonly choice: string; readonly count: number }[];
  readonly settled: readonly { readonly id: number }[];
  readonly refused: readonly { readonly id: number }[];
  readonly token: string;
}

let world: HttpWorld;
let issm: Caller;
let inFirst: Caller;
beforeAll(async () => {
  world = await httpWorld();
  issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
  inFirst = await world.program([{ gives: { role: 'isso' }, scope: within('SYS-1') }]);
  await world.database.pool.query(
    `insert into sync_conflicts (entity_type, entity_id, conflict_type, field_name, base_value, internal_value, external_value, external_system_id, resolution_status)
     select 'poam', p.poam_id, 'field_mismatch', 'poc', '"old"', to_jsonb(p.poc), '"theirs"', (select id from external_systems limit 1), 'pending'
       from ingestion_poams p where p.poam_id like '%-1'`,
  );
  await world.database.pool.query(
    `insert into sync_conflicts (entity_type, entity_id, conflict_type, external_system_id, resolution_status)
     select 'poam', 'ALFA-2', 'duplicate', (select id from external_systems limit 1), 'pending'`,
  );
});
afterAll(() => world[Symbol.asyncDispose]());

const tried = async (caller: Caller, body: object): Promise<Tried> => {
  const answer = await world.call(caller, 'POST', '/conflicts/bulk/try', { body });
  expect(answer.statusCode).toBe(200);
  return answer.json<Tried>();
};
const settle = (caller: Caller, body: object) =>
  world.call(caller, 'POST', '/conflicts/bulk/resolution', { body });
const states = async () =>
  (
    await world.database.pool.query<{ entity_id: string; field_name: string; resolution_status: string }>(
      `select entity_id, field_name, resolution_status from sync_conflicts order by id`,
    )
  ).rows;

describe('settling many conflicts in one way', () => {
  it('the dry run says what would be settled, what has no such choice, and which choices there are; nothing is changed', async () => {
    const all = await tried(issm, { filter: {}, keep: 'external' });
    expect(all).toMatchObject({ matched: 5, refused: [{ choices: expect.anything() as unknown }] });
    expect(all.settled).toHaveLength(4);
    expect(all.offered.find(({ choice }) => choice === 'external')?.count).toBe(4);
    expect((await states()).every((row) => row.resolution_status === 'pending')).toBe(true);
  });

  it('neither a filter nor numbers reach beyond the boundaries of the caller', async () => {
    const own = await tried(inFirst, { filter: {}, keep: 'external' });
    expect(own.matched).toBe(3);
    const named = await tried(inFirst, { ids: [1, 2, 3, 4], keep: 'external' });
    expect(named.settled).toHaveLength(2);
    const all = await tried(issm, { filter: {}, keep: 'external' });
    const refused = await settle(inFirst, { filter: {}, keep: 'external', token: all.token });
    expect(refused.json()).toMatchObject({ status: 409, code: 'SELECTION_MOVED' });
  });

  it('the run settles exactly what was shown, as one operation with its reason, and a token serves once', async () => {
    const way = { filter: { field: 'poc' }, keep: 'external' };
    const { token, settled } = await tried(inFirst, way);
    expect(settled).toHaveLength(1);
    const done = await settle(inFirst, { ...way, token, reason: 'they know who' });
    expect(done.json()).toMatchObject({ settled: [settled[0]?.id], refused: [] });
    const { rows } = await world.database.pool.query<{ poam_id: string; poc: string }>(
      `select poam_id, poc from ingestion_poams where poam_id like '%-1' order by 1`,
    );
    expect(rows).toEqual([
      { poam_id: 'ALFA-1', poc: 'theirs' },
      { poam_id: 'ZULU-1', poc: 'zulu owner' },
    ]);
    expect((await settle(inFirst, { ...way, token })).statusCode).toBe(409);
  });

  it('a conflict whose value has changed since it was shown is not settled', async () => {
    const way = { filter: { field: 'poc' }, keep: 'internal' };
    const { token } = await tried(issm, way);
    await world.database.pool.query(
      `update sync_conflicts set external_value = '"somebody else"' where resolution_status = 'pending' and field_name = 'poc'`,
    );
    expect((await settle(issm, { ...way, token })).json()).toMatchObject({ code: 'SELECTION_MOVED' });
  });

  it('a body that names both a filter and numbers, or neither, is refused', async () => {
    for (const body of [{ keep: 'external' }, { keep: 'external', ids: [1], filter: {} }])
      expect((await world.call(issm, 'POST', '/conflicts/bulk/try', { body })).statusCode).toBe(400);
  });

  it('a third value that puts a date off is refused, whoever settles, with the way to an extension; one between both sides is taken', async () => {
    const { rows } = await world.database.pool.query<{ id: number }>(
      `insert into sync_conflicts (entity_type, entity_id, conflict_type, field_name, base_value, internal_value, external_value, external_system_id, resolution_status)
       select 'poam', p.poam_id, 'field_mismatch', 'scheduled_completion', '"2026-12-01"', to_jsonb(p.scheduled_completion::date), '"2027-05-01"', l.external_system_id, 'pending'
         from ingestion_poams p join sync_links l on l.entity_id = p.poam_id where p.poam_id = 'ALFA-1' returning id`,
    );
    const settleOne = async (value: string, by = inFirst) =>
      (
        await world.call(by, 'POST', `/conflicts/${rows[0]?.id ?? 0}/resolution`, {
          body: { keep: 'value', value },
        })
      ).json<{ resolved: number[]; refused: { reason: string }[] }>();
    for (const by of [inFirst, issm]) {
      const refused = await settleOne('2030-01-01', by);
      expect(refused.resolved).toEqual([]);
      expect(refused.refused).toMatchObject([
        { reason: expect.stringContaining('ask for an extension (tieline poams extend ALFA-1') as string },
      ]);
    }
    expect(await settleOne('2027-04-01')).toMatchObject({ resolved: [rows[0]?.id] });
  });
});
