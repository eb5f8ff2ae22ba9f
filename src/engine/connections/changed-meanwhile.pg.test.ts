/** Two people change one connection at the same time: what one read before the other saved is not written over it. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import type { ClonedDatabase } from '../../../test/support/database.ts';
import { databaseWithConnection } from '../../../test/support/one-connection.ts';
import { planConnectionChange, saveConnectionChange } from './change-connection.ts';
import { describeConnection } from './describe-connection.ts';

let database: ClonedDatabase;
let app: TestApp;
beforeAll(async () => {
  ({ database } = await databaseWithConnection());
  app = composeApp(database, randomBytes(32).toString('base64'));
});
afterAll(() => database[Symbol.asyncDispose]());

const planned = (settings: Readonly<Record<string, string>>) =>
  planConnectionChange(app, 'xacta', { settings, unset: [], secrets: {} }, { whole: false });
const save = (plan: Awaited<ReturnType<typeof planned>>, by: string) =>
  saveConnectionChange(app.store, plan, { by, reason: undefined });
const isSet = async (name: string) =>
  (await describeConnection(app, 'xacta')).settings.find((each) => each.name === name)?.value;

describe('a connection that two people change', () => {
  it('the second to save is refused, and the change of the first stays', async () => {
    const [first, second] = await Promise.all([
      planned({ username: 'first' }),
      planned({ concurrency: '2' }),
    ]);
    await save(first, 'one');
    await expect(save(second, 'other')).rejects.toMatchObject({ code: 'RECORD_MOVED' });
    expect(await isSet('username')).toBe('first');
    expect(await isSet('concurrency')).toBeUndefined();
    await save(await planned({ concurrency: '2' }), 'other');
    expect(await isSet('username')).toBe('first');
    expect(await isSet('concurrency')).toBe(2);
  });

  it('of two who save in the same moment one is refused', async () => {
    const plans = await Promise.all([planned({ username: 'third' }), planned({ concurrency: '3' })]);
    const results = await Promise.allSettled(plans.map((plan) => save(plan, 'both')));
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});
