/** The handler of every route of the contract; one that is missing does not compile. */
import type { routes } from '../../contract/index.ts';
import type { Handlers } from './kit/call.ts';
import type { Cursors } from './kit/list-answer.ts';
import { findingHandlers } from './records/finding-handlers.ts';
import { poamHandlers } from './records/poam-handlers.ts';
import { sessionHandlers, type ServedFacts } from './sign-in/session-handlers.ts';

export interface HandlerParts {
  readonly facts: ServedFacts;
  readonly cursors: Cursors;
}

export function handlersOf({ facts, cursors }: HandlerParts): Handlers<typeof routes> {
  const parts = { cursors, classification: facts.classification };
  return { ...sessionHandlers(facts), ...findingHandlers(parts), ...poamHandlers(parts) };
}
