/** The version of a record: a hash of its fields as they are here. An edit that names another one was made of something else. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../platform/values/index.ts';
import { linkedEntity, type LinkedEntityName } from '../../record/entities/index.ts';

export function versionOf(entity: LinkedEntityName, row: JsonObject): string {
  const fields = linkedEntity(entity).fields.toSorted();
  return createHash('sha256')
    .update(JSON.stringify(fields.map((field) => row[field] ?? null)))
    .digest('hex')
    .slice(0, 32);
}
