/**
 * When conflicts close by themselves. Here: after a record was read (both sides agree, it can be read, it is there again), and after a
 * change of it went through or a person decided about it in the outbox. Elsewhere, by what happens:
 *
 *   a full read shows what was missing                  engine/inbound/absence.sql.ts
 *   a refused change is overtaken                       engine/outbox/outbox-refused.sql.ts
 *   a link is made or broken, a connection is removed   engine/links/link-decisions.sql.ts, engine/connections/remove-system.sql.ts
 *   a POA&M leaves its system                           record/poams/departures.sql.ts
 *   a finding is answered, a proposal renewed           modules/poams/show-answers.ts, renew-unsent.ts
 *   a match is found again, an acceptance planned       modules/correlation/lost-matches.sql.ts, modules/acceptances/plan-acceptances.ts
 *   a person settles it                                 review/conflicts
 *
 * What must be true of a conflict for it to be closed is in `src/ledger/conflicts/close-conflicts.sql.ts`.
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
  await closeConflictsOfType(tx.db, source, 'missing_record', readable);
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
