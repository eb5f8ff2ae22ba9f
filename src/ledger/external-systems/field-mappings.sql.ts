import type { Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export interface FieldMappingRow {
  readonly entity_type: string;
  readonly external_field_name: string;
  readonly internal_field_name: string;
  readonly transformation_rule: unknown;
  readonly is_required: boolean | null;
}

/** Installs the default mappings of a system; called once, in the transaction that adds the system. */
export async function insertMappings(
  db: Kysely<Database>,
  systemId: number,
  rows: readonly (Omit<FieldMappingRow, 'transformation_rule'> & { transformation_rule: JsonObject })[],
): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto('data_field_mappings')
    .values(
      rows.map((row) => ({
        ...row,
        external_system_id: systemId,
        transformation_rule: JSON.stringify(row.transformation_rule),
      })),
    )
    .execute();
}

/** The mappings of a system in the order in which they were installed. */
export function listMappings(db: Kysely<Database>, systemId: number): Promise<FieldMappingRow[]> {
  return db
    .selectFrom('data_field_mappings')
    .select([
      'entity_type',
      'external_field_name',
      'internal_field_name',
      'transformation_rule',
      'is_required',
    ])
    .where('external_system_id', '=', systemId)
    .orderBy('id')
    .execute();
}

/** Makes the mappings of a system exactly these. */
export async function replaceMappings(
  db: Kysely<Database>,
  systemId: number,
  rows: Parameters<typeof insertMappings>[2],
): Promise<void> {
  await db.deleteFrom('data_field_mappings').where('external_system_id', '=', systemId).execute();
  await insertMappings(db, systemId, rows);
}
