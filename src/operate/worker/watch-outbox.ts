/** Sends what waits in the outbox as soon as it is notified, and also checks at intervals. */
import { messageOf } from '../../platform/errors/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import { listenToOutbox } from '../../engine/outbox/index.ts';
import { type App, isOfSystem } from '../../engine/run/index.ts';
import { sendWaitingChanges } from '../../runs/sync/index.ts';

const lookEveryMs = 2_000;
const connectionsToListen = 6;
const longestPauseMs = 60_000;

/** Sends to every enabled system what is due now. @throws the first failure, after all others were sent to. */
export async function sendToAll(app: App, signal: AbortSignal): Promise<void> {
  const failures: unknown[] = [];
  for (const system of await listSystems(app.db))
    try {
      if (system.sync_enabled !== false) await sendWaitingChanges(app, system.id, { signal });
    } catch (error) {
      if (!isOfSystem(error, signal)) throw error;
      failures.push(error);
      app.log.warn({ system: system.system_name }, `sending failed: ${messageOf(error)}`);
    }
  if (failures.length > 0) throw failures[0];
}

/** Sends until the signal ends it. A system that fails rests, longer each time, and keeps no other waiting. */
export async function watchOutbox(app: App, signal: AbortSignal): Promise<void> {
  const busy = new Map<number, Promise<void>>();
  const resting = new Map<number, { readonly until: number; readonly pauseMs: number }>();

  function send(systemId: number): void {
    if (signal.aborted || busy.has(systemId)) return;
    if ((resting.get(systemId)?.until ?? 0) > app.now().getTime()) return;
    const sending = sendWaitingChanges(app, systemId, { signal })
      .then(() => void resting.delete(systemId))
      .catch((error: unknown) => {
        if (signal.aborted) return;
        const pauseMs = Math.min((resting.get(systemId)?.pauseMs ?? 500) * 2, longestPauseMs);
        resting.set(systemId, { until: app.now().getTime() + pauseMs, pauseMs });
        app.log.warn({ system: systemId }, `sending rests for ${pauseMs} ms: ${messageOf(error)}`);
      })
      .finally(() => busy.delete(systemId));
    busy.set(systemId, sending);
  }

  // The listener keeps a connection to itself; where there are few, looking every two seconds does.
  const listens = app.store.maxConnections >= connectionsToListen;
  let listening: { close(): Promise<void> } | undefined;
  while (!signal.aborted) {
    try {
      // Made again after a broken connection; looking continues meanwhile.
      if (listens) listening ??= await listenToOutbox(app.store, send, () => (listening = undefined));
      for (const system of await listSystems(app.db)) if (system.sync_enabled !== false) send(system.id);
    } catch (error) {
      if (!signal.aborted) app.log.warn({ err: error }, `the outbox is looked at later: ${messageOf(error)}`);
    }
    await app.sleep(lookEveryMs, signal).catch(() => undefined);
  }
  await listening?.close();
  await Promise.all(busy.values());
}
