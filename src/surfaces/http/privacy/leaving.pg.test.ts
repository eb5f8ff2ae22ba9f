/** What leaves the agency through the API: asked to whom, what for and by which authority, and in the accounting before the first byte. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller } from '../../../../test/support/http-server.ts';
import { type HttpWorld, httpWorld } from '../../../../test/support/http-world.ts';
import { everywhere } from '../../../canonical/access/index.ts';

let world: HttpWorld;
let issm: Caller;
beforeAll(async () => {
  world = await httpWorld();
  issm = await world.program([{ gives: { role: 'issm' }, scope: everywhere }]);
});
afterAll(() => world[Symbol.asyncDispose]());
const get = (path: string) => world.call(issm, 'GET', path, { headers: { accept: 'text/csv' } });

it('an export that leaves the agency is in the accounting of disclosures first, and is refused where that lacks something', async () => {
  const leaving = 'disclosure_recipient=GAO&disclosure_purpose=review';
  const refused = await get(`/poams?open=yes&${leaving}`);
  expect({ status: refused.statusCode, body: refused.json<object>() }).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: 'disclosure_authority' }] },
  });
  const left = async () =>
    (
      await world.database.pool.query<{ what: string; recipient: string }>(
        'select what, recipient from disclosures',
      )
    ).rows;
  expect(await left()).toEqual([]);
  const sent = await get(`/poams?open=yes&${leaving}&disclosure_authority=law`);
  expect(sent.statusCode).toBe(200);
  expect(await left()).toEqual([{ what: 'list of poams, open=yes', recipient: 'GAO' }]);
  const dashboard = `/dashboards/poams/export?${leaving}`;
  expect((await get(dashboard)).json()).toMatchObject({
    errors: [{ pointer: 'disclosure_authority' }],
  });
  expect(await left()).toHaveLength(1);
  const numbers = await get(`${dashboard}&disclosure_authority=law`);
  expect([numbers.statusCode, numbers.body.startsWith('metric,title,')]).toEqual([200, true]);
  expect((await left())[1]).toEqual({ what: 'dashboard poams', recipient: 'GAO' });
  const values = await get(`/metrics/M01/values/export?${leaving}&disclosure_authority=law`);
  expect([values.statusCode, values.body.split(',', 2)]).toEqual([200, ['day', 'of']]);
  expect((await left())[2]).toMatchObject({
    recipient: 'GAO',
    what: expect.stringMatching(/^metric /) as string,
  });
});
