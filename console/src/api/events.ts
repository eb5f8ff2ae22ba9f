/**
 * What happens on the server, told to all tabs by one stream a browser: HTTP/1.1 allows six connections to a host, and six tabs with a
 * stream each would hang. The tab that holds the lock reads the stream and passes the events on; when it closes, the next one takes over.
 * Events bear ids only. What is shown is asked for again, so that rights are checked in one place.
 */
import type { QueryClient } from '@tanstack/react-query';
import { addressOf } from './http/client.ts';

const kinds = [
  'operation.progress',
  'operation.finished',
  'conflict.opened',
  'conflict.settled',
  'approval.asked',
  'approval.decided',
  'outbox.changed',
  'health.changed',
  'import.progress',
  'inbox.changed',
  'bye',
] as const;
type Kind = (typeof kinds)[number];

/** What a page of one record shows; a list is asked for by another key. */
const records = [['poams'], ['findings'], ['assets'], ['systems'], ['plugins']] as const;

/** The beginnings of the query keys that an event makes old. Lists are not among them: rows do not move under the pointer. */
const concerns: Record<Kind, readonly (readonly string[])[]> = {
  'operation.progress': [['operations'], ['sync']],
  'operation.finished': [['operations'], ['sync'], ['me'], ...records],
  'conflict.opened': [['conflicts'], ['me'], ['poams']],
  'conflict.settled': [['conflicts'], ['me'], ['poams']],
  'approval.asked': [['approvals'], ['me'], ['poams']],
  'approval.decided': [['approvals'], ['me'], ['poams']],
  'outbox.changed': [['outbox'], ['sync'], ['poams']],
  'health.changed': [['sync']],
  'import.progress': [['imports']],
  'inbox.changed': [['me'], ['workflows']],
  bye: [['me']],
};

/** The stream itself, in the tab that leads, until `signal`. */
function readStream(pass: (kind: Kind) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // The lock may be given in the moment in which it is not wanted any more; nobody would end the stream then.
    if (signal.aborted) return resolve();
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const open = (): void => {
      source = new EventSource(addressOf('/events'));
      for (const kind of kinds) source.addEventListener(kind, () => pass(kind));
      source.addEventListener('error', () => {
        if (source?.readyState !== EventSource.CLOSED) return; // it connects again by itself
        retry = setTimeout(open, 10_000);
        pass('inbox.changed'); // what was missed meanwhile
      });
    };
    signal.addEventListener('abort', () => {
      clearTimeout(retry);
      source?.close();
      resolve();
    });
    open();
  });
}

/** Listens until the returned function is called. */
export function listen(queryClient: QueryClient): () => void {
  const end = new AbortController();
  const channel = new BroadcastChannel('tieline-events');
  const receive = (kind: Kind): void => {
    for (const queryKey of concerns[kind]) void queryClient.invalidateQueries({ queryKey: [...queryKey] });
  };
  channel.addEventListener('message', (message: MessageEvent<Kind>) => receive(message.data));
  const pass = (kind: Kind): void => {
    if (end.signal.aborted) return;
    receive(kind);
    channel.postMessage(kind);
  };
  navigator.locks
    .request('tieline-events', { signal: end.signal }, () => readStream(pass, end.signal))
    .catch(() => undefined); // ended while it waited for the lock
  return () => {
    end.abort();
    channel.close();
  };
}
