import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { sleep } from '../values/abort.ts';
import { boundedBody } from './bounded-body.ts';

const { signal } = new AbortController();
const bounds = { bytes: 10_000, leastBytesPerSecond: 1000, windowMs: 200 };
const open = (pieces: AsyncIterable<Buffer>): Readable =>
  boundedBody(Readable.from(pieces), { where: 'GET /x', signal }, bounds);

async function* pieces(count: number, bytes: number, everyMs: number): AsyncGenerator<Buffer> {
  for (let n = 0; n < count; n += 1) {
    if (everyMs > 0) await sleep(everyMs, signal);
    yield Buffer.alloc(bytes, 97);
  }
}

async function lengthOf(body: Readable, pauseMs = 0): Promise<number> {
  let length = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    length += piece.length;
    if (pauseMs > 0) await sleep(pauseMs, signal);
  }
  return length;
}

describe('the body of an answer', () => {
  it('a response body within the bounds is read whole', async () => {
    expect(await lengthOf(open(pieces(10, 1000, 10)))).toBe(10_000);
  });

  it('a response body that has no end is refused', async () => {
    await expect(lengthOf(open(pieces(1e9, 1000, 0)))).rejects.toMatchObject({ code: 'REMOTE_UNEXPECTED' });
  });

  it('a response body that trickles in is given up, however regularly it does', async () => {
    await expect(lengthOf(open(pieces(1000, 1, 10)))).rejects.toMatchObject({
      code: 'REMOTE_TIMEOUT',
      message: expect.stringContaining('slower than 1000 bytes a second') as string,
    });
  });

  it('a response body whose reader is slow is not the remote’s fault', async () => {
    const big = boundedBody(
      Readable.from(pieces(40, 65_536, 0)),
      { where: 'GET /x', signal },
      { ...bounds, bytes: 1e8 },
    );
    expect(await lengthOf(big, 30)).toBe(40 * 65_536);
  });
});
