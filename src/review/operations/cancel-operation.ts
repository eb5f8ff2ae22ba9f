import type { Actor } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import { requestCancel } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { findOneOperation } from './operations.ts';

/**
 * Asks the process that does an operation to end it, wherever it runs; it does so within seconds. A sync continues with the next one that
 * asks for the same. @param id the whole id or its first characters. @returns the operation's whole id.
 * @throws TielineError OPERATION_UNKNOWN; USAGE where it is over, or is a step or a decision, which cannot be ended by themselves.
 */
export async function cancelOperation(
  app: Pick<App, 'db'>,
  actor: Pick<Actor, 'name'>,
  id: string,
): Promise<string> {
  const row = await findOneOperation(app.db, id);
  if (row.status !== 'in_progress')
    throw new TielineError('USAGE', `The operation ${row.batch_id.slice(0, 8)} is over.`);
  if (!(await requestCancel(app.db, row.batch_id, actor.name)))
    throw new TielineError(
      'USAGE',
      `The operation ${row.batch_id.slice(0, 8)} cannot be stopped by itself.`,
      { remedy: 'Stop the run that it belongs to: `tieline sync status` shows what is running.' },
    );
  return row.batch_id;
}
