import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TielineError } from '../platform/errors/index.ts';
import type { Secret } from '../platform/values/index.ts';
import { projectDir } from './project.ts';

export interface RunningSimulator {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts one of the simulators as a process of its own. It ends when `stop` is called or when this process ends in any
 * way: it watches its standard input. Its keys go through the environment, where arguments would show in `ps`.
 */
export async function startSimulator(
  name: 'tenable' | 'xacta',
  args: readonly string[],
  secrets: Readonly<Record<string, Secret>>,
): Promise<RunningSimulator> {
  const child = spawn(
    process.execPath,
    [join(projectDir, 'simulators', name, 'main.ts'), '--port', '0', '--exit-with-parent', ...args],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C ends the demo first, and the demo ends its simulators.
      detached: true,
      env: {
        ...process.env,
        ...Object.fromEntries(Object.entries(secrets).map(([key, secret]) => [key, secret.reveal()])),
      },
    },
  );
  let complaint = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-4000)));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string): void =>
      reject(
        new TielineError(
          'INTERNAL',
          `The ${name} simulator did not start: ${why}${complaint ? `\n${complaint}` : ''}`,
        ),
      );
    const timer = setTimeout(() => fail('it was not ready within 30 seconds'), 30_000);
    child.once('error', (error) => fail(error.message));
    void exited.then(() => fail('it ended'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.includes('"ready"')) return;
      clearTimeout(timer);
      const ready: unknown = JSON.parse(line);
      if (typeof ready === 'object' && ready !== null && 'url' in ready) resolve(String(ready.url));
      else fail(`it said ${line}`);
    });
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
