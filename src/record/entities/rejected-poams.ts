import { recordChanges } from '../../ledger/operations/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { listOpenProposals } from '../poams/index.ts';
import { updateRows } from './rows/rows.sql.ts';
import { byPerson, reasonOf } from '../../canonical/vocabulary/index.ts';

/**
 * A new POA&M that a person rejected is not an open POA&M here either: the GRC system never had it, and a report that counts
 * it would be wrong. In the caller's transaction.
 */
export async function cancelRejectedPoams(
  tx: Tx,
  source: { readonly systemId: number | null; readonly operationId: string },
  poamIds: readonly string[],
  decided: { readonly by: string; readonly reason: string | undefined },
): Promise<void> {
  const open = await listOpenProposals(tx.db, poamIds);
  await updateRows(
    tx.db,
    'poam',
    open.map(({ poamId }) => ({ entityId: poamId, columns: { status: 'Cancelled' } })),
  );
  await recordChanges(
    tx.db,
    source,
    open.map(({ poamId, status }) => ({
      entity: 'poam',
      entityId: poamId,
      field: 'status',
      before: status,
      after: 'Cancelled',
      direction: 'internal' as const,
      decidedBy: byPerson(decided.by),
      reason: decided.reason ?? reasonOf('turned_down'),
    })),
  );
}
