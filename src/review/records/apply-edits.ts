/** Writes edits that were decided: rows, journal, and that they wait to go out; in the caller's transaction. */
import { byPerson } from '../../canonical/vocabulary/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { recordChanges } from '../../ledger/operations/index.ts';
import { markEdited } from '../../ledger/links/index.ts';
import { beginAssetContext } from '../../record/assets/index.ts';
import { type LinkedEntityName, updateRows } from '../../record/entities/index.ts';
import type { EditedRecord, FieldChange } from './decide-edit.ts';
import { sendingLinks } from './record-rules.ts';

export interface DecidedEdit {
  readonly record: EditedRecord;
  readonly changes: readonly FieldChange[];
}

export async function applyEdits(
  tx: Tx,
  entity: LinkedEntityName,
  edits: readonly DecidedEdit[],
  by: { readonly name: string; readonly reason: string | undefined; readonly operationId: string },
): Promise<void> {
  if (entity === 'asset_context')
    for (const { record } of edits) await beginAssetContext(tx.db, record.entityId);
  await updateRows(
    tx.db,
    entity,
    edits.map(({ record, changes }) => ({
      entityId: record.entityId,
      columns: Object.fromEntries(changes.map(({ field, after }) => [field, after])),
    })),
  );
  await recordChanges(
    tx.db,
    { systemId: null, operationId: by.operationId },
    edits.flatMap(({ record, changes }) =>
      changes.map((change) => ({
        ...change,
        entity,
        entityId: record.entityId,
        direction: 'internal' as const,
        decidedBy: byPerson(by.name),
        ...(by.reason === undefined ? {} : { reason: by.reason }),
      })),
    ),
  );
  const links = edits.flatMap(({ record, changes }) =>
    sendingLinks(
      entity,
      changes.map(({ field }) => field),
      record.sides.filter(({ link }) => link.isOwn),
    ),
  );
  await markEdited(tx.db, links);
}
