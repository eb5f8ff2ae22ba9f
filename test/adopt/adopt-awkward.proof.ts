import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { howToInstall, startDebianServer } from '../support/debian-server.ts';
import { adoptOne } from './adopt-one.ts';
import { plainTraits } from './awkward-database.ts';

/** Chosen so that between them they have both variants of every table, taken names, missing tables and broken checks. */
const seeds = [2, 5, 8, 17, 40, 41, 42, 43];
const story = { findings: 1000, kills: false };

describe('an awkward database (a handful; `npm run soak:adopt` for hundreds)', () => {
  it.each(seeds)(
    'an awkward database of seed %i is checked, adopted and filled, and no row of its owner changes',
    async (seed) => {
      const outcome = await adoptOne({ ...story, serverUrl: inject('testServerUrl'), seed });
      expect(outcome.result).toBe('moved in');
      expect(outcome.filled).toBeGreaterThan(100);
    },
  );

  it('an awkward database whose port is a text is refused with the reason, and nothing is changed', async () => {
    const outcome = await adoptOne({ ...story, serverUrl: inject('testServerUrl'), seed: 1 });
    expect(outcome).toMatchObject({ result: 'refused', problems: ['type:ingestion_vulnerabilities.port'] });
  });

  it('an awkward database is adopted even where a command is killed on the way', async () => {
    const traits = { ...plainTraits(), duplicateFindings: true };
    const outcome = adoptOne({
      serverUrl: inject('testServerUrl'),
      seed: 21,
      findings: 5000,
      traits,
      kills: true,
    });
    await expect(outcome).resolves.toMatchObject({ result: 'moved in' });
  });
});

describe('PostgreSQL of Debian', async () => {
  const server = await startDebianServer();
  afterAll(async () => {
    await server?.close();
  });
  beforeAll(() => {
    if (!server) console.warn(`skipped: ${howToInstall}`);
  });

  it.skipIf(!server).each([4, 33])('takes the same (seed %i)', async (seed) => {
    const outcome = await adoptOne({ ...story, serverUrl: server?.url ?? '', seed });
    expect(outcome.result).toBe('moved in');
  });
});
