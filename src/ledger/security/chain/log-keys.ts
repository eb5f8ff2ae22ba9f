/**
 * The keys under which the security log is chained. A process has one for what it writes, and may have earlier ones to verify with. They are
 * kept here, once a process, and not handed through: an event is recorded inside of the transaction that does what it tells of, and whoever
 * does that is given a connection and no secrets.
 */
import { createHash, createHmac } from 'node:crypto';
import { TielineError } from '../../../platform/errors/index.ts';

export interface LogKey {
  /** Says which key it is and nothing of it. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

export const logKeyOf = (bytes: Uint8Array): LogKey => ({
  id: createHash('sha256').update('tieline security log key\n').update(bytes).digest('hex').slice(0, 16),
  bytes,
});

let held: readonly LogKey[] = [];

/** Of the composition root. @param keys the present one first; the others only verify. */
export function holdLogKeys(keys: readonly [LogKey, ...LogKey[]]): void {
  held = keys;
}

/** @throws TielineError INTERNAL where none was given: what could not be chained is not recorded, and what it tells of does not happen. */
export function presentLogKey(): LogKey {
  const [present] = held;
  if (!present)
    throw new TielineError('INTERNAL', 'The key of the security log was not loaded before the first event.');
  return present;
}

export const findLogKey = (id: string): LogKey | undefined => held.find((key) => key.id === id);

/** The parts are kept apart by line ends, which none of them but the last holds. */
export const signed = (key: LogKey, ...parts: readonly string[]): Buffer =>
  createHmac('sha256', key.bytes)
    .update(['tieline.log.1', ...parts].join('\n'))
    .digest();
