import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  startSimulatorProcess,
  type SimulatorProcess,
} from '../../simulators/kit/simulator-process.test-support.ts';
import { loadUnderKills } from './large-load.ts';

const keys = { access: 'load-access', secret: 'load-secret' };
let simulator: SimulatorProcess;
beforeAll(async () => {
  simulator = await startSimulatorProcess(
    'tenable',
    ['--seed', '1', '--now', '2026-11-01T12:00:00.000Z', '--processing-ms', '50'],
    { SIMULATOR_ACCESS_KEY: keys.access, SIMULATOR_SECRET_KEY: keys.secret },
  );
});
afterAll(async () => {
  await simulator.stop();
});

describe('a first load of several chunks (`npm run soak:load` for a million findings)', () => {
  it('a first load that is killed while one chunk is merged and the next is staged ends, once resumed, like one that was not', async () => {
    const lines: string[] = [];
    const { undisturbed, killed } = await loadUnderKills({
      serverUrl: inject('testServerUrl'),
      simulatorUrl: simulator.url,
      keys,
      assetsInChunk: 50,
      kills: 2,
      random: Math.random,
      say: (line) => lines.push(line),
    });
    expect(undisturbed['findings']?.rows, lines.join('\n')).toBe(2_000);
    expect(killed, lines.join('\n')).toEqual(undisturbed);
  });
});
