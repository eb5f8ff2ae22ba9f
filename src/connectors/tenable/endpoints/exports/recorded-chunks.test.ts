import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nothingStored, readOn, type Stored } from '../../../kit/conformance/storing-reader.ts';
import { startScriptedServer, type ScriptedServer } from '../../scripted-server.test-support.ts';

const folder = join(import.meta.dirname, '../../../../../../shared/data');

let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer();
});
afterEach(async () => {
  await server.stop();
});

async function read(entity: 'asset' | 'finding', file: string): Promise<Stored> {
  const chunks = { 1: readFileSync(join(folder, file), 'utf8') };
  server.jobs.set('recorded', { status: { status: 'FINISHED', chunks_available: [1] }, chunks });
  server.onStart = () => ({ status: 200, body: { export_uuid: 'recorded' } });
  const stored = nothingStored();
  await readOn(server.connect(), entity, stored);
  return stored;
}

describe.skipIf(!existsSync(folder))(
  'recorded chunks of a real Tenable (skipped where the recordings are absent)',
  () => {
    it.each([
      ['asset', 'tenable-vm/assets-chunk.json', 100],
      ['finding', 'tenable-vm/vulns-chunk.json', 344],
      ['asset', 'tenable-vm-2022/assets-chunk.json', 6],
      ['finding', 'tenable-vm-2022/vulns-chunk.json', 103],
    ] as const)('give each %s of %s once, under an id of its own', async (entity, file, count) => {
      const { records } = await read(entity, file);
      expect(records).toHaveLength(count);
      expect(new Set(records.map((record) => record.externalId)).size).toBe(count);
      expect(records.map((record) => record.raw)).toEqual(
        JSON.parse(readFileSync(join(folder, file), 'utf8')),
      );
    });
  },
);
