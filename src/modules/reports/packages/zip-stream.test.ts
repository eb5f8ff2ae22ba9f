import { buffer } from 'node:stream/consumers';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { type ZipPart, zipped } from './zip-stream.ts';

const never = new AbortController().signal;
const large = new Uint8Array(8 * 1024 * 1024).map((_, at) => (at * 2_654_435_761) >>> 24);

/** Pieces of one size, and how many were taken. */
function inPieces(size: number) {
  const taken = { pieces: 0 };
  const open = () =>
    Promise.resolve(
      (async function* pieces() {
        for (let at = 0; at < large.length; at += size) {
          taken.pieces += 1;
          yield await Promise.resolve(large.subarray(at, at + size));
        }
      })(),
    );
  return { taken, open };
}
const parts = (size: number): ZipPart[] => [
  { path: 'evidence/scan.png', open: inPieces(size).open },
  { path: 'poams/P-1.json', bytes: new TextEncoder().encode('{}'.repeat(1000)) },
];

it('a zip holds its parts as they are, and is the same whatever the pieces in which they come', async () => {
  const zip = await buffer(zipped(parts(64 * 1024), never));
  const files = unzipSync(zip);
  expect(Object.keys(files)).toEqual(['evidence/scan.png', 'poams/P-1.json']);
  expect(Buffer.compare(files['evidence/scan.png'] ?? new Uint8Array(), large)).toBe(0);
  expect(files['poams/P-1.json']).toHaveLength(2000);
  expect(Buffer.compare(await buffer(zipped(parts(1000), never)), zip)).toBe(0);
});

it('a part is read no further than its zip is taken, and no more once it is cancelled', async () => {
  const { taken, open } = inPieces(64 * 1024);
  const cancel = new AbortController();
  const pieces = zipped([{ path: 'a', open }], cancel.signal);
  for (let n = 0; n < 5; n += 1) await pieces.next();
  expect(taken.pieces).toBeLessThan(6);
  cancel.abort(new Error('cancelled'));
  await expect(buffer(pieces)).rejects.toThrow('cancelled');
  expect(taken.pieces).toBeLessThan(8);
});
