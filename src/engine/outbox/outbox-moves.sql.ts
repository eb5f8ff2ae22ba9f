/** What events do to rows of the outbox, as parts of SQL: the states are those of `engine/outbox/outbox-states.ts`, and no other code spells them out. */
import { sql, type RawBuilder } from 'kysely';
import { outboxMove, type OutboxEvent } from './outbox-states.ts';

/** The state after an event, as a literal. */
export const stateAfter = (event: OutboxEvent): RawBuilder<string> => sql.lit(outboxMove(event).to);

/**
 * The states in which any of the events can happen, as a list of literals for `in (...)`: literals, and not a parameter, so that
 * the planner sees that a partial index serves.
 */
export const statesBefore = (...events: readonly OutboxEvent[]): RawBuilder<unknown> =>
  sql.join([...new Set(events.flatMap((event) => outboxMove(event).from))].map((state) => sql.lit(state)));
