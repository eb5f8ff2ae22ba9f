/**
 * kill -9 of the sync at four points spread over its run, each followed by a restart: in the end the database and both
 * simulators are as after an undisturbed run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endStateOf, type EndState } from '../support/end-state.ts';
import type { TwoSystems } from '../support/two-systems.ts';
import { startSmallWorld } from './matrix.ts';

const main = join(import.meta.dirname, '../../src/main/main.ts');

let world: TwoSystems;
let undisturbed: EndState;
let undisturbedMs = 0;

/** Starts `tieline sync run` as a process of its own; resolves with its exit code (0 also where it left matches to review), or null if it was killed. */
async function syncProcess(killAfterMs?: number): Promise<number | null> {
  const child = spawn(process.execPath, [main, 'sync', 'run', '--json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...world.environment(), npm_lifecycle_event: '' },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const killer = new AbortController();
  if (killAfterMs !== undefined)
    void delay(killAfterMs, undefined, { signal: killer.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
  const [code] = (await once(child, 'exit')) as [number | null]; // the event's arguments
  killer.abort();
  if (code !== 0 && code !== 3 && code !== null) throw new Error(`sync ended with ${code}: ${complaint}`);
  return code === 3 ? 0 : code;
}

/** How many steps and pages were stored when a process was killed, to show that the kills hit all over the run. */
async function stepsSoFar(): Promise<string> {
  const [row] = await world.rows(
    `select count(*) filter (where status like 'completed%')::int as done, max(batch_type) filter (where status = 'in_progress') as at from ingestion_batches where parent_operation_id is not null`,
  );
  return `${String(row?.['done'])} steps, then ${String(row?.['at'])}`;
}

beforeAll(async () => {
  world = await startSmallWorld();
  const started = performance.now();
  await syncProcess();
  undisturbedMs = performance.now() - started;
  undisturbed = await endStateOf(world);
});
afterAll(async () => {
  await world.stop();
});

describe('a sync that is killed', () => {
  it.each(Array.from({ length: 4 }, (_, index) => index + 1))(
    'at point %i of four ends, once restarted, as an undisturbed one',
    async (point) => {
      await world.beginAgain();
      // Starting takes the first part of the run; the points lie over the rest, each a little off by chance.
      const share = 0.15 + (0.8 * (point - 1 + Math.random())) / 4;
      const killedWith = await syncProcess(undisturbedMs * share);
      const where = await stepsSoFar();
      expect(await syncProcess(), `killed at ${share.toFixed(3)} of the run (${where})`).toBe(0);
      expect(
        await endStateOf(world),
        `killed at ${share.toFixed(3)} of the run (${where}), exit ${String(killedWith)}`,
      ).toEqual(undisturbed);
    },
  );

  it('a sync that is killed again and again until it completes ends like an undisturbed one', async () => {
    await world.beginAgain();
    for (let after = undisturbedMs * 0.35; (await syncProcess(after)) === null; after += undisturbedMs * 0.1);
    expect(await endStateOf(world)).toEqual(undisturbed);
  });
});
