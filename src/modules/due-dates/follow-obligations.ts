/**
 * Promised dates that follow an obligation by themselves, where the policy that gave it says so. The journal keeps the date before; the next
 * step sends the edit, and asks for approval where the connection's policy does.
 */
import { byRule } from '../../canonical/vocabulary/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { markRecordsEdited } from '../../ledger/links/index.ts';
import { recordChanges } from '../../ledger/operations/index.ts';
import { updateRows } from '../../record/entities/index.ts';
import { addDays, laterOf } from './days.ts';
import { listFollowing, type ObligationSource } from './obligations.sql.ts';

/** @returns how many promised dates were pulled in. */
export async function followObligations(tx: Tx, source: ObligationSource): Promise<number> {
  const today = source.now.toISOString().slice(0, 10);
  const moved = (await listFollowing(tx.db, source.operationId)).flatMap(({ days, ...poam }) => {
    // A day that is past cannot be promised: as many days from now as the policy gives.
    const on = laterOf(poam.obligedBy, poam.obligedBy < today ? addDays(today, Math.ceil(days ?? 0)) : today);
    return on < poam.promised ? [{ ...poam, on }] : [];
  });
  await updateRows(
    tx.db,
    'poam',
    moved.map(({ poamId, on }) => ({ entityId: poamId, columns: { scheduled_completion: on } })),
  );
  await recordChanges(
    tx.db,
    { systemId: null, operationId: source.operationId },
    moved.map(({ poamId, on, promised, reason }) => ({
      entity: 'poam',
      entityId: poamId,
      field: 'scheduled_completion',
      before: promised,
      after: on,
      direction: 'internal',
      decidedBy: byRule('obligation'),
      reason,
    })),
  );
  await markRecordsEdited(tx.db, { entity: 'poam', entityIds: moved.map(({ poamId }) => poamId) });
  return moved.length;
}
