import { type App, withSystems } from '../../engine/run/index.ts';
import { findSystemById, takeDrainLock, isSendingPaused } from '../../ledger/external-systems/index.ts';
import { hasDueRows } from '../../engine/outbox/index.ts';
import { withOperation } from '../../ledger/operations/index.ts';
import { drainOutbox } from '../../engine/outbound/index.ts';

/**
 * Sends what is due to go to a system, for a worker that was notified; nothing if another process is at it, or nothing is due.
 * @throws TielineError when the remote cannot be reached or an outcome stays unclear; the rows stay, backing off.
 */
export async function sendWaitingChanges(
  app: App,
  systemId: number,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const row = await findSystemById(app.db, systemId);
  if (!row || row.sync_enabled === false) return;
  if (!(await hasDueRows(app.db, systemId)) || (await isSendingPaused(app.db, systemId))) return;
  // Another process that sends leaves nothing to do, and nothing to put on record every two seconds.
  const lock = await takeDrainLock(app.store, systemId);
  if (!lock) return;
  await lock.release();
  const caller = { signal, report: () => undefined };
  await withSystems(app, { systems: [row.system_name] }, caller, async (environment) => {
    const [system] = environment.systems;
    if (!system) return;
    const operation = { type: 'export', system: system.name, step: 'send', calls: system } as const;
    await withOperation(app.db, operation, ({ id }) =>
      drainOutbox({ ...environment, operationId: id }, system, id, { wanted: () => true, patient: true }),
    );
  });
}
