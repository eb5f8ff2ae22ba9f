/** How a process ends: asked to, or because its output could not be written. */
import type { Writable } from 'node:stream';
import { messageOf, TielineError } from '../platform/errors/index.ts';

/**
 * Aborts on Ctrl-C and SIGTERM, and when the process that started us is gone without having said so (the launcher
 * of bin/tieline.js, or npm). A second Ctrl-C ends at once; the database supervisor then cleans up by itself.
 */
export function endOfWork(): AbortSignal {
  const controller = new AbortController();
  const end = (reason: string): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new TielineError('INTERRUPTED', reason));
  };
  process.on('SIGINT', () => end('Interrupted.'));
  process.on('SIGTERM', () => end('Received SIGTERM.'));
  process.on('SIGHUP', () => end('The terminal was closed.'));
  const parentGone = (): void => {
    if (!controller.signal.aborted) end('The process that started Tieline is gone.');
  };
  if (process.channel) {
    process.on('disconnect', parentGone);
    process.channel.unref();
  } else if (process.env['npm_lifecycle_event'] !== undefined) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && parentGone(), 1000).unref();
  }
  return controller.signal;
}

/**
 * What a failure means once the work is to end: whatever a library makes of a cancelled wait, query or request
 * (AbortError, "query was cancelled"), the person interrupted it. Errors of the registry that say something else stay.
 */
export function asInterruption(error: unknown, signal: AbortSignal): unknown {
  const reason: unknown = signal.reason;
  const isOurs = error instanceof TielineError && error.code !== 'INTERNAL';
  if (!signal.aborted || isOurs || !(reason instanceof TielineError)) return error;
  return reason === error ? error : new TielineError(reason.code, reason.message, { cause: error });
}

export interface OutputWatch {
  /** Ends when all that was written so far is out, or could not be written. @throws TielineError OUTPUT_FAILED */
  settled(): Promise<void>;
}

/**
 * Watches standard output: a result that could not be written (a full disk) is a failure, since a script would take the empty file
 * for "nothing". A reader that has seen enough (`| head`) is not a failure.
 */
export function watchOutput(out: Writable, err: Writable): OutputWatch {
  let failure: Error | undefined;
  const note = (error: NodeJS.ErrnoException | null | undefined): void => {
    if (error && error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failure ??= error;
  };
  out.on('error', note);
  // There is no place left to say it.
  err.on('error', () => undefined);
  return {
    async settled() {
      await new Promise<void>((resolve) => {
        if (out.destroyed || !out.writable) resolve();
        else
          out.write('', (error) => {
            note(error);
            resolve();
          });
      });
      // An error is emitted a turn after the callback.
      await new Promise((resolve) => setImmediate(resolve));
      if (failure === undefined) return;
      throw new TielineError('OUTPUT_FAILED', `The output could not be written: ${messageOf(failure)}.`, {
        cause: failure,
      });
    },
  };
}
