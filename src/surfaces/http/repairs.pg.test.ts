import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld } from '../../../test/support/http-world.ts';
import { everywhere } from '../../canonical/access/index.ts';

let world: HttpWorld;
let operator: Caller;
beforeAll(async () => {
  world = await httpWorld();
  operator = await world.program([{ gives: { role: 'operator' }, scope: everywhere }]);
});
afterAll(() => world[Symbol.asyncDispose]());

describe('what an operator puts right over HTTP', () => {
  it('a change is dropped for good with a reason, and a second time it says how the change is', async () => {
    const [{ id } = {}] = (
      await world.database.pool.query<{ id: string }>(`select id from sync_outbox order by id limit 1`)
    ).rows;
    const drop = (reason: string) =>
      world.call(operator, 'POST', '/outbox/decision', {
        body: { decision: 'drop', ids: [Number(id)], reason },
      });
    expect((await drop(' ')).json()).toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await drop('sent by hand')).json()).toMatchObject({ done: [Number(id)], refused: [] });
    expect((await drop('again')).json()).toMatchObject({
      done: [],
      refused: [{ id: Number(id), reason: 'is dropped' }],
    });
    const change = await world.call(
      await world.program([{ gives: { role: 'auditor' }, scope: everywhere }]),
      'GET',
      `/outbox/${String(id)}`,
    );
    expect(change.json()).toMatchObject({ state: 'dropped' });
  });

  it('an undo does exactly what it showed or nothing, and does it once', async () => {
    const { pool } = world.database;
    const operation = '00000000-0000-0000-0000-000000000001';
    await pool.query(`update sync_conflicts set resolution_status = 'resolved' where entity_id = 'ALFA-1'`);
    await pool.query(`update ingestion_poams set comments = 'alfa' where poam_id = 'ALFA-1'`);
    const path = `/operations/${operation}/undo`;
    const preview = await world.call(operator, 'GET', path);
    expect(preview.json()).toMatchObject({
      undoes: operation,
      fields: [{ entityId: 'ALFA-1', field: 'comments', before: 'alfa', after: 'old' }],
      refused: [{ entityId: 'ZULU-1', field: 'comments' }],
    });
    const comments = async (): Promise<unknown> =>
      (
        await pool.query<{ comments: string }>(
          `select comments from ingestion_poams where poam_id = 'ALFA-1'`,
        )
      ).rows[0]?.comments;
    expect(await comments()).toBe('alfa');
    const { sha256: shown } = preview.json<{ sha256: string }>();
    const undo = (reason: string, sha256: string) =>
      world.call(operator, 'POST', path, { body: { reason, sha256 } });
    await pool.query(`update sync_conflicts set resolution_status = 'resolved' where entity_id = 'ZULU-1'`);
    await pool.query(`update ingestion_poams set comments = 'zulu' where poam_id = 'ZULU-1'`);
    const moved = await undo('by mistake', shown);
    expect(moved.json()).toMatchObject({ code: 'PLAN_MOVED' });
    expect(await comments()).toBe('alfa');
    const again = (await world.call(operator, 'GET', path)).json<{ sha256: string }>();
    const done = await undo('by mistake', again.sha256);
    expect(done.json()).toMatchObject({ operationId: expect.any(String) as string });
    expect(await comments()).toBe('old');
    const { sha256: left } = (await world.call(operator, 'GET', path)).json<{ sha256: string }>();
    expect((await undo('twice', left)).json()).toMatchObject({ fields: [] });
  });
});
