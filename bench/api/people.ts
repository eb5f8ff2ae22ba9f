/** Twenty people with the scopes of filters.ts, signed in at a running server as a browser does it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { composeApp, type TestApp } from '../../test/support/compose-app.ts';
import { machine } from '../../test/support/http-world.ts';
import { everywhere, type Role, type Scope } from '../../src/canonical/access/index.ts';
import { addAccount, findAccounts, giveGrant } from '../../src/operate/accounts/index.ts';
import { Secret } from '../../src/platform/values/index.ts';
import type { OpenDatabase } from '../../src/platform/postgres/database.ts';
import { scopes } from './filters.ts';

const password = 'Plover quartz umbrella 9';

export interface Person {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

const roleOf = (at: number): Role =>
  at === 0 ? 'auditor' : at === scopes.length - 1 ? 'admin' : at < 4 ? 'issm' : 'isso';
const scopeOf = (at: number): Scope => (at === scopes.length - 1 ? everywhere : (scopes[at] ?? everywhere));
const nameOf = (at: number): string => `bench-${String(at + 1).padStart(2, '0')}`;

/** Accounts of an earlier run are found again. One sees everything, one administers and sees no findings. */
async function makeAccounts(app: TestApp): Promise<void> {
  const known = new Set((await findAccounts(app, 10_000)).map(({ name }) => name));
  for (const at of scopes.keys()) {
    const name = nameOf(at);
    if (known.has(name)) continue;
    await addAccount(app, { kind: 'person', name, password: new Secret(password) }, machine);
    await app.pool.query(`update principals set must_change_password = false where name = $1`, [name]);
    await giveGrant(app, name, { gives: { role: roleOf(at) }, scope: scopeOf(at) }, machine);
  }
}

const ofPage = { 'x-tieline': '1', 'sec-fetch-site': 'same-origin' };

async function signIn(address: string, name: string): Promise<Person> {
  const answer = await fetch(`${address}/api/v1/session`, {
    method: 'POST',
    headers: { ...ofPage, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ name, password, bannerAcknowledged: true }),
  });
  if (!answer.ok) throw new Error(`${name} could not sign in: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { name, headers: { ...ofPage, cookie } };
}

export async function signInPeople(database: OpenDatabase, address: string): Promise<readonly Person[]> {
  await makeAccounts(composeApp(database, randomBytes(32).toString('base64')));
  const people: Person[] = [];
  for (const at of scopes.keys()) people.push(await signIn(address, nameOf(at)));
  return people;
}

export async function signOutPeople(address: string, people: readonly Person[]): Promise<void> {
  for (const { headers } of people)
    await fetch(`${address}/api/v1/session`, {
      method: 'DELETE',
      headers: { ...headers, 'idempotency-key': randomUUID() },
    });
}
