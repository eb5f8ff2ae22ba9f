import { createWriteStream } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { TielineError } from '../platform/errors/tieline-error.ts';
import { asInterruption, watchOutput } from './end-of-work.ts';

const failing = (code: string): Writable =>
  new Writable({ write: (_piece, _encoding, done) => done(Object.assign(new Error(code), { code })) });

describe('standard output', () => {
  it('standard output that could not be written is a failure', async () => {
    for (const out of [failing('ENOSPC'), createWriteStream('/dev/full')]) {
      const watch = watchOutput(out, new PassThrough());
      out.write('a result\n');
      await expect(watch.settled()).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
    }
  });

  it('standard output whose reader has read enough is not a failure', async () => {
    const out = failing('EPIPE');
    const watch = watchOutput(out, new PassThrough());
    out.write('a result\n');
    await expect(watch.settled()).resolves.toBeUndefined();
  });
});

describe('a failure after a request to end', () => {
  const ended = new AbortController();
  ended.abort(new TielineError('INTERRUPTED', 'Interrupted.'));

  it('a failure after a request to end is the interruption, whatever a library made of it', () => {
    const abort = new DOMException('The operation was aborted', 'AbortError');
    for (const thrown of [abort, new TielineError('INTERNAL', 'x', { cause: abort })])
      expect(asInterruption(thrown, ended.signal)).toMatchObject({ code: 'INTERRUPTED', cause: thrown });
  });

  it('a failure is reported as it is where the registry knows it, or the work was not asked to end', () => {
    const known = new TielineError('REMOTE_FAILED', 'x');
    expect(asInterruption(known, ended.signal)).toBe(known);
    const other = new Error('x');
    expect(asInterruption(other, new AbortController().signal)).toBe(other);
  });
});
