/** Whether a change whose answer was lost has arrived, judged by what the remote shows of its record. */
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import { comparisonOf } from '../../canonical/vocabulary/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../platform/values/index.ts';
import { isLinked, linkedEntity, type LinkedEntityName } from '../../record/entities/index.ts';
import type { OutboxRow } from '../outbox/index.ts';
import { compileMappings } from '../../canonical/mapping/index.ts';
import { sameButForSpelling } from '../merge/index.ts';
import type { ConnectedSystem } from '../connections/index.ts';
import { mapperFrom } from '../inbound/index.ts';

type Words = Pick<ConnectedSystem, 'mappings'>;

/** What the remote says about a record, in our words; undefined where one of its values cannot be mapped. */
export function readingOf(
  system: Words,
  entity: LinkedEntityName,
  record: ExternalRecord,
): JsonObject | undefined {
  const mapped = mapperFrom(system.mappings)(entity, linkedEntity(entity).record)(record.raw);
  return mapped.ok ? mapped.record : undefined;
}

/** Whether a record that was looked up has what the row was to write: then the row arrived, whoever has seen the answer. */
export function hasArrived(
  system: Words,
  row: Pick<OutboxRow, 'change_kind' | 'entity_type' | 'payload'>,
  found: ExternalRecord,
): boolean {
  if (row.change_kind === 'create' || !isLinked(row.entity_type)) return true;
  const reading = readingOf(system, row.entity_type, found);
  return (
    reading !== undefined &&
    Object.entries(row.payload).every(([field, value]) =>
      isReadable(system, row.entity_type, field)
        ? sameButForSpelling(reading[field], value, comparisonOf(field))
        : showsAsSent(system, row.entity_type, { [field]: value }, found.raw),
    )
  );
}

const isReadable = (system: Words, entity: string, field: string): boolean =>
  system.mappings.some(
    (each) => each.entityType === entity && each.internalField === field && each.direction !== 'outbound',
  );

/** Whether the record has the value of a field that is only sent, in the remote's own words. */
function showsAsSent(system: Words, entity: string, fields: JsonObject, raw: JsonObject): boolean {
  const sent = compileMappings(system.mappings, entity).outbound(fields);
  return sent.ok && Object.keys(sent.raw).length > 0 && holds(raw, sent.raw);
}

/** Whether each value of `part` is at the same place in `whole`. A place that `whole` does not show holds nothing, not even null. */
function holds(whole: Json | undefined, part: Json): boolean {
  if (!isJsonObject(part)) return whole !== undefined && sameButForSpelling(whole, part);
  return (
    isJsonObject(whole) && Object.entries(part).every(([key, value]) => holds(whole[key], value ?? null))
  );
}
