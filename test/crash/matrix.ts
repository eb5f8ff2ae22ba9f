/** The crash matrix: a whole sync is killed before and after each commit and each remote request, restarted, and compared. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endStateOf, type EndState } from '../support/end-state.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

const main = join(import.meta.dirname, '../../src/main/main.ts');
const hook = join(import.meta.dirname, 'crash-hook.ts');

/** One authorized system and six machines: everything happens, and in a second. */
export function startSmallWorld(): Promise<TwoSystems> {
  return startTwoSystems([], { tenable: ['--machines', '6'], xacta: ['--systems', '1'] });
}

/** @returns the exit code, or null if it was killed. */
export async function syncProcess(
  world: TwoSystems,
  env: Readonly<Record<string, string>> = {},
): Promise<number | null> {
  const child = spawn(process.execPath, ['--import', hook, main, 'sync', 'run', '--json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...world.environment(), npm_lifecycle_event: '', ...env },
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code] = (await once(child, 'exit')) as [number | null]; // the event's arguments
  // 3: done, with matches to review.
  if (code !== 0 && code !== 3 && code !== null) throw new Error(`sync ended with ${code}: ${complaint}`);
  return code;
}

export interface Undisturbed {
  readonly state: EndState;
  /** What each point is, from the first. */
  readonly points: readonly string[];
}

export async function playUndisturbed(world: TwoSystems): Promise<Undisturbed> {
  const folder = await mkdtemp(join(tmpdir(), 'tieline-crash-'));
  try {
    const file = join(folder, 'points.json');
    await syncProcess(world, { TIELINE_TEST_COUNT: file });
    const counted = JSON.parse(await readFile(file, 'utf8')) as { names: string[] };
    return { state: await endStateOf(world), points: counted.names };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Kills a first sync at a point, lets another go on, and gives what is there in the end. */
export async function playKilledAt(
  world: TwoSystems,
  point: number,
): Promise<{ readonly killed: boolean; readonly state: EndState }> {
  await world.beginAgain();
  const code = await syncProcess(world, { TIELINE_TEST_POINT: String(point) });
  await syncProcess(world);
  return { killed: code === null, state: await endStateOf(world) };
}
