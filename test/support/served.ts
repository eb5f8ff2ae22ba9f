/** `tieline serve --worker` as a process over a test's database, and people who may sign in to it. */
import { everywhere, type Role, type Scope } from '../../src/canonical/access/index.ts';
import { addAccount, giveGrant } from '../../src/operate/accounts/index.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import type { TestApp } from './compose-app.ts';
import { ownSettings } from './command.ts';
import { machine } from './http-world.ts';
import { type ServeProcess, spawnServe } from './serve-process.ts';

/** People sign in by the password alone, unless `env` says otherwise. @param env as `TwoSystems.environment` gives it. */
export function startServe(
  env: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<ServeProcess> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ownSettings.includes(name)),
  );
  return spawnServe(['--worker', ...more], { ...inherited, TIELINE_SECOND_FACTOR: 'off', ...env });
}

export const password = 'Plover quartz umbrella 9';

/** A person with a password that needs no change. */
export async function addPerson(
  app: TestApp,
  name: string,
  grants: readonly { readonly role: Role; readonly scope?: Scope }[],
): Promise<void> {
  await addAccount(app, { kind: 'person', name, password: new Secret(password) }, machine);
  await app.pool.query(`update principals set must_change_password = false where name = $1`, [name]);
  for (const { role, scope = everywhere } of grants)
    await giveGrant(app, name, { gives: { role }, scope }, machine);
}
