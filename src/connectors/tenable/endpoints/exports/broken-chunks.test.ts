import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TielineError } from '../../../../platform/errors/tieline-error.ts';
import type { Json, JsonObject } from '../../../../platform/values/json.ts';
import { assetRecord, findingRecord, pluginRecord } from '../../../../canonical/record-fields/index.ts';
import { compileMappings, mapRecord } from '../../../../canonical/mapping/apply-mappings.ts';
import { breakBytes, breakingJson, randomFrom } from '../../../../platform/http/broken-bytes.test-support.ts';
import { RepeatedObjects } from '../../../../platform/http/repeated-objects.ts';
import { tenableConnector } from '../../connector.ts';
import { recordsOfChunk } from './export-records.ts';

const asset = '11111111-2222-4333-8444-555555555555';
const finding = (id: number, port: number): JsonObject => ({
  asset: { uuid: asset },
  plugin: { id, name: `Plugin "${id}" {é}`, cve: ['CVE-2026-1'], vpr: { score: 5 } },
  port: { port, protocol: 'TCP' },
  severity: 'high',
  state: 'OPEN',
  indexed: 1_790_000_000,
  output: 'a { b [ c "quoted" \\ \u0000 end',
  first_found: '2026-01-02T00:00:00Z',
  last_found: '2026-10-02T00:00:00Z',
});
const chunks = {
  vulns: JSON.stringify([finding(1, 80), finding(2, 443), finding(1, 443)]),
  assets: JSON.stringify([
    { id: asset, hostnames: ['web1'], ipv4s: ['10.0.0.1'], tags: [{ key: 'a', value: 'b' }] },
    { id: asset.replace('1', '2'), hostnames: [], ipv4s: null },
  ]),
};

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Outcome {
  readonly raws: Json[];
  readonly error: unknown;
}
async function read(
  kind: 'vulns' | 'assets',
  bytes: Uint8Array,
  size: number,
  plugins: RepeatedObjects,
): Promise<Outcome> {
  const raws: Json[] = [];
  try {
    for await (const record of recordsOfChunk(kind, pieces(bytes, size), { businessCategories: [], plugins }))
      raws.push(record.raw);
    return { raws, error: undefined };
  } catch (error) {
    return { raws, error };
  }
}

describe('5,000 broken chunks', () => {
  it('5,000 broken chunks end in records or in an error that says where, never otherwise', async () => {
    const next = randomFrom(20_261_124);
    const { mappings } = tenableConnector.declaration;
    const maps = {
      asset: compileMappings(mappings, 'asset'),
      plugin: compileMappings(mappings, 'plugin'),
      finding: compileMappings(mappings, 'finding'),
    };
    const plugins = new RepeatedObjects('plugin', 50);
    let refused = 0;
    for (let n = 0; n < 5_000; n += 1) {
      const kind = next() < 0.8 ? 'vulns' : 'assets';
      const bytes = breakBytes(chunks[kind], breakingJson, next);
      const { raws, error } = await read(kind, bytes, 1 + Math.floor(next() * 900), plugins);
      for (const raw of raws as JsonObject[]) {
        if (kind === 'assets') mapRecord(maps.asset, assetRecord, raw);
        else {
          mapRecord(maps.finding, findingRecord, raw);
          mapRecord(maps.plugin, pluginRecord, raw);
        }
      }
      if (error === undefined) {
        // Whole: as a parser that reads it all at once has it.
        if (!isDeepStrictEqual(raws, JSON.parse(bytes.toString())))
          throw new Error(`input ${n} was read as something else`);
        continue;
      }
      refused += 1;
      if (!(error instanceof TielineError) || error.code !== 'REMOTE_UNEXPECTED')
        throw new Error(`input ${n}`, { cause: error });
      expect(error.message).toMatch(/element \d+, byte \d+: ./);
    }
    expect(refused).toBeGreaterThan(2_500);
    expect(Object.keys({})).toEqual([]);
    expect(({} as JsonObject)['plugin']).toBeUndefined();
  }, 60_000);
});
