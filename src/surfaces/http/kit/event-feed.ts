/** Events of the database for every stream of this process: one connection listens, however many follow. */
import { listenForEvents, type TielineEvent } from '../../../ledger/events/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { countByBoundary } from '../../../review/conflicts/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';

export interface EventFeed {
  /** @param after the event that was seen last; what is still remembered of later ones comes first. @returns what ends it. */
  follow(after: number | undefined, onEvent: (event: TielineEvent) => void): () => void;
}

const rememberedAtMost = 5_000;

/** Begins with the first follower, so that a server nobody looks at keeps no connection for it. */
export function openEventFeed(app: App, signal: AbortSignal): EventFeed {
  const followers = new Set<(event: TielineEvent) => void>();
  const recent: TielineEvent[] = [];
  let listening = false;
  const tell = (event: TielineEvent): void => {
    recent.push(event);
    if (recent.length > rememberedAtMost) recent.shift();
    for (const follower of followers) follower(event);
  };
  // One after another: what is looked up for an event must not let a later one overtake it.
  let turn: Promise<void> = Promise.resolve();
  const begin = (after: number | undefined): void => {
    if (listening) return;
    listening = true;
    void listenForEvents(
      app.store,
      signal,
      (event) => {
        turn = turn.then(async () => {
          for (const each of await byBoundary(app, event)) tell(each);
        });
      },
      {
        ...(after === undefined ? {} : { after }),
        onLost: (error) => app.log.warn({ err: error }, `events are late: ${messageOf(error)}`),
      },
    );
  };
  return {
    follow(after, onEvent) {
      if (after !== undefined) for (const event of recent) if (event.id > after) onEvent(event);
      followers.add(onEvent);
      begin(after);
      return () => followers.delete(onEvent);
    },
  };
}

/** An event about conflicts of several boundaries, as one for each. Where that cannot be found out, all are told that something moved. */
async function byBoundary(app: App, event: TielineEvent): Promise<readonly TielineEvent[]> {
  if (event.conflicts === null || event.conflicts.length === 0) return [event];
  try {
    const counted = await countByBoundary(app.db, event.conflicts);
    return counted.map(({ boundary, count, only }) => ({
      ...event,
      boundary,
      count,
      subject: only === null ? null : String(only),
    }));
  } catch (error) {
    app.log.warn({ err: error }, `an event is told without what it is about: ${messageOf(error)}`);
    return [{ ...event, kind: 'inbox.changed', subject: null, count: null, conflicts: null }];
  }
}
