import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Whether a process of this number exists, be it ours or another account's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // kill fails with nothing else
  }
}

/** Whether the process of this number is a PostgreSQL server, and not a program that got its number since. */
export async function isPostgres(pid: number): Promise<boolean> {
  const linux = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  const command = linux ?? (await psCommand(pid));
  return /(^|\/)postgres(\0|\s|:|$)/.test(command);
}

function psCommand(pid: number): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'command=', '-p', String(pid)], (_error, output) => resolve(output));
  });
}
