/**
 * The reference model of one field: what two sides and a base must be after each step, written from decision 0009 and
 * src/engine/merge/SPEC.md, without a line of src/. After a sync that broke off, several states are possible; then the real
 * one must be among them.
 */
import type { HistoryField, Value } from './fields.ts';

export type Direction = 'inbound' | 'outbound' | 'bidirectional';
export type Strategy = 'external_wins' | 'internal_wins' | 'newest_wins' | 'manual' | 'append';
export interface Policy {
  readonly direction: Direction;
  readonly strategy: Strategy;
}

export interface FieldState {
  readonly here: Value;
  readonly there: Value;
  readonly base: Value;
  readonly held: boolean;
  /** Sent, and the answer not seen: the value as it was sent. */
  readonly inFlight: { readonly value: Value } | undefined;
}

/** Lines that both sides added to the base, theirs first; undefined where a side did more than add. */
function appended(base: Value, here: Value, there: Value): Value | undefined {
  if (here === null || there === null) return undefined;
  const before = base === null ? [] : base.split('\n');
  const [ours, theirs] = [here.split('\n'), there.split('\n')];
  const begins = (lines: readonly string[]): boolean => before.every((line, at) => lines[at] === line);
  if (!begins(ours) || !begins(theirs)) return undefined;
  return [...theirs, ...ours.slice(before.length)].join('\n');
}

/** What a read of the remote does. */
function afterRead(state: FieldState, policy: Policy): FieldState {
  const { here, there, base } = state;
  const agree = (value: Value): FieldState => ({
    here: value,
    there,
    base: there,
    held: false,
    inFlight: undefined,
  });
  if (here === there) return agree(there);
  const send: FieldState = { ...state, base: there, held: false };
  if (policy.direction === 'inbound') return agree(there);
  if (policy.direction === 'outbound') return send;
  if (here === base) return agree(there);
  if (there === base) return { ...state, held: false };
  switch (policy.strategy) {
    case 'external_wins':
      return agree(there);
    case 'internal_wins':
      return send;
    case 'append': {
      const joined = appended(base, here, there);
      return joined === undefined ? { ...state, held: true } : { ...send, here: joined };
    }
    case 'manual':
    case 'newest_wins':
      return { ...state, held: true };
  }
}

/** What is left to go out after a read. */
function isDue(state: FieldState, policy: Policy): boolean {
  return !state.held && policy.direction !== 'inbound' && state.here !== state.base;
}

function afterSend(state: FieldState, policy: Policy, field: HistoryField): FieldState {
  if (!isDue(state, policy)) return state;
  const stored = field.stored(state.here);
  return { here: stored, there: stored, base: stored, held: false, inFlight: undefined };
}

/** The look-up of what is in flight: if the remote shows it, both sides know it. */
function afterSettling(state: FieldState, field: HistoryField): FieldState {
  if (!state.inFlight) return state;
  const arrived = field.stored(state.inFlight.value);
  if (state.there !== arrived) return { ...state, inFlight: undefined };
  const here = state.here === state.inFlight.value ? arrived : state.here;
  return { here, there: arrived, base: arrived, held: state.held, inFlight: undefined };
}

/** A sync that came to its end. */
export function afterSync(state: FieldState, policy: Policy, field: HistoryField): FieldState {
  return afterSend(afterRead(afterSettling(state, field), policy), policy, field);
}

const keyOf = (state: FieldState): string => JSON.stringify(state);

export function distinct(states: readonly FieldState[]): FieldState[] {
  return [...new Map(states.map((state) => [keyOf(state), state])).values()];
}

/** A sync that broke off anywhere. */
export function afterBrokenSync(state: FieldState, policy: Policy, field: HistoryField): FieldState[] {
  const starts = [state, afterSettling(state, field)];
  return distinct(
    starts.flatMap((start) => {
      const read = afterRead(start, policy);
      const sent = afterSend(read, policy, field);
      const arrived: FieldState = {
        ...read,
        there: field.stored(read.here),
        inFlight: { value: read.here },
      };
      // An edit of what the remote alone decides is taken back to what was agreed, also where the remote was not read.
      const takenBack: FieldState = { ...start, here: start.base };
      if (policy.direction === 'inbound') return start.held ? [start, read] : [start, takenBack, read];
      // Sent and not taken: if somebody makes just this change there, it looks like ours, and is as good.
      const attempted: FieldState = { ...read, inFlight: { value: read.here } };
      return isDue(read, policy) ? [start, read, attempted, arrived, sent] : [start, read];
    }),
  );
}
