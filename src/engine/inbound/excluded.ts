import type { Kysely } from 'kysely';
import { type JsonObject, scalarText } from '../../platform/values/index.ts';
import { linkedEntity, type NegotiatedEntity } from '../../record/entities/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** The column of a row that says to which system (of a milestone: to which POA&M) it belongs. */
const ownerColumn = (entity: NegotiatedEntity): string => linkedEntity(entity).parent?.column ?? 'system_id';

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
  const owners = rows.map((row) => scalarText(row[column]));
  const excluded = await linkedEntity(entity).excludedOwners(db, owners);
  return (row) => excluded.size > 0 && excluded.has(scalarText(row[column]));
}
