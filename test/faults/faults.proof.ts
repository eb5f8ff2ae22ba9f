import { expect, it } from 'vitest';
import { randomFrom } from '../../src/platform/http/broken-bytes.test-support.ts';
import { playFaults } from './fault-rounds.ts';

it(
  'a database that is killed, restarted, filled and locked at random for two minutes leaves every process alive and ends like an undisturbed one',
  { timeout: 600_000 },
  async () => {
    expect(await playFaults({ minutes: 2, random: randomFrom(12), say: () => undefined })).toEqual([]);
  },
);
