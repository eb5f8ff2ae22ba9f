import type { JsonObject } from '../../../platform/values/index.ts';
import { canonicalStatus } from '../../../canonical/vocabulary/index.ts';
import { linkedEntity } from '../define-entity.ts';
import type { LinkedEntityName } from './rows.sql.ts';

/** Our row with its statuses in canonical words; what is compared and sent, never what is written back unasked. */
export function inCanonicalWords(entity: LinkedEntityName, row: JsonObject): JsonObject {
  const words = { ...row };
  for (const field of linkedEntity(entity).statusWords) {
    const value = row[field];
    if (typeof value === 'string') words[field] = canonicalStatus(field, value);
  }
  return words;
}
