/** Tells a process of events as they are committed: by one connection that listens, made again when it is lost. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../platform/postgres/index.ts';
import {
  eventChannel,
  fetchLatestEvent,
  listEvents,
  listEventsAfter,
  type TielineEvent,
} from './events.sql.ts';

const batch = 1_000;
const pauseMs = 1_000;
/** Events that were told already, so that none is told twice within a process. */
const rememberedAtMost = 20_000;

export interface ListenOptions {
  /** The event that the reader saw last; what came after it is told first. Absent: only what comes from now on. */
  readonly after?: number | undefined;
  /** Called when events may be late: the connection was lost, and is made again. */
  readonly onLost?: (error: unknown) => void;
}

/**
 * Calls `onEvent` for each event until the signal ends it. One a process: it keeps a connection to itself.
 * @throws never; a database that is away is tried again.
 */
export async function listenForEvents(
  store: Store,
  signal: AbortSignal,
  onEvent: (event: TielineEvent) => void,
  { after, onLost }: ListenOptions = {},
): Promise<void> {
  const told = new Set<number>();
  let last = after;
  const tell = (events: readonly TielineEvent[]): void => {
    for (const event of events) {
      if (told.has(event.id)) continue;
      told.add(event.id);
      if (told.size > rememberedAtMost) told.delete(told.values().next().value ?? 0);
      last = Math.max(last ?? 0, event.id);
      onEvent(event);
    }
  };
  while (!signal.aborted) {
    try {
      await listenOnce(store, signal, { tell, last: () => last, begin: (id) => void (last ??= id) });
    } catch (error) {
      if (!signal.aborted) onLost?.(error);
    }
    if (!signal.aborted) await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

interface Told {
  readonly tell: (events: readonly TielineEvent[]) => void;
  readonly last: () => number | undefined;
  readonly begin: (id: number) => void;
}

/** Listens over one connection until it is lost or the signal ends it. */
async function listenOnce(store: Store, signal: AbortSignal, { tell, last, begin }: Told): Promise<void> {
  const client = await store.session();
  const arrived: number[] = [];
  let wake = Promise.withResolvers<undefined>();
  let lost: Error | undefined;
  const onNotification = ({ payload }: { readonly payload?: string | undefined }): void => {
    arrived.push(Number(payload));
    wake.resolve(undefined);
  };
  const onError = (error: Error): void => {
    lost = error;
    wake.resolve(undefined);
  };
  const stop = (): void => wake.resolve(undefined);
  client.on('notification', onNotification);
  client.on('error', onError);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await client.query(`listen ${eventChannel}`);
    // From here on nothing is missed: what was committed before is read, what comes after is notified.
    const seen = last();
    if (seen === undefined) begin(await fetchLatestEvent(store.db));
    else await catchUp(store, seen, tell);
    while (!signal.aborted && lost === undefined) {
      wake = Promise.withResolvers<undefined>();
      const ids = arrived.splice(0, batch);
      if (ids.length > 0) tell(await listEvents(store.db, ids));
      else await wake.promise;
    }
    if (lost !== undefined) throw lost;
    await client.query(`unlisten ${eventChannel}`);
  } catch (error) {
    lost ??= error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    client.off('notification', onNotification);
    client.off('error', onError);
    client.release(lost);
  }
}

async function catchUp(store: Store, seen: number, tell: Told['tell']): Promise<void> {
  for (let from = seen; ;) {
    const page = await listEventsAfter(store.db, from, batch);
    tell(page);
    const next = page.at(-1)?.id ?? from;
    if (page.length < batch || next <= from) return;
    from = next;
  }
}
