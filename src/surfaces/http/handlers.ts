/** The handler of every route of the contract; one that is missing does not compile. */
import type { routes } from '../../contract/index.ts';
import type { Handlers } from './kit/call.ts';
import type { Cursors } from './kit/list-answer.ts';
import { sessionHandlers, type ServedFacts } from './sign-in/session-handlers.ts';

export interface HandlerParts {
  readonly facts: ServedFacts;
  readonly cursors: Cursors;
}

export const handlersOf = ({ facts }: HandlerParts): Handlers<typeof routes> => ({
  ...sessionHandlers(facts),
});
