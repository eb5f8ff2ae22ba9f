import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TielineError } from '../errors/tieline-error.ts';
import type { JsonObject } from '../values/json.ts';
import { recordsOfJsonArray, type JsonArrayOptions } from './json-array.ts';

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const points = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  let from = 0;
  for (const point of [...points, bytes.length]) {
    yield bytes.slice(from, point);
    from = point;
  }
}

async function split(
  text: string | Uint8Array,
  cuts: readonly number[] = [],
  limits?: JsonArrayOptions,
): Promise<JsonObject[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const records: JsonObject[] = [];
  for await (const record of recordsOfJsonArray(pieces(bytes, cuts), limits)) records.push(record);
  return records;
}

async function refusal(
  text: string | Uint8Array,
  cuts: readonly number[] = [],
  limits?: JsonArrayOptions,
): Promise<string> {
  try {
    await split(text, cuts, limits);
  } catch (error) {
    if (error instanceof TielineError && error.code === 'REMOTE_UNEXPECTED') return error.message;
    throw error;
  }
  return 'nothing was refused';
}

describe('an array of objects that arrives in pieces', () => {
  it('the JSON array reader gives the same elements however its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }))),
        fc.array(fc.nat()),
        fc.constantFrom(0, 2),
        async (elements, cuts, indent) => {
          const text = JSON.stringify(elements, undefined, indent);
          expect(await split(text, cuts)).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('the JSON array reader gives the same elements when every byte comes alone', async () => {
    const text = String.raw`[ {"a":"\\"} , {"b":"}]\"[{","c":[[{"d":"é\u00e9😀"}]]},{} ]` + '\n';
    expect(
      await split(
        text,
        Array.from({ length: 200 }, (_, cut) => cut),
      ),
    ).toEqual(JSON.parse(text));
  });

  it('the JSON array reader accepts an empty array', async () => {
    expect(await split(' [ ] ')).toEqual([]);
  });

  it.each([
    ['', 'element 0, byte 0: it ends too early'],
    ['{"a":1}', 'element 0, byte 0: expected ['],
    ['<html>', 'element 0, byte 0: expected ['],
    ['[{"a":1}', 'element 1, byte 8: it ends too early'],
    ['[{"a":1},', 'element 1, byte 9: it ends too early'],
    ['[{"a":"', 'element 0, byte 7: it ends too early'],
    ['[{"a":1},]', 'element 1, byte 9: expected an object'],
    ['[{"a":1} {"b":2}]', 'element 1, byte 9: expected , or ]'],
    ['[{"a":1},7]', 'element 1, byte 9: expected an object'],
    ['[{"a":1},{"a":}]', 'element 1, byte 9: malformed JSON'],
    ['[{"a":[1}]}]', 'element 0, byte 1: malformed JSON'],
    ['[{"a":1}] x', 'element 1, byte 10: something follows the array'],
  ])('the JSON array reader refuses %s and reports where', async (text, where) => {
    expect(await refusal(text)).toContain(where);
    expect(await refusal(text, [1, 2, 3, 5, 8])).toContain(where);
  });

  it('the JSON array reader refuses bytes that are not UTF-8', async () => {
    const bytes = Uint8Array.from([
      ...new TextEncoder().encode('[{"a":"'),
      0xc3,
      0x28,
      ...new TextEncoder().encode('"}]'),
    ]);
    expect(await refusal(bytes)).toContain('element 0, byte 1: invalid UTF-8');
  });

  it('the JSON array reader never quotes the text it refuses', async () => {
    expect(await refusal('[{"password":hunter2}]')).not.toContain('hunter2');
  });

  it('the JSON array reader refuses an element that is longer or deeper than the limit', async () => {
    expect(await refusal(`[{"a":"${'x'.repeat(100)}"}]`, [20, 40], { elementBytes: 50 })).toContain(
      'longer than 50 bytes',
    );
    expect(await refusal(`[{"a":${'['.repeat(300)}`)).toContain('nested deeper than 200');
  });

  it('the JSON array reader closes the stream when the reader stops early', async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        yield new TextEncoder().encode('[{}');
        for (;;) yield new TextEncoder().encode(',{}');
      } finally {
        isClosed = true;
      }
    }
    for await (const record of recordsOfJsonArray(endless())) {
      expect(record).toEqual({});
      break;
    }
    expect(isClosed).toBe(true);
  });
});
