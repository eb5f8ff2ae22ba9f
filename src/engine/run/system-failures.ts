/** What one system's failure means to a run over several: the others are synced all the same, and the run says what is missing. */
import { type ErrorCode, messageOf, TielineError } from '../../platform/errors/index.ts';
import { isDatabaseFault } from '../../platform/postgres/index.ts';

export interface SystemFailure {
  readonly system: string;
  readonly error: unknown;
}

/** A failure as it is kept with the run and shown in its summary. */
export interface ShownFailure {
  readonly system: string;
  /** A code of the registry of errors. */
  readonly code: string;
  readonly message: string;
}

/** Codes of what ends the whole run: it is not the system that failed. */
const ofTheRun: ReadonlySet<ErrorCode> = new Set(['CANCELLED', 'INTERRUPTED', 'LOCK_LOST', 'SYNC_RUNNING']);

/** Whether it is the system that failed, and not the database, the lock, or the person who ended the run. */
export const isOfSystem = (error: unknown, signal: AbortSignal): boolean =>
  !signal.aborted && !isDatabaseFault(error) && !(error instanceof TielineError && ofTheRun.has(error.code));

/** Whether it may pass without any change. */
export const mayPass = (error: unknown): boolean => error instanceof TielineError && error.entry.retryable;

export const shownFailure = ({ system, error }: SystemFailure): ShownFailure => ({
  system,
  code: error instanceof TielineError ? error.code : 'INTERNAL',
  message: messageOf(error),
});

/** The error of a run in which systems failed: that of the first, which it names, and the names of the others. */
export function errorOf(failures: readonly [SystemFailure, ...SystemFailure[]]): Error {
  const [{ system, error }, ...others] = failures;
  if (!(error instanceof TielineError)) return error instanceof Error ? error : new Error(String(error));
  const message = error.message.includes(system) ? error.message : `${system}: ${error.message}`;
  const more =
    others.length === 0
      ? ''
      : ` Also failed: ${others.map((other) => `${other.system} (${shownFailure(other).code})`).join(', ')}.`;
  if (message === error.message && more === '') return error;
  return new TielineError(error.code, `${message}${more}`, {
    cause: error,
    remedy: error.remedy,
    fields: error.fields,
  });
}
