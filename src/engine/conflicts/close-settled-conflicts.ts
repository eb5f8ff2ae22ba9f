/**
 * When conflicts close by themselves here: after a record was read, and after a change of it went through or was withdrawn by a
 * person. Modules close what they opened, once it is over; a person closes one in `src/review/conflicts`. What must be true of a
 * conflict for it to be closed is in `src/ledger/conflicts/close-conflicts.sql.ts`.
 */
import { closeConflictsOfType, closeSettledConflicts } from '../../ledger/conflicts/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';

/** Records of one page of a read, by our ids. */
interface PageOfConflicts {
  /** Fields on which both sides agree again. */
  readonly agreed: readonly { readonly entityId: string; readonly field: string }[];
  /** Records that could be read; one that could not when it was new is stored under the remote's id. */
  readonly readable: readonly string[];
  /** Rows that were two records of the remote until now, each of which has its own. */
  readonly parted: readonly string[];
}

export async function closeAfterRead(
  tx: Tx,
  source: { readonly systemId: number; readonly entity: string },
  { agreed, readable, parted }: PageOfConflicts,
): Promise<void> {
  await closeConflictsOfType(tx.db, source, 'duplicate', parted);
  await closeConflictsOfType(tx.db, source, 'unmappable_value', readable);
  await closeSettledConflicts(tx.db, source, agreed);
}

/** The remote took changes of these records, or a person decided what becomes of refused ones: conflicts about them as wholes are over. */
export async function closeAfterChange(
  tx: Tx,
  source: { readonly systemId: number; readonly entity: string },
  entityIds: readonly string[],
): Promise<void> {
  await closeSettledConflicts(
    tx.db,
    source,
    entityIds.map((entityId) => ({ entityId })),
  );
}
