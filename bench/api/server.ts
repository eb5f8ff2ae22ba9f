/** `tieline serve` as a process of its own over the world's database, and what Linux says of it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** As bin/tieline.js starts the product. */
const nodeFlags = ['--max-semi-space-size=16', '--heap-growing-percent=30'];

export interface ServerProcess extends AsyncDisposable {
  readonly address: string;
  readonly pid: number;
  readonly residentMegabytes: () => number;
  readonly peakMegabytes: () => number;
  /** The peak counts from now on. */
  readonly forgetPeak: () => void;
}

const projectDir = join(import.meta.dirname, '../..');

function statusOf(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const found = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(found?.[1] ?? 0) / 1024);
}

/** @throws Error with what it said, where it ends before it listens. */
export async function startServer(databaseUrl: string): Promise<ServerProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tieline-bench-serve-'));
  const child = spawn(
    process.execPath,
    [...nodeFlags, join(projectDir, 'bin/tieline.js'), 'serve', '--port', '0', '--data-dir', dataDir],
    {
      cwd: projectDir,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Twenty people come from one address here.
      env: { ...process.env, DATABASE_URL: databaseUrl, TIELINE_SIGN_INS_PER_MINUTE: '1000' },
    },
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
  const pid = child.pid ?? 0;
  return {
    address,
    pid,
    residentMegabytes: () => statusOf(pid, 'VmRSS'),
    peakMegabytes: () => statusOf(pid, 'VmHWM'),
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'), // proc(5): resets VmHWM
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
