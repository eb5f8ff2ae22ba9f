/** `tieline serve` as a process of its own, on any free port. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { projectDir } from './command.ts';

export interface ServeProcess {
  readonly address: string;
  readonly pid: number;
  /** Ends it as Ctrl-C does, or at once. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>;
}

/** @param env the whole environment. @throws Error with what it said, where it ends before it listens. */
export async function spawnServe(
  settings: readonly string[],
  env: NodeJS.ProcessEnv,
  nodeFlags: readonly string[] = [],
): Promise<ServeProcess> {
  const child = spawn(
    process.execPath,
    [...nodeFlags, join(projectDir, 'bin/tieline.js'), 'serve', '--port', '0', ...settings],
    { cwd: projectDir, stdio: ['ignore', 'ignore', 'pipe'], env },
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
    pid: child.pid ?? 0,
    async stop(signal = 'SIGINT') {
      child.kill(signal);
      await ended;
    },
  };
}
