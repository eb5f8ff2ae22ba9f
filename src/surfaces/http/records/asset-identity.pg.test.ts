/** What a person says about who is who, over HTTP: only where all of the asset is theirs, and it can be taken back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld, within } from '../../../../test/support/http-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';

const alfa = '00000000-0000-0000-0000-000000000001';
const zulu = '00000000-0000-0000-0000-000000000002';
let world: HttpWorld;
let everyAnalyst: Caller;
let analystOfFirst: Caller;
beforeAll(async () => {
  world = await httpWorld();
  everyAnalyst = await world.program([{ gives: { role: 'analyst' }, scope: everywhere }]);
  analystOfFirst = await world.program([{ gives: { role: 'analyst' }, scope: within('SYS-1') }]);
  await world.database.pool.query(
    `insert into asset_sources (external_system_id, external_id, asset_uuid, record, identifiers, raw_json, last_seen)
     select s.id, 'seen-' || n, own::uuid, jsonb_build_object('asset_uuid', own, 'hostname', 'host-' || n), '[]', '{}', now()
       from (select id from external_systems order by id limit 1) s cross join generate_series(1, 2) n
      cross join lateral (select '00000000-0000-0000-0000-00000000000' || n) o(own)`,
  );
});
afterAll(() => world[Symbol.asyncDispose]());

const say = (caller: Caller, asset: string, what: 'merge' | 'split', body: object) =>
  world.call(caller, 'POST', `/assets/${asset}/${what}`, { body });
const reason = 'the same serial number';

// One story in order: each step begins where the one before ended.
describe('a person says who an asset is', () => {
  it('an asset of another boundary is not found, on either side', async () => {
    for (const [asset, into] of [
      [alfa, zulu],
      [zulu, alfa],
    ] as const)
      expect((await say(analystOfFirst, asset, 'merge', { into, reason })).statusCode).toBe(404);
  });

  it('an asset that is in a boundary of others too is not theirs to decide', async () => {
    const { pool } = world.database;
    await pool.query(
      `insert into ingestion_system_assets (system_id, asset_uuid, assignment_type) values ('SYS-1', $1, 'manual')`,
      [zulu],
    );
    const refused = await say(analystOfFirst, zulu, 'merge', { into: alfa, reason });
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('what is reported of an asset of others cannot be asked about by splitting it off', async () => {
    const answers = [];
    for (const externalId of ['seen-2', 'never-seen'])
      answers.push(await say(analystOfFirst, alfa, 'split', { source: 'xacta', externalId, reason }));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400]);
    expect(answers.map(({ body }) => body.replaceAll(/seen-2|never-seen|"requestId":"[^"]*"/g, ''))).toEqual([
      answers[0]?.body.replaceAll(/seen-2|"requestId":"[^"]*"/g, ''),
      answers[0]?.body.replaceAll(/seen-2|"requestId":"[^"]*"/g, ''),
    ]);
    expect(answers[0]?.body).not.toContain(zulu);
  });

  it('who sees all of both merges them, once, with a reason that the journal keeps', async () => {
    // A scan file may know the one by the uuid of the other: who names a uuid means the asset that has it.
    await world.database.pool.query(
      `insert into asset_identifiers (asset_uuid, kind, value, last_seen) values ($1, 'scanner_uuid', $2, now())`,
      [zulu, alfa.replaceAll('-', '')],
    );
    expect((await say(everyAnalyst, zulu, 'merge', { into: alfa })).statusCode).toBe(400);
    const merged = await say(everyAnalyst, zulu, 'merge', { into: alfa, reason });
    expect(merged.json()).toMatchObject({ from: zulu, into: alfa });
    expect((await say(everyAnalyst, zulu, 'merge', { into: alfa, reason })).statusCode).toBe(404);
    const { rows } = await world.database.pool.query(
      `select reason from sync_changes where entity_id = $1 and field_name = 'merged_into'`,
      [zulu],
    );
    expect(rows).toEqual([{ reason }]);
    // A boundary that had one of them still has the machine.
    const { systemIds } = (await world.call(everyAnalyst, 'GET', `/assets/${alfa}`)).json<{
      systemIds: string[];
    }>();
    expect(systemIds).toEqual(['SYS-1', 'SYS-2']);
  });

  it('what a source reports is split off again; the last source stays', async () => {
    const record = { source: 'xacta', externalId: 'seen-2', reason: 'two machines behind one address' };
    expect((await say(everyAnalyst, alfa, 'split', { ...record, externalId: 'none' })).statusCode).toBe(400);
    const split = await say(everyAnalyst, alfa, 'split', record);
    expect(split.statusCode).toBe(200);
    const { into } = split.json<{ into: string }>();
    expect(into).not.toBe(alfa);
    expect((await world.call(everyAnalyst, 'GET', `/assets/${into}`)).json()).toMatchObject({
      systemIds: ['SYS-1', 'SYS-2'],
    });
    expect(
      (await say(everyAnalyst, alfa, 'split', { ...record, externalId: 'seen-1' })).json(),
    ).toMatchObject({
      detail: expect.stringContaining('only') as string,
    });
  });
});
