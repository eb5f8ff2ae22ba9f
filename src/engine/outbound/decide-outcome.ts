/**
 * What becomes of a change, decided by the remote's answer: one decision for each kind of answer, without a database. A new kind of
 * answer does not compile before it has one.
 */
import type { ExternalRecord, WriteResult } from '../../connectors/kit/index.ts';
import { type ErrorCode, messageOf, TielineError } from '../../platform/errors/index.ts';
import type { ConflictToRecord } from '../../ledger/conflicts/index.ts';
import type { OutboxRow } from '../outbox/index.ts';

/** How often an unclear outcome is looked up and sent again within one run. */
const attemptsPerRun = 4;
/** After so many unclear outcomes a person decides. */
const attemptsInAll = 24;
/** Back-off doubles from two seconds up to this. */
const longestPauseSeconds = 300;

/** Failures of the system, not of the row: no other row would fare better. */
const systemWideErrors: ReadonlySet<ErrorCode> = new Set([
  'REMOTE_UNREACHABLE',
  'REMOTE_RATE_LIMITED',
  'REMOTE_CIRCUIT_OPEN',
]);

/** Why a change rests until a person acts, or a later decision takes its place. */
export interface Refusal {
  readonly to: 'refuse';
  /** `unspellable`: it could not even go out. */
  readonly event: 'refused' | 'unspellable';
  readonly conflict: ConflictToRecord['type'];
  readonly failure: {
    readonly outcome: string;
    readonly message: string;
    readonly fields: readonly { readonly field: string; readonly message: string }[];
  };
}

/** It stays open, and is not tried again before so many seconds have passed. */
export interface PutOff {
  readonly to: 'put off';
  readonly seconds: number;
  readonly because: TielineError;
  /** Whether nothing else of the system would fare better now. */
  readonly endsDrain: boolean;
}

export type Outcome =
  /** The remote has it. */
  | { readonly to: 'confirm'; readonly record: ExternalRecord }
  /** The remote record had moved on: it is merged like any other, and what is left of the change is planned again. */
  | { readonly to: 'merge'; readonly current: ExternalRecord }
  | Refusal
  | PutOff
  /** It may have arrived: it is looked up, and sent again where it has not. */
  | { readonly to: 'look up'; readonly afterMs: number; readonly message: string };

/** A change that is sent, as far as a decision about its answer asks. */
export type SentRow = Pick<OutboxRow, 'entity_type' | 'entity_id' | 'base_version' | 'attempts'>;

interface Sent {
  readonly row: SentRow;
  readonly system: string;
  /** How often it was sent in this run, this time included. */
  readonly tried: number;
}

type Answer<O extends WriteResult['outcome']> = Extract<WriteResult, { readonly outcome: O }>;

const answers: {
  readonly [O in WriteResult['outcome']]: (answer: Answer<O>, sent: Sent) => Outcome;
} = {
  confirmed: ({ record }) => ({ to: 'confirm', record }),
  rejected: ({ message, fields }) => refusal('validation_rejected', { outcome: 'rejected', message, fields }),
  conflict({ message, current }, { row }) {
    if (!current) return refusal('stale_version', { outcome: 'conflict', message, fields: [] });
    // Still as this was decided on: it is refused for another reason (a key that must be unique), and would be again.
    return row.base_version !== null && current.version === row.base_version
      ? refusal('validation_rejected', { outcome: 'rejected', message, fields: [] })
      : { to: 'merge', current };
  },
  missing: ({ message }) => refusal('missing_record', { outcome: 'missing', message, fields: [] }),
  unknown({ message }, { row, system, tried }) {
    const inAll = row.attempts + tried;
    if (inAll >= attemptsInAll)
      return refusal('unclear_outcome', {
        outcome: 'unclear',
        message: `Whether it arrived stayed unclear after ${inAll} attempts: ${message}`,
        fields: [],
      });
    if (tried < attemptsPerRun) return { to: 'look up', afterMs: 100 * 2 ** tried, message };
    const because = new TielineError(
      'REMOTE_FAILED',
      `Whether ${row.entity_type} ${row.entity_id} arrived at ${system} is unclear: ${message}`,
      { remedy: 'Run the sync again: it looks the record up before it sends it again.' },
    );
    return { to: 'put off', seconds: pauseAfter(inAll), because, endsDrain: false };
  },
};

const refusal = (conflict: Refusal['conflict'], failure: Refusal['failure']): Refusal => ({
  to: 'refuse',
  event: 'refused',
  conflict,
  failure,
});

const pauseAfter = (attempts: number): number => Math.min(2 ** Math.min(attempts, 10), longestPauseSeconds);

export function decideOutcome(answer: WriteResult, sent: Sent): Outcome {
  const decide = answers[answer.outcome] as (answer: WriteResult, sent: Sent) => Outcome; // the one for this kind of answer
  return decide(answer, sent);
}

/** What becomes of a change that a failure of its system kept from an answer; undefined: that is for the whole run. */
export function decideFailure(error: TielineError, row: SentRow): Refusal | PutOff | undefined {
  if (error.code === 'MAPPING_INVALID') {
    const failure = { outcome: 'unmappable', message: messageOf(error), fields: error.fields };
    return { to: 'refuse', event: 'unspellable', conflict: 'unmappable_value', failure };
  }
  // The file of this one change; that of another may be whole.
  if (error.code === 'FILE_UNKNOWN' || error.code === 'FILE_DAMAGED')
    return {
      ...refusal('validation_rejected', {
        outcome: 'rejected',
        message: `${messageOf(error)} ${error.remedy ?? ''}`.trim(),
        fields: [],
      }),
      event: 'unspellable',
    };
  if (!error.entry.retryable) return undefined;
  const seconds = pauseAfter(row.attempts + 1);
  return { to: 'put off', seconds, because: error, endsDrain: systemWideErrors.has(error.code) };
}
