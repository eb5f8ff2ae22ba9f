/** Starts a simulator as the process that it is, for tests that speak to it over HTTP. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface SimulatorProcess {
  readonly url: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** @throws Error with what the process said on standard error if it ends before it is ready */
export async function startSimulatorProcess(
  name: 'tenable' | 'tenable-sc' | 'xacta',
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<SimulatorProcess> {
  const main = fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [main, '--port', '0', '--exit-with-parent', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the ${name} simulator ended: ${complaint}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said: unknown = JSON.parse(line);
      if (typeof said === 'object' && said !== null && 'url' in said) resolve(String(said.url));
    });
  });
  return {
    url,
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
