import type { ExternalRecord } from '../../connectors/kit/contract.ts';
import { comparisonOf } from '../../model/comparison.ts';
import { isJsonObject, scalarText, type Json, type JsonObject } from '../../model/json.ts';
import { byRule } from '../../model/rule-codes.ts';
import { recordChanges, type JournalEntry } from '../../store/changes.ts';
import { closeSettledConflicts, recordConflicts } from '../../store/conflicts.ts';
import { insertHeldRecords } from '../../store/held-records.ts';
import { fetchLinks, findOtherLink, renameLink, saveLinks } from '../../store/links.ts';
import { fetchRows, updateRows, type NegotiatedEntity } from '../../store/negotiated.ts';
import { noCounts, type Counts } from '../../store/operations.ts';
import { markConfirmed, type OutboxRow } from '../../store/outbox.ts';
import { supersedeFulfilled } from '../../store/outbox-refused.ts';
import { addAssetTags, removeAssetTags } from '../../store/tags.ts';
import type { Tx } from '../../store/transaction.ts';
import { compileMappings } from '../../sync/mapping.ts';
import { sameButForSpelling, sameValue } from '../../sync/three-way.ts';
import type { ConnectedSystem } from '../connections/connected-system.ts';
import { mapperFrom } from '../imports/mapper.ts';
import { duplicateConflict } from '../imports/negotiated-conflicts.ts';
import { negotiatedShapes } from '../imports/negotiated-shapes.ts';
import { openNegotiatedSink, type NegotiatedSource } from '../imports/negotiated-sink.ts';

/** What the remote says of a record, in our words; undefined where a value of it cannot be mapped. */
function readingOf(
  system: ConnectedSystem,
  entity: NegotiatedEntity,
  record: ExternalRecord,
): JsonObject | undefined {
  const mapped = mapperFrom(system.mappings)(entity, negotiatedShapes[entity].schema)(record.raw);
  return mapped.ok ? mapped.record : undefined;
}

const negotiated = (entity: string): entity is NegotiatedEntity => entity in negotiatedShapes;

/** Whether a record that was looked up has what the row was to write: then the row arrived, whoever has seen the answer. */
export function shows(system: ConnectedSystem, row: OutboxRow, found: ExternalRecord): boolean {
  if (row.change_kind === 'create' || !negotiated(row.entity_type)) return true;
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

const isReadable = (system: ConnectedSystem, entity: string, field: string): boolean =>
  system.mappings.some(
    (each) => each.entityType === entity && each.internalField === field && each.direction !== 'outbound',
  );

/** Of a field that is only sent: whether the record has the value in the remote's own words. */
function showsAsSent(system: ConnectedSystem, entity: string, fields: JsonObject, raw: JsonObject): boolean {
  const sent = compileMappings(system.mappings, entity).outbound(fields);
  return sent.ok && Object.keys(sent.raw).length > 0 && holds(raw, sent.raw);
}

/** Whether each value of `part` stands at the same place in `whole`. A place that `whole` does not show holds nothing, not even null. */
function holds(whole: Json | undefined, part: Json): boolean {
  if (!isJsonObject(part)) return whole !== undefined && sameButForSpelling(whole, part);
  return (
    isJsonObject(whole) && Object.entries(part).every(([key, value]) => holds(whole[key], value ?? null))
  );
}

/**
 * The remote has it: the outbox row is settled, both sides are linked, what was written becomes the base with the
 * remote's own reading of it, and the journal says what went out; all in the caller's transaction.
 */
export async function confirmRow(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  row: OutboxRow,
  record: ExternalRecord,
): Promise<Counts> {
  await markConfirmed(tx.db, row.id, row.entity_type === 'asset_tag' ? null : record.externalId);
  await supersedeFulfilled(tx.db, {
    systemId: system.id,
    id: row.id,
    entity: row.entity_type,
    entityId: row.entity_id,
    fields: Object.keys(row.payload),
  });
  await recordChanges(tx.db, { systemId: system.id, operationId }, journalOf(row));
  await closeSettledConflicts(tx.db, { systemId: system.id, entity: row.entity_type }, [
    { entityId: row.entity_id },
  ]);
  if (row.entity_type === 'asset_tag') return confirmTags(tx, row);
  if (negotiated(row.entity_type)) await takeReading(tx, system, operationId, row.entity_type, row, record);
  return row.change_kind === 'create'
    ? { ...noCounts, read: 1, created: 1 }
    : { ...noCounts, read: 1, updated: 1 };
}

async function confirmTags(tx: Tx, row: OutboxRow): Promise<Counts> {
  const assets = Array.isArray(row.payload['asset_uuids']) ? row.payload['asset_uuids'].map(scalarText) : [];
  const tag = {
    category: scalarText(row.payload['category']),
    value: scalarText(row.payload['value']),
    assets,
  };
  if (row.payload['action'] === 'remove') {
    await removeAssetTags(tx.db, tag);
    return { ...noCounts, read: assets.length, updated: assets.length };
  }
  await addAssetTags(tx.db, tag);
  return { ...noCounts, read: assets.length, created: assets.length };
}

/**
 * Makes what was sent the base, then takes the remote's reading in like any other record: our row equals the base, so
 * what the remote trimmed or re-cased is taken, and the next read of it is no change.
 */
async function takeReading(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  entity: NegotiatedEntity,
  row: OutboxRow,
  record: ExternalRecord,
): Promise<void> {
  const source = { systemId: system.id, operationId };
  // A server without updates (Security Center's rules) makes the record anew under another id.
  if (row.external_id !== null && row.external_id !== record.externalId)
    await renameLink(
      tx.db,
      { systemId: system.id, entity },
      { from: row.external_id, to: record.externalId },
    );
  const known = (await fetchLinks(tx.db, system.id, entity, [record.externalId])).get(record.externalId);
  const other = await findOtherLink(tx.db, { systemId: system.id, entity }, row.entity_id, record.externalId);
  if (other !== undefined || (known && known.entity_id !== row.entity_id)) {
    await takeAsAnother(tx, system, source, entity, { row, record, other });
    return;
  }
  const present = (await fetchRows(tx.db, entity, [row.entity_id])).get(row.entity_id)?.row ?? {};
  const reading = readingOf(system, entity, record);
  const { fields, derived = [] } = negotiatedShapes[entity];
  const sent = Object.fromEntries(
    [...fields, ...derived].flatMap((field): [string, Json][] => {
      const value = row.payload[field];
      if (value === undefined) return [];
      // Edited here since it was sent: what the remote made of it is what both sides know, and the edit stands against that.
      return [
        [field, sameValue(present[field], value, comparisonOf(field)) ? value : (reading?.[field] ?? value)],
      ];
    }),
  );
  await saveLinks(tx.db, { ...source, entity }, [
    {
      entityId: row.entity_id,
      externalId: record.externalId,
      base: { ...known?.base, ...sent },
      version: record.version ?? null,
    },
  ]);
  const isNew = row.change_kind === 'create';
  await fillSinks(
    tx,
    system,
    entity,
    record,
    { ...source, policies: system.policies, echo: isNew ? 'all' : new Set(Object.keys(row.payload)) },
    isNew ? 'all' : undefined,
  );
  if (entity === 'poam' || entity === 'control')
    await updateRows(tx.db, entity, [{ entityId: row.entity_id, columns: { sync_status: 'synced' } }]);
}

/**
 * Our row was linked to another record while this one was on its way, or this record to another row: one row is one record, so
 * this is taken in as what it is, and a person is told that the remote has the thing twice.
 */
async function takeAsAnother(
  tx: Tx,
  system: ConnectedSystem,
  source: { readonly systemId: number; readonly operationId: string },
  entity: NegotiatedEntity,
  { row, record, other }: { row: OutboxRow; record: ExternalRecord; other: string | undefined },
): Promise<void> {
  await takeIn(tx, system, source.operationId, entity, record);
  const own = (await fetchLinks(tx.db, system.id, entity, [record.externalId])).get(record.externalId);
  if (!own || other === undefined) return;
  await recordConflicts(tx.db, source, [
    duplicateConflict(entity, { index: 0, entityId: row.entity_id, externalId: other }, own.entity_id),
  ]);
}

async function fillSinks(
  tx: Tx,
  system: ConnectedSystem,
  entity: NegotiatedEntity,
  record: ExternalRecord,
  source: NegotiatedSource,
  echoOfChildren: NegotiatedSource['echo'],
): Promise<void> {
  const mapperOf = mapperFrom(system.mappings);
  for (const group of [{ entity, records: [record] }, ...(record.children ?? [])]) {
    if (!negotiated(group.entity)) continue;
    const echo = group.entity === entity ? source.echo : echoOfChildren;
    const sink = openNegotiatedSink(tx, group.entity, { ...source, echo }, mapperOf);
    for (const each of group.records) await sink.add(each);
    const { held } = await sink.finish();
    await insertHeldRecords(tx.db, source.operationId, held);
  }
}

/** Takes a record in that the remote showed outside of a read, by the policies, like any other. */
export async function takeIn(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  entity: string,
  record: ExternalRecord,
): Promise<void> {
  if (!negotiated(entity)) return;
  const source = { systemId: system.id, operationId, policies: system.policies, echo: undefined };
  await fillSinks(tx, system, entity, record, source, undefined);
}

function journalOf(row: OutboxRow): JournalEntry[] {
  const common = {
    entity: row.entity_type,
    direction: 'outbound',
    decidedBy: byRule('outbox'),
    reason: row.reason,
  } as const;
  if (row.entity_type === 'asset_tag') {
    const assets = Array.isArray(row.payload['asset_uuids']) ? row.payload['asset_uuids'] : [];
    const tag: JsonObject = { category: row.payload['category'], value: row.payload['value'] };
    return assets.map((asset) => ({
      ...common,
      entity: 'asset',
      entityId: scalarText(asset),
      field: 'tag',
      ...(row.payload['action'] === 'remove' ? { before: tag } : { after: tag }),
    }));
  }
  if (row.change_kind === 'create') return [{ ...common, entityId: row.entity_id, after: row.payload }];
  return Object.entries(row.payload).map(([field, after]) => ({
    ...common,
    entityId: row.entity_id,
    field,
    before: row.before_values?.[field] ?? null,
    after,
  }));
}
