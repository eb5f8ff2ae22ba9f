import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asProgram, testServer } from '../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld } from '../../../test/support/http-world.ts';
import { everywhere } from '../../canonical/access/index.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await httpWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('too many requests', () => {
  it('whoever asks too often is told when to come back, by who he is and not by what he sends', async () => {
    await using strict = await testServer(world.app, { rates: { reads: 20, writes: 5 } });
    const eager = await world.program([{ gives: { role: 'viewer' }, scope: everywhere }]);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        // A second header that changes each time gives nobody a share of his own.
        strict.call(eager, 'GET', '/lists/poams', { headers: { cookie: `other=${at}` } }),
      ),
    );
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    expect(refused).toHaveLength(10);
    const [one] = refused;
    expect(one?.json()).toMatchObject({ status: 429, code: 'RATE_LIMITED', retryable: true });
    expect(one?.headers['retry-after']).toMatch(/^[1-5]$/);
    const other = await world.program([{ gives: { role: 'viewer' }, scope: everywhere }]);
    expect((await strict.call(other, 'GET', '/lists/poams')).statusCode).toBe(200);
  });

  it('tokens that are made up are not looked up without end', async () => {
    await using strict = await testServer(world.app, { rates: { reads: 10, writes: 5 } });
    const codes: number[] = [];
    for (let at = 0; at < 12; at += 1)
      codes.push((await strict.call(asProgram(`tl_${at}`), 'GET', '/lists/poams')).statusCode);
    expect(codes).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });
});
