/** What the definitions of entities are written with. */
import type { JsonObject } from '../../platform/values/index.ts';
import { findExcludedOwners } from '../systems/index.ts';
import type { LinkedEntity, RecordSource } from './define-entity.ts';
import type { RecordSchema } from './sink.ts';

/** The fields of a record that are columns of its table: all but those kept elsewhere. */
export const columnsOf = (schema: { readonly shape: object }, ...elsewhere: readonly string[]): string[] =>
  Object.keys(schema.shape).filter((field) => !elsewhere.includes(field));

// The schemas say more than JsonObject (their output is a JSON object with known fields), which the compiler cannot see.
export const asJson = (schema: RecordSchema<unknown>): RecordSchema<JsonObject> =>
  schema as RecordSchema<JsonObject>;

/** SQL of the first line of a text. */
export const firstLine = (text: string): string => `split_part(${text}, E'\\n', 1)`;

/** Of what belongs to a system: the systems that take no part in sync. */
export const excludedSystems: LinkedEntity['excludedOwners'] = (db, owners) =>
  findExcludedOwners(db, 'system', owners);

/** `insertRows` reads the text `now` as the present instant by the product's clock. */
export const stamped = (): JsonObject => ({ created_at: 'now', updated_at: 'now' });

export const ingested = (source: RecordSource): JsonObject => ({
  ingestion_source: source.systemType,
  ingestion_batch_id: source.operationId,
});

/** Texts that differ in case and white space only are the same; a GRC system trims and re-cases. */
export const sameText = (left: string, right: string): string =>
  `lower(regexp_replace(trim(${left}), '\\s+', ' ', 'g')) = lower(regexp_replace(trim(${right}), '\\s+', ' ', 'g'))`;
