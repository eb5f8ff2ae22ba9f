/**
 * Security events of headers that were dropped or refused: the first of a peer at once, and what follows within the minute as one more with
 * its number. A scanner that tries a thousand of them leaves two rows, not a thousand.
 */
import type { App } from '../../../engine/run/index.ts';
import { recordSecurityEvent } from '../../../ledger/security/index.ts';
import { messageOf } from '../../../platform/errors/index.ts';

export interface ForgedHeader {
  readonly peer: string | undefined;
  readonly names: readonly string[];
  readonly what: 'dropped' | 'refused' | 'not proved';
  readonly requestId: string;
}

export interface ForgedHeaders {
  count(found: ForgedHeader): void;
  /** Records what was counted and not recorded yet. */
  close(): Promise<void>;
}

interface Counted {
  readonly first: ForgedHeader;
  readonly names: Set<string>;
  more: number;
}

const minuteMs = 60_000;
/** More peers within a minute are counted together. */
const mostPeers = 5000;

export function forgedHeaders(app: Pick<App, 'store' | 'now' | 'log'>): ForgedHeaders {
  const byPeer = new Map<string, Counted>();
  const writing = new Set<Promise<void>>();
  const record = (found: ForgedHeader, names: Iterable<string>, more: number): void => {
    const written = write(app, found, { names: [...names], more })
      .catch((error: unknown) =>
        app.log.warn({ err: error }, `forged headers were not recorded: ${messageOf(error)}`),
      )
      .finally(() => writing.delete(written));
    writing.add(written);
  };
  const settle = (): void => {
    for (const { first, names, more } of byPeer.values()) if (more > 0) record(first, names, more);
    byPeer.clear();
  };
  const timer = setInterval(settle, minuteMs).unref();
  return {
    count(found) {
      const key = `${found.what} ${byPeer.size < mostPeers ? (found.peer ?? 'unknown') : 'others'}`;
      const before = byPeer.get(key);
      if (before) {
        before.more += 1;
        for (const name of found.names) if (before.names.size < 20) before.names.add(name);
        return;
      }
      byPeer.set(key, { first: found, names: new Set(found.names), more: 0 });
      record(found, found.names, 0);
    },
    async close() {
      clearInterval(timer);
      settle();
      await Promise.all(writing);
    },
  };
}

/** @param more how many came after the first, which has its own event; 0: it is the first. */
const write = (
  { store, now }: Pick<App, 'store' | 'now'>,
  { peer, what, requestId }: ForgedHeader,
  { names, more }: { readonly names: readonly string[]; readonly more: number },
): Promise<void> =>
  store.transaction(({ db }) =>
    recordSecurityEvent(db, {
      kind: 'proxy_header_refused',
      at: now(),
      origin: {
        way: 'none',
        ...(peer === undefined ? {} : { address: peer }),
        ...(more > 0 ? {} : { requestId }),
      },
      outcome: 'refused',
      failureReason: what,
      details: {
        headers: names.slice(0, 20).map((name) => name.slice(0, 100)),
        ...(more > 0 ? { more } : {}),
      },
    }),
  );
