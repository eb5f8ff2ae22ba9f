/** The id tokens of open sessions when the master key changes. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSecretBox, masterKeyFrom } from '../../../engine/connections/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import { type AccountsWorld, accountsWorld } from '../accounts.test-support.ts';
import { openIdToken, resealIdTokens, sealIdToken } from './id-tokens.ts';

let world: AccountsWorld;
beforeAll(async () => {
  world = await accountsWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const newKey = () => masterKeyFrom(new Secret(randomBytes(32).toString('base64')));

it('an id token opens with the new key afterwards, and one that could not be opened is emptied', async () => {
  const [former, present, next] = [newKey(), newKey(), newKey()];
  const tokens: readonly [string, string][] = [
    ['ada', sealIdToken(createSecretBox([present]), 'the token of ada')],
    ['bob', sealIdToken(createSecretBox([former]), 'the token of bob')],
    ['eve', sealIdToken(createSecretBox([next]), 'the token of eve')],
  ];
  for (const [name, sealed] of tokens) {
    await world.person(name);
    await world.signIn(name);
    await world.database.pool.query(
      `update sessions set way = 'oidc', sealed_id_token = $2 where principal_id = (select id from principals where name = $1)`,
      [name, sealed],
    );
  }
  const both = createSecretBox([present, next]);
  // A rotation that was cut short is done again: what has the new key already stays readable.
  for (const turn of [1, 2])
    expect([turn, await resealIdTokens(world.database.store, both, createSecretBox([next]))]).toEqual([
      turn,
      2,
    ]);
  const { rows } = await world.database.pool.query<{ name: string; sealed: string | null }>(
    `select p.name::text, sealed_id_token as sealed from sessions s join principals p on p.id = s.principal_id order by 1`,
  );
  const opened = rows.map(({ name, sealed }) => [
    name,
    sealed === null ? null : openIdToken(createSecretBox([next]), sealed).reveal(),
  ]);
  expect(opened).toEqual([
    ['ada', 'the token of ada'],
    ['bob', null],
    ['eve', 'the token of eve'],
  ]);
});
