import type { JsonObject } from '../../../platform/values/index.ts';
import { canonicalStatus, comparisonOf } from '../../../canonical/vocabulary/index.ts';
import { linkedEntity } from '../define-entity.ts';
import type { LinkedEntityName } from './rows.sql.ts';

/** A column that keeps a day as a timestamp gives it with a time, at which nothing was promised. */
const dayWithTime = /^(\d{4,6}-\d\d-\d\d)[T ].*$/;

/** Our row with its statuses in canonical words and its days as days; what is compared, shown and sent, never what is written back unasked. */
export function inCanonicalWords(entity: LinkedEntityName, row: JsonObject): JsonObject {
  const words = { ...row };
  const { statusWords, fields } = linkedEntity(entity);
  for (const field of statusWords) {
    const value = row[field];
    if (typeof value === 'string') words[field] = canonicalStatus(field, value);
  }
  for (const field of fields) {
    const value = row[field];
    if (typeof value === 'string' && comparisonOf(field) === 'day')
      words[field] = value.replace(dayWithTime, '$1');
  }
  return words;
}
