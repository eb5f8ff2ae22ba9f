/** Every route as every role; three of them are asked by each `npm test` (access.pg.test.ts). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpWorld, httpWorld } from '../../../test/support/http-world.ts';
import { allRoles } from '../../canonical/access/index.ts';
import { installQueue } from '../../platform/queue/index.ts';
import { faultsOfRole, rolesOfEveryRun } from './access.test-support.ts';

let world: HttpWorld;
beforeAll(async () => {
  world = await httpWorld();
  await installQueue(world.app.queue);
});
afterAll(() => world[Symbol.asyncDispose]());

it.each(allRoles.filter((role) => !rolesOfEveryRun.includes(role)))(
  'a token of the role %s may call what its role may, and is told what it lacks',
  { timeout: 120_000 },
  async (role) => {
    expect(await faultsOfRole(world, role)).toEqual([]);
  },
);
