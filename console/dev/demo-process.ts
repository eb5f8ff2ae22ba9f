/** The demo as a process, until its day of work is done: what pages are looked at over. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const projectDir = join(import.meta.dirname, '../..');

export interface DemoProcess {
  readonly address: string;
  stop(): Promise<void>;
}

/** @throws Error with what it said, where it ends before it is up. */
export async function startDemo(): Promise<DemoProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tieline-pages-'));
  const child = spawn(process.execPath, [join(projectDir, 'bin/tieline.js'), 'demo', '--data-dir', dataDir], {
    cwd: projectDir,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TIELINE_PORT: '0' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  let address: string | undefined;
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      said += `${line}\n`;
      address ??= /console is at \S*?(http:\/\/[\w.:]+)/.exec(line)?.[1];
      if (line.startsWith('Up until')) resolve();
    });
    void ended.then(() => reject(new Error(`the demo ended: ${said}`)));
  });
  if (address === undefined) throw new Error(`the demo gave no address: ${said}`);
  return {
    address,
    async stop() {
      child.kill('SIGINT');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
