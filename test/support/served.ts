/** `tieline serve --worker` as a process over a test's database, and people who may sign in to it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { everywhere, type Role, type Scope } from '../../src/canonical/access/index.ts';
import { addAccount, giveGrant } from '../../src/operate/accounts/index.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import type { TestApp } from './compose-app.ts';
import { ownSettings, projectDir } from './command.ts';
import { machine } from './http-world.ts';

export interface ServedProcess {
  readonly address: string;
  /** Ends it as Ctrl-C does, or at once. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>;
}

/** @param env as `TwoSystems.environment` gives it. */
export async function startServe(env: Readonly<Record<string, string>>): Promise<ServedProcess> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ownSettings.includes(name)),
  );
  const child = spawn(
    process.execPath,
    [join(projectDir, 'bin/tieline.js'), 'serve', '--worker', '--port', '0'],
    { cwd: projectDir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...inherited, ...env } },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      said += `${line}\n`;
      const found = /(https?:\/\/\S+:\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`tieline serve ended: ${said}`)));
  });
  return {
    address,
    async stop(signal = 'SIGINT') {
      child.kill(signal);
      await ended;
    },
  };
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
