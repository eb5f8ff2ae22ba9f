import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { TielineError } from '../errors/index.ts';

/** The account that PostgreSQL's processes run as. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; of these accounts the first that exists is taken in its place. */
const preferredNames = ['tieline', 'postgres', 'nobody'];

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The unprivileged account for a server that root starts. Throws SETTING_INVALID if there is none. */
export async function findServerAccount(): Promise<ServerAccount> {
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of preferredNames) {
    const entry = entries.find((fields) => fields[0] === name);
    const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
    if (uid > 0 && gid >= 0) return { uid, gid };
  }
  throw new TielineError(
    'SETTING_INVALID',
    'PostgreSQL does not run as root, and no account can stand in for it.',
    {
      remedy: 'Create a system account named tieline, run as an ordinary user, or set DATABASE_URL.',
    },
  );
}

/** Whether a program of this account can be started: tried, since modes alone leave out mounts and ACLs. */
export function canRun(program: string, account: ServerAccount): Promise<boolean> {
  return succeeds(program, ['--version'], account);
}

/** Whether this account can enter a directory. */
export function canEnter(directory: string, account: ServerAccount): Promise<boolean> {
  return succeeds('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], account);
}

function succeeds(program: string, args: readonly string[], account: ServerAccount): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...account, cwd: '/', stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
