/** The handler of every route of the contract; one that is missing does not compile. */
import type { routes } from '../../contract/index.ts';
import type { Handlers } from './kit/call.ts';
import type { EventFeed } from './kit/event-feed.ts';
import type { Cursors } from './kit/list-answer.ts';
import { approvalHandlers, conflictHandlers } from './decisions/conflict-handlers.ts';
import { mappingHandlers } from './decisions/mapping-handlers.ts';
import { syncHandlers } from './decisions/sync-handlers.ts';
import { assetHandlers } from './records/asset-handlers.ts';
import { boundaryHandlers } from './records/boundary-handlers.ts';
import { findingHandlers } from './records/finding-handlers.ts';
import { poamHandlers } from './records/poam-handlers.ts';
import { viewHandlers } from './sign-in/view-handlers.ts';
import { sessionHandlers, type ServedFacts } from './sign-in/session-handlers.ts';

export interface HandlerParts {
  readonly facts: ServedFacts;
  readonly cursors: Cursors;
  readonly feed: EventFeed;
}

export function handlersOf({ facts, cursors, feed }: HandlerParts): Handlers<typeof routes> {
  const parts = { cursors, classification: facts.classification };
  return {
    ...sessionHandlers(facts),
    ...findingHandlers(parts),
    ...assetHandlers,
    ...poamHandlers(parts),
    ...boundaryHandlers,
    ...conflictHandlers(parts),
    ...approvalHandlers(parts),
    ...syncHandlers({ ...parts, feed }),
    ...viewHandlers,
    ...mappingHandlers,
  };
}
