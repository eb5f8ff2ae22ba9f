import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openJsonMember } from './json-member.ts';

/** The text in pieces of so many bytes. */
function* inPieces(text: string, size: number): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const text = JSON.stringify({
  about: 'a "list": [',
  inner: { list: [1] },
  list: [{ a: 'ä]' }, { b: [{ c: 1 }] }],
  after: { list: 3 },
});

describe('a document with a long list in it', () => {
  it.each([1, 2, 3, 7, 64, 4096])(
    'is read in pieces of %i bytes: what stands before the list, and its records',
    async (size) => {
      const member = await openJsonMember(Readable.from(inPieces(text, size)), 'list');
      expect(member?.head).toEqual({ about: 'a "list": [', inner: { list: [1] } });
      const records = [];
      for await (const record of member?.records ?? []) records.push(record);
      expect(records).toEqual([{ a: 'ä]' }, { b: [{ c: 1 }] }]);
    },
  );

  it('is none where the member is missing or is no list', async () => {
    expect(await openJsonMember(Readable.from(inPieces('{"list":3}', 4)), 'list')).toBeUndefined();
    expect(await openJsonMember(Readable.from(inPieces('[]', 4)), 'list')).toBeUndefined();
  });

  it('is refused where the list was cut', async () => {
    const member = await openJsonMember(Readable.from(inPieces('{"list":[{"a":1},{"b"', 4)), 'list');
    await expect(Array.fromAsync(member?.records ?? [])).rejects.toMatchObject({ code: 'REMOTE_UNEXPECTED' });
  });
});
