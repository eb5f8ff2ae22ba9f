import type { Kysely } from 'kysely';
import { type JsonObject, scalarText } from '../../platform/values/index.ts';
import { linkedEntity, type LinkedEntityName } from '../../record/entities/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** To which system (of a milestone: to which POA&M) a row belongs. */
const ownerOf = (entity: LinkedEntityName, row: JsonObject): string =>
  scalarText(row[linkedEntity(entity).parent?.column ?? 'system_id']);

/** Whether the owner of a row is among those that were taken out of sync. */
export const isOwnedBy = (owners: ReadonlySet<string>, entity: LinkedEntityName, row: JsonObject): boolean =>
  owners.size > 0 && owners.has(ownerOf(entity, row));

/**
 * Owners of these rows whose system was taken out of sync (`ingestion_systems.sync_enabled` is false): nothing of it is read in or sent
 * out then. May hold more than the owners in question.
 */
export function fetchExcludedOwners(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  rows: readonly JsonObject[],
): Promise<ReadonlySet<string>> {
  return linkedEntity(entity).excludedOwners(
    db,
    rows.map((row) => ownerOf(entity, row)),
  );
}

/** As `fetchExcludedOwners`, as a question to ask of each row. */
export async function excludedRows(
  db: Kysely<Database>,
  entity: LinkedEntityName,
  rows: readonly JsonObject[],
): Promise<(row: JsonObject) => boolean> {
  const excluded = await fetchExcludedOwners(db, entity, rows);
  return (row) => isOwnedBy(excluded, entity, row);
}
