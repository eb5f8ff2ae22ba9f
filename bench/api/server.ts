/** `tieline serve` as a process of its own over the world's database, and what Linux says of it. */
import nodeSettings from '../../bin/node-settings.json' with { type: 'json' };
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnServe } from '../../test/support/serve-process.ts';

export interface ServerProcess extends AsyncDisposable {
  readonly address: string;
  readonly pid: number;
  readonly residentMegabytes: () => number;
  readonly peakMegabytes: () => number;
  /** The peak counts from now on. */
  readonly forgetPeak: () => void;
}

function statusOf(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const found = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(found?.[1] ?? 0) / 1024);
}

/** @throws Error with what it said, where it ends before it listens. */
export async function startServer(databaseUrl: string): Promise<ServerProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tieline-bench-serve-'));
  // Twenty people come from one address here.
  const env = {
    ...nodeSettings.env,
    ...process.env,
    DATABASE_URL: databaseUrl,
    TIELINE_SIGN_INS_PER_MINUTE: '1000',
    // They sign in by their passwords alone.
    TIELINE_SECOND_FACTOR: 'off',
  };
  const served = await spawnServe(['--data-dir', dataDir], env, nodeSettings.serveFlags);
  const { address, pid } = served;
  return {
    address,
    pid,
    residentMegabytes: () => statusOf(pid, 'VmRSS'),
    peakMegabytes: () => statusOf(pid, 'VmHWM'),
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'), // proc(5): resets VmHWM
    async [Symbol.asyncDispose]() {
      await served.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
