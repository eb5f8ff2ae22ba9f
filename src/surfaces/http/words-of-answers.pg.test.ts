import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld } from '../../../test/support/http-world.ts';
import { everywhere } from '../../canonical/access/index.ts';
import { problem } from '../../contract/index.ts';

let world: HttpWorld;
let issm: Caller;
beforeAll(async () => {
  world = await httpWorld();
  issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
});
afterAll(() => world[Symbol.asyncDispose]());

describe('how answers over HTTP are worded', () => {
  it('nothing over HTTP says that a command line was not understood', async () => {
    const operator = await world.program([{ gives: { role: 'operator' }, scope: everywhere }]);
    const answers = [
      await world.call(issm, 'GET', '/lists/shoes'),
      await world.call(issm, 'GET', '/views?list=shoes'),
      await world.call(operator, 'POST', '/operations/sync', { body: { entities: ['shoes'] } }),
      await world.call(operator, 'GET', '/schedules/preview?cron=soon'),
    ];
    expect(answers.map((answer) => problem.parse(answer.json()).code)).toEqual([
      'RECORD_UNKNOWN',
      'REQUEST_INVALID',
      'REQUEST_INVALID',
      'REQUEST_INVALID',
    ]);
    for (const answer of answers) expect(answer.body).not.toMatch(/command line|--help/);
  });

  it('times of operations are RFC 3339, as everywhere', async () => {
    await world.database.pool.query(
      `update ingestion_batches set started_at = timestamp '2026-11-26 16:44:47', completed_at = timestamp '2026-11-26 16:45:00'`,
    );
    const { items } = (await world.call(issm, 'GET', '/operations')).json<{
      items: { startedAt: string; completedAt: string }[];
    }>();
    expect(items[0]).toMatchObject({
      startedAt: '2026-11-26T16:44:47.000Z',
      completedAt: '2026-11-26T16:45:00.000Z',
    });
  });
});
