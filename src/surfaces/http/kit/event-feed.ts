/** Events of the database for every stream of this process: one connection listens, however many follow. */
import { listenForEvents, type TielineEvent } from '../../../ledger/events/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { countByBoundary } from '../../../review/conflicts/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';

export interface EventFeed {
  /**
   * @param principalId of who follows. @param after the event that was seen last; what is still remembered of later ones comes first.
   * @returns what ends it. @throws TielineError RATE_LIMITED where that person follows by as many streams as one may.
   */
  follow(principalId: string, after: number | undefined, onEvent: (event: TielineEvent) => void): () => void;
}

/** A browser needs one; each is looked at with every heartbeat. */
const streamsEach = 20;

const rememberedAtMost = 5_000;

/** Begins with the first follower, so that a server nobody looks at keeps no connection for it. */
export function openEventFeed(app: App, signal: AbortSignal): EventFeed {
  const followers = new Set<(event: TielineEvent) => void>();
  const streamsOf = new Map<string, number>();
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
    follow(principalId, after, onEvent) {
      const streams = streamsOf.get(principalId) ?? 0;
      if (streams >= streamsEach)
        throw new TielineError('RATE_LIMITED', `${streams} streams of events are open for you already.`, {
          remedy: 'Close one; a browser needs one for all its windows.',
        });
      streamsOf.set(principalId, streams + 1);
      if (after !== undefined) for (const event of recent) if (event.id > after) onEvent(event);
      followers.add(onEvent);
      begin(after);
      return () => {
        if (!followers.delete(onEvent)) return;
        const left = (streamsOf.get(principalId) ?? 1) - 1;
        if (left === 0) streamsOf.delete(principalId);
        else streamsOf.set(principalId, left);
      };
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
