/**
 * The body of an answer within bounds of size and time, so that no remote can hold a sync for ever: at most 1 GiB, and at least 1 KiB/s
 * over any 60 seconds in which we were ready to read. The pause between two pieces is bounded by undici (`bodyTimeout`).
 */
import { PassThrough, type Readable } from 'node:stream';
import { TielineError } from '../errors/index.ts';
import { abortReason, whenAborted } from '../values/index.ts';
import { classifyTransportFailure } from './transport-failure.ts';

export interface BodyBounds {
  /** Most bytes of one body. */
  readonly bytes: number;
  /** Least bytes per second over any window. */
  readonly leastBytesPerSecond: number;
  readonly windowMs: number;
}

export const defaultBounds: BodyBounds = {
  bytes: 1024 ** 3,
  leastBytesPerSecond: 1024,
  windowMs: 60_000,
};

/** The time that bytes were waited for and how many had come, once in a while. */
interface Sample {
  readonly waitedMs: number;
  readonly bytes: number;
}

/** Reports when a body became too slow. Time in which the reader was busy with what came before does not count. */
class SpeedWatch {
  #waitedMs = 0;
  #bytes = 0;
  #samples: Sample[] = [{ waitedMs: 0, bytes: 0 }];
  #lookedAt = performance.now();
  readonly #bounds: BodyBounds;

  constructor(bounds: BodyBounds) {
    this.#bounds = bounds;
  }

  received(bytes: number): void {
    this.#bytes += bytes;
  }

  /** To be called many times in a window. @returns whether the last window delivered too little. */
  isTooSlow(wasWaiting: boolean): boolean {
    const now = performance.now();
    // A process that was stopped or a machine that slept did not wait for the remote.
    if (wasWaiting) this.#waitedMs += Math.min(now - this.#lookedAt, this.#bounds.windowMs / 12);
    this.#lookedAt = now;
    const { windowMs, leastBytesPerSecond } = this.#bounds;
    const from = this.#waitedMs - windowMs;
    if (from < 0) {
      this.#samples.push({ waitedMs: this.#waitedMs, bytes: this.#bytes });
      return false;
    }
    // The youngest sample that is a whole window old.
    while ((this.#samples[1]?.waitedMs ?? Number.POSITIVE_INFINITY) <= from) this.#samples.shift();
    this.#samples.push({ waitedMs: this.#waitedMs, bytes: this.#bytes });
    const came = this.#bytes - (this.#samples[0]?.bytes ?? 0);
    return came < (leastBytesPerSecond * windowMs) / 1000;
  }
}

/**
 * The body, ending in TielineError REMOTE_UNREACHABLE (cut), REMOTE_TIMEOUT (stalled or too slow), REMOTE_UNEXPECTED (too long) or the
 * signal's reason. `where` ("GET /x") begins every message.
 */
export function boundedBody(
  body: Readable,
  call: { readonly where: string; readonly signal: AbortSignal },
  bounds: BodyBounds = defaultBounds,
): Readable {
  const { where, signal } = call;
  const out = new PassThrough({ highWaterMark: 256 * 1024 });
  const stopWatching = whenAborted(signal, (reason) => out.destroy(reason));
  const speed = new SpeedWatch(bounds);
  let bytes = 0;
  const looking = setInterval(
    () => {
      if (!speed.isTooSlow(!out.writableNeedDrain)) return;
      out.destroy(
        new TielineError(
          'REMOTE_TIMEOUT',
          `${where}: the answer came slower than ${bounds.leastBytesPerSecond} bytes a second for ${Math.round(bounds.windowMs / 1000)} seconds.`,
        ),
      );
    },
    Math.max(10, Math.min(1000, bounds.windowMs / 20)),
  );
  looking.unref();
  // A stream nobody reads any more may still fail; nobody needs to know.
  out.on('error', () => undefined);
  body.on('error', (error) => {
    out.destroy(signal.aborted ? abortReason(signal) : classifyTransportFailure(error, where).error);
  });
  body.on('data', (piece: Buffer) => {
    bytes += piece.length;
    speed.received(piece.length);
    if (bytes > bounds.bytes)
      out.destroy(
        new TielineError('REMOTE_UNEXPECTED', `${where}: the answer is longer than ${bounds.bytes} bytes.`),
      );
  });
  body.once('end', () => clearInterval(looking));
  out.on('close', () => {
    clearInterval(looking);
    stopWatching();
    if (!body.destroyed && !body.readableEnded) body.destroy();
  });
  body.pipe(out);
  return out;
}
