import { withSystems, type App } from '../../engine/run/app.ts';
import { beginOperation, findOperation, finishOperation } from '../../ledger/operations/operations.sql.ts';
import { findSystemById } from '../../ledger/external-systems/external-systems.sql.ts';
import { hasDueRows } from '../../engine/outbox/outbox.sql.ts';
import { isSendingPaused } from '../../engine/outbox/outbox-decisions.sql.ts';
import { takeDrainLock } from '../../ledger/external-systems/sync-lock.sql.ts';
import { messageOf } from '../../platform/errors/tieline-error.ts';
import { countsOf } from '../../ledger/operations/operations.sql.ts';
import { drainOutbox } from '../../engine/outbound/drain.ts';

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
