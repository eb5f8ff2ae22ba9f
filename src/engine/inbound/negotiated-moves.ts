/** Records that stand inside of another record than before: a component, control or POA&M of another system now, a milestone of another POA&M. */
import { type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { byRule, reasonOf } from '../../canonical/vocabulary/index.ts';
import type { JournalEntry } from '../../ledger/operations/index.ts';
import { findLinkedInside } from '../../ledger/links/index.ts';
import {
  findTakenKeys,
  linkedEntity,
  type NegotiatedEntity,
  type StoredRecord,
} from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';

export interface Move {
  readonly column: string;
  readonly before: Json;
  readonly after: Json;
}

/**
 * What moves, by our row. Where a record stands is for the GRC system to say, so a row follows it, whoever moved it; but a row that names
 * nothing that is here (an owner's own numbering) is left as it is, and so is one that stands where another system has it.
 * @param known our rows with the record that each is, parents resolved to our ids.
 */
export async function findMoves(
  tx: Tx,
  entity: NegotiatedEntity,
  systemId: number,
  known: readonly { readonly stored: StoredRecord; readonly record: JsonObject }[],
): Promise<ReadonlyMap<string, Move>> {
  const { parent } = linkedEntity(entity);
  if (!parent || parent.entity === 'asset') return new Map();
  const { column, entity: parentEntity } = parent;
  const apart = known.filter(({ stored, record }) => stored.row[column] !== record[column]);
  if (apart.length === 0) return new Map();
  const standing = apart.map(({ stored }) => scalarText(stored.row[column]));
  const there = await findTakenKeys(tx.db, parentEntity, standing);
  const elsewhere = await findLinkedInside(
    tx.db,
    { systemId, entity, parentEntity },
    apart.map(({ stored }) => ({ entityId: stored.entityId, parentId: scalarText(stored.row[column]) })),
  );
  return new Map(
    apart.flatMap(({ stored, record }): [string, Move][] => {
      const before = stored.row[column] ?? null;
      const follows = before === null || there.has(scalarText(before));
      return follows && !elsewhere.has(stored.entityId)
        ? [[stored.entityId, { column, before, after: record[column] ?? null }]]
        : [];
    }),
  );
}

export const moveEntry = (
  entity: NegotiatedEntity,
  entityId: string,
  { column, before, after }: Move,
): JournalEntry => ({
  entity,
  entityId,
  field: column,
  before,
  after,
  direction: 'inbound',
  decidedBy: byRule('remote_moved'),
  reason: reasonOf('stands_there'),
});
