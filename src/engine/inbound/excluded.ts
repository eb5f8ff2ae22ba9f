import type { Kysely } from 'kysely';
import { type JsonObject, scalarText } from '../../platform/values/index.ts';
import { type NegotiatedEntity, negotiatedShapes } from '../../record/entities/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { findExcludedOwners } from '../../record/systems/index.ts';

/** The column of a row that says to which system (of a milestone: to which POA&M) it belongs. */
const ownerColumn = (entity: NegotiatedEntity): string =>
  negotiatedShapes[entity].parent?.column ?? 'system_id';

/**
 * Tells of rows whether their system was taken out of sync (`ingestion_systems.sync_enabled` is false): nothing of it is
 * read in or sent out then.
 */
export async function excludedRows(
  db: Kysely<Database>,
  entity: NegotiatedEntity,
  rows: readonly JsonObject[],
): Promise<(row: JsonObject) => boolean> {
  const column = ownerColumn(entity);
  const kind = negotiatedShapes[entity].parent?.entity === 'poam' ? 'poam' : 'system';
  const owners = rows.map((row) => scalarText(row[column]));
  const excluded = await findExcludedOwners(db, kind, owners);
  return (row) => excluded.size > 0 && excluded.has(scalarText(row[column]));
}
