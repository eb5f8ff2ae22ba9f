/**
 * State machines as data: each state with each event, so that the compiler refuses a machine with a cell missing. The SQL that moves rows
 * takes its states from here (`moveBy`), and src/engine/merge/SPEC.md shows the tables.
 */

/** The state that an event leads to; null where the event cannot happen in that state. */
export type Transitions<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Record<Event, State | null>>>
>;

/** What an event does to rows: those in one of the states of `from` come to `to`. */
export interface Move<State extends string> {
  readonly from: readonly State[];
  readonly to: State;
}

/**
 * What an event does, as one update of a table does it.
 * @throws Error if the event leads to no state, or to several: one update cannot do that, so it is two events.
 */
export function moveBy<State extends string, Event extends string>(
  transitions: Transitions<State, Event>,
  event: Event,
): Move<State> {
  const from = statesOf(transitions).filter((state) => transitions[state][event] !== null);
  const [to, ...others] = new Set(from.map((state) => transitions[state][event]));
  if (to === undefined || to === null || others.length > 0)
    throw new Error(`The event ${event} does not lead to exactly one state.`);
  return { from, to };
}

export const statesOf = <State extends string>(transitions: Transitions<State, string>): State[] =>
  Object.keys(transitions) as State[]; // a record by states has no other keys
