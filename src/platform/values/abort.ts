/** Waiting that a signal ends at once. */
import { TielineError } from '../errors/index.ts';

/** The signal's reason as an Error. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new TielineError('INTERNAL', `Cancelled: ${String(reason)}`);
}

/** Throws the signal's reason if it has aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortReason(signal);
}

/** Calls back once when the signal aborts; the function returned stops watching. */
export function whenAborted(signal: AbortSignal, callback: (reason: Error) => void): () => void {
  const listener = (): void => callback(abortReason(signal));
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** Waits `ms` milliseconds; rejects with the signal's reason when that aborts first. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  await new Promise<void>((resolve, reject) => {
    const stopWatching = whenAborted(signal, (reason) => {
      clearTimeout(timer);
      reject(reason);
    });
    const timer = setTimeout(() => {
      stopWatching();
      resolve();
    }, ms);
  });
}
