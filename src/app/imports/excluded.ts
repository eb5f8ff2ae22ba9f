import type { Kysely } from 'kysely';
import { scalarText, type JsonObject } from '../../model/json.ts';
import type { NegotiatedEntity } from '../../store/negotiated.ts';
import type { Database } from '../../store/schema.ts';
import { findExcludedOwners } from '../../store/systems.ts';
import { negotiatedShapes } from './negotiated-shapes.ts';

/** To which system (of a milestone: to which POA&M) a row belongs. */
const ownerOf = (entity: NegotiatedEntity, row: JsonObject): string =>
  scalarText(row[negotiatedShapes[entity].parent?.column ?? 'system_id']);

/** Whether the owner of a row is among those that were taken out of sync. */
export const isOwnedBy = (owners: ReadonlySet<string>, entity: NegotiatedEntity, row: JsonObject): boolean =>
  owners.size > 0 && owners.has(ownerOf(entity, row));

/**
 * Owners of these rows whose system was taken out of sync (`ingestion_systems.sync_enabled` is false): nothing of it is read in or sent
 * out then. May hold more than the owners at hand.
 */
export function fetchExcludedOwners(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  rows: readonly JsonObject[],
): Promise<ReadonlySet<string>> {
  const kind = negotiatedShapes[entity].parent?.entity === 'poam' ? 'poam' : 'system';
  return findExcludedOwners(
    db,
    kind,
    rows.map((row) => ownerOf(entity, row)),
  );
}

/** As `fetchExcludedOwners`, as a question to ask of each row. */
export async function excludedRows(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  rows: readonly JsonObject[],
): Promise<(row: JsonObject) => boolean> {
  const excluded = await fetchExcludedOwners(db, entity, rows);
  return (row) => isOwnedBy(excluded, entity, row);
}
