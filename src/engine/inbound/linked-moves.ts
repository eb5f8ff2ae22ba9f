/** Records that are inside another record than before: a component, control or POA&M of another system now, a milestone of another POA&M. */
import { type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { byRule, reasonOf } from '../../canonical/vocabulary/index.ts';
import type { JournalEntry } from '../../ledger/operations/index.ts';
import { findLinkedInside } from '../../ledger/links/index.ts';
import {
  findTakenKeys,
  isLinked,
  linkedEntity,
  type LinkedEntityName,
  type StoredRecord,
} from '../../record/entities/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';

export interface Move {
  readonly column: string;
  readonly before: Json;
  readonly after: Json;
}

/** One of our rows with the record that it is, parents resolved to our ids. */
export interface Placed {
  readonly stored: StoredRecord;
  readonly record: JsonObject;
}

/** The known parents of rows whose records do not name them. */
export interface Places {
  /** Those of the keys that rows name as their parent that exist here. */
  readonly there: ReadonlySet<string>;
  /** Our ids of rows that are where another external system has them. */
  readonly elsewhere: ReadonlySet<string>;
}

/** The parent of an entity that a record can move out of; an asset's context stays with its asset. */
function movable(entity: LinkedEntityName) {
  const { parent } = linkedEntity(entity);
  return parent && isLinked(parent.entity) ? parent : undefined;
}

/** Gathers what `moveOf` asks about rows that are elsewhere than their records say. */
export async function gatherPlaces(
  tx: Tx,
  entity: LinkedEntityName,
  systemId: number,
  known: readonly Placed[],
): Promise<Places> {
  const parent = movable(entity);
  const apart = parent ? known.filter((one) => isApart(one, parent.column)) : [];
  if (!parent || apart.length === 0) return { there: new Set(), elsewhere: new Set() };
  const standing = apart.map(({ stored }) => ({
    entityId: stored.entityId,
    parentId: scalarText(stored.row[parent.column]),
  }));
  return {
    there: await findTakenKeys(
      tx.db,
      parent.entity,
      standing.map((each) => each.parentId),
    ),
    elsewhere: await findLinkedInside(tx.db, { systemId, entity, parentEntity: parent.entity }, standing),
  };
}

const isApart = ({ stored, record }: Placed, column: string): boolean =>
  stored.row[column] !== record[column];

/**
 * How a row moves, if it does. The GRC system decides where a record belongs, so a row follows it, whoever moved it; but a row that
 * names nothing that is here (an owner's own numbering) is left as it is, and so is one that is where another system has it.
 */
export function moveOf(entity: LinkedEntityName, places: Places, one: Placed): Move | undefined {
  const parent = movable(entity);
  if (!parent || !isApart(one, parent.column)) return undefined;
  const { column } = parent;
  const before = one.stored.row[column] ?? null;
  const follows = before === null || places.there.has(scalarText(before));
  return follows && !places.elsewhere.has(one.stored.entityId)
    ? { column, before, after: one.record[column] ?? null }
    : undefined;
}

export const moveEntry = (
  entity: LinkedEntityName,
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
