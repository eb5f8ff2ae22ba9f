import { recordChanges } from '../../store/changes.ts';
import { byPerson, reasonOf } from '../../model/rule-codes.ts';
import { updateRows } from '../../store/negotiated.ts';
import { listOpenProposals } from '../../store/unsent-poams.ts';
import type { Tx } from '../../store/transaction.ts';

/**
 * A new POA&M that a person turned down is no open POA&M here either: the GRC system never had it, and a report that counts
 * it would be wrong. In the caller's transaction.
 * @param changes those that were rejected or dropped, of whatever entity.
 */
export async function cancelRejectedPoams(
  tx: Tx,
  source: { readonly systemId: number | null; readonly operationId: string },
  changes: readonly { readonly entity: string; readonly entityId?: string; readonly kind: string }[],
  decided: { readonly by: string; readonly reason: string | undefined },
): Promise<void> {
  const ids = changes.flatMap(({ entity, kind, entityId }) =>
    entity === 'poam' && kind === 'create' && entityId !== undefined ? [entityId] : [],
  );
  const open = await listOpenProposals(tx.db, ids);
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
