import { type App, withSystems } from '../../engine/run/index.ts';
import { beginOperation, countsOf, findOperation, finishOperation } from '../../ledger/operations/index.ts';
import { findSystemById, takeDrainLock } from '../../ledger/external-systems/index.ts';
import { hasDueRows, isSendingPaused } from '../../engine/outbox/index.ts';
import { messageOf } from '../../platform/errors/index.ts';
import { drainOutbox } from '../../engine/outbound/index.ts';

/**
 * Sends what is due to go to a system, for a worker that heard of it; nothing if another process is at it, or nothing is due.
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
  const lock = await takeDrainLock(app.pool, systemId);
  if (!lock) return;
  await lock.release();
  await withSystems(
    app,
    { systems: [row.system_name] },
    { signal, report: () => undefined },
    async (environment) => {
      const [system] = environment.systems;
      if (!system) return;
      const operationId = await beginOperation(app.db, {
        type: 'export',
        system: system.name,
        step: 'send',
      });
      system.setOperation(operationId);
      try {
        await drainOutbox({ ...environment, operationId }, system, operationId, {
          wanted: () => true,
          patient: true,
        });
        await system.flushCalls();
        const counts = countsOf(await findOperation(app.db, operationId));
        await finishOperation(
          app.db,
          operationId,
          counts.held + counts.failed > 0 ? 'completed_with_issues' : 'completed',
        );
      } catch (error) {
        await system.flushCalls();
        await finishOperation(app.db, operationId, 'failed', { error: messageOf(error) });
        throw error;
      }
    },
  );
}
