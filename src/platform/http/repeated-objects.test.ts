import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../values/json.ts';
import { recordsOfJsonArray } from './json-array.ts';
import { RepeatedObjects } from './repeated-objects.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function read(text: string, repeated: RepeatedObjects, size = 1 << 16): Promise<JsonObject[]> {
  const records: JsonObject[] = [];
  for await (const record of recordsOfJsonArray(pieces(Buffer.from(text), size), { repeated }))
    records.push(record);
  return records;
}

describe('objects that records repeat', () => {
  it('repeated objects are read once, and are in each record as if they had been read there', async () => {
    const text =
      '[{"n":1,"plugin":{"id":7,"cve":["a"]}},{"plugin":{"id":8}},{"n":3,"plugin":{"id":7,"cve":["a"]}}]';
    for (const size of [1, 5, 17, 1000]) {
      const records = await read(text, new RepeatedObjects('plugin'), size);
      expect(records).toEqual(JSON.parse(text));
      expect(records[0]?.['plugin']).toBe(records[2]?.['plugin']);
    }
  });

  it.each([
    ['elsewhere as well', '[{"x":{"plugin":{"id":1}},"plugin":{"id":2}}]'],
    ['only elsewhere', '[{"x":{"plugin":{"id":1}},"y":"\\"plugin\\":{}"}]'],
    ['twice', '[{"plugin":{"id":1},"plugin":{"id":2}}]'],
    ['twice, the second time something else', '[{"plugin":{"id":1},"plugin":null}]'],
    ['as a text', '[{"a":"plugin","plugin":"x"}]'],
    ['as a list', '[{"plugin":[1,{"a":2}]},{"plugin":[1,{"a":2}]}]'],
    ['after a space', '[{"plugin": {"id":1}}]'],
    ['not at all', '[{"a":1},{}]'],
  ])('repeated objects are read as a plain parser reads them: %s', async (_name, text) => {
    expect(await read(text, new RepeatedObjects('plugin'))).toEqual(JSON.parse(text));
  });

  it('repeated objects change nothing of what is read, whatever JSON it is and however it is cut', async () => {
    const record = fc.dictionary(fc.constantFrom('plugin', 'a', '"plugin":{', 'é'), fc.jsonValue(), {
      maxKeys: 4,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 5 }),
        fc.integer({ min: 1, max: 200 }),
        async (records, size) => {
          const text = JSON.stringify(records);
          expect(await read(text, new RepeatedObjects('plugin', 2), size)).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it('repeated objects are forgotten when there are too many, the oldest first', async () => {
    const repeated = new RepeatedObjects('plugin', 1);
    const [one] = await read('[{"plugin":{"id":1}}]', repeated);
    const [two] = await read('[{"plugin":{"id":2}}]', repeated);
    const [again] = await read('[{"plugin":{"id":2}}]', repeated);
    expect(again?.['plugin']).toBe(two?.['plugin']);
    const [first] = await read('[{"plugin":{"id":1}}]', repeated);
    expect(first?.['plugin']).toEqual(one?.['plugin']);
    expect(first?.['plugin']).not.toBe(one?.['plugin']);
  });
});
