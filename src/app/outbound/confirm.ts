/** What a change leaves here once the remote has it: its row, the link with its base, the journal, and what the remote made of it. */
import type { ExternalRecord } from '../../connectors/kit/contract.ts';
import { comparisonOf } from '../../model/comparison.ts';
import { scalarText, type Json, type JsonObject } from '../../model/json.ts';
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
import { sameValue } from '../../sync/three-way.ts';
import type { ConnectedSystem } from '../connections/connected-system.ts';
import { mapperFrom } from '../imports/mapper.ts';
import { duplicateConflict } from '../imports/negotiated-conflicts.ts';
import { negotiatedShapes } from '../imports/negotiated-shapes.ts';
import { openNegotiatedSink, type NegotiatedSource } from '../imports/negotiated-sink.ts';
import { isNegotiated, readingOf } from './arrival.ts';

/** Whose records are read, and the operation under which that is kept. */
export interface Origin {
  readonly system: ConnectedSystem;
  readonly operationId: string;
}

/**
 * The remote has it: the outbox row is settled, both sides are linked, what was written becomes the base with the
 * remote's own reading of it, and the journal says what went out; all in the caller's transaction.
 */
export async function confirmRow(
  tx: Tx,
  origin: Origin,
  row: OutboxRow,
  record: ExternalRecord,
): Promise<Counts> {
  const source = sourceOf(origin);
  const { systemId } = source;
  const { entity_type: entity, entity_id: entityId } = row;
  await markConfirmed(tx.db, row.id, entity === 'asset_tag' ? null : record.externalId);
  await supersedeFulfilled(tx.db, {
    systemId,
    id: row.id,
    entity,
    entityId,
    fields: Object.keys(row.payload),
  });
  await recordChanges(tx.db, source, journalOf(row));
  await closeSettledConflicts(tx.db, { systemId, entity }, [{ entityId }]);
  if (entity === 'asset_tag') return confirmTags(tx, row);
  if (isNegotiated(entity)) await confirmRecord(tx, origin, { ...row, entity_type: entity }, record);
  return row.change_kind === 'create'
    ? { ...noCounts, read: 1, created: 1 }
    : { ...noCounts, read: 1, updated: 1 };
}

/** Takes a record in that the remote showed outside of a read, by the policies, like any other. */
export async function takeIn(tx: Tx, origin: Origin, entity: string, record: ExternalRecord): Promise<void> {
  if (isNegotiated(entity))
    await fillSinks(tx, origin, { entity, record }, { own: undefined, children: undefined });
}

const sourceOf = ({ system, operationId }: Origin) => ({ systemId: system.id, operationId });

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

/** A row of the outbox about what is negotiated. */
type NegotiatedRow = OutboxRow & { readonly entity_type: NegotiatedEntity };

/** What is known here of the record that a change was about, when its answer comes. */
interface Standing {
  /** The base of its link; undefined: it is not linked yet. */
  readonly base: JsonObject | undefined;
  /** Whether the record has come to belong to another row meanwhile, or the row to another record: that one's id. */
  readonly isAnothers: boolean;
  readonly other: string | undefined;
  /** Our row. */
  readonly present: JsonObject;
}

/**
 * Makes what was sent the base, then takes the remote's reading in like any other record: our row equals the base, so
 * what the remote trimmed or re-cased is taken, and the next read of it is no change.
 */
async function confirmRecord(
  tx: Tx,
  origin: Origin,
  row: NegotiatedRow,
  record: ExternalRecord,
): Promise<void> {
  const { entity_type: entity, entity_id: entityId } = row;
  const source = sourceOf(origin);
  // A server without updates (Security Center's rules) makes the record anew under another id.
  if (row.external_id !== null && row.external_id !== record.externalId)
    await renameLink(
      tx.db,
      { systemId: source.systemId, entity },
      { from: row.external_id, to: record.externalId },
    );
  const standing = await gatherStanding(tx, source.systemId, row, record.externalId);
  if (standing.isAnothers) {
    await takeAsAnother(tx, origin, { row, record, other: standing.other });
    return;
  }
  const agreed = agreedValues(row, standing.present, readingOf(origin.system, entity, record));
  await saveLinks(tx.db, { ...source, entity }, [
    {
      entityId,
      externalId: record.externalId,
      base: { ...standing.base, ...agreed },
      version: record.version ?? null,
    },
  ]);
  const isNew = row.change_kind === 'create';
  await fillSinks(
    tx,
    origin,
    { entity, record },
    { own: isNew ? 'all' : new Set(Object.keys(row.payload)), children: isNew ? 'all' : undefined },
  );
  if (entity === 'poam' || entity === 'control')
    await updateRows(tx.db, entity, [{ entityId, columns: { sync_status: 'synced' } }]);
}

async function gatherStanding(
  tx: Tx,
  systemId: number,
  { entity_type: entity, entity_id: entityId }: NegotiatedRow,
  externalId: string,
): Promise<Standing> {
  const known = (await fetchLinks(tx.db, systemId, entity, [externalId])).get(externalId);
  const other = await findOtherLink(tx.db, { systemId, entity }, entityId, externalId);
  const isAnothers = other !== undefined || (known !== undefined && known.entity_id !== entityId);
  const present = isAnothers ? undefined : (await fetchRows(tx.db, entity, [entityId])).get(entityId)?.row;
  return { base: known?.base, isAnothers, other, present: present ?? {} };
}

/**
 * What both sides agree on by the answer to a change. Of a field that was edited here since it was sent, what the remote made of it
 * is what both sides know, and the edit stands against that.
 */
function agreedValues(
  row: NegotiatedRow,
  present: JsonObject,
  reading: JsonObject | undefined,
): Record<string, Json> {
  const { fields, derived = [] } = negotiatedShapes[row.entity_type];
  return Object.fromEntries(
    [...fields, ...derived].flatMap((field): [string, Json][] => {
      const value = row.payload[field];
      if (value === undefined) return [];
      const isUnedited = sameValue(present[field], value, comparisonOf(field));
      return [[field, isUnedited ? value : (reading?.[field] ?? value)]];
    }),
  );
}

/**
 * Our row was linked to another record while this one was on its way, or this record to another row: one row is one record, so
 * this is taken in as what it is, and a person is told that the remote has the thing twice.
 */
async function takeAsAnother(
  tx: Tx,
  origin: Origin,
  { row, record, other }: { row: NegotiatedRow; record: ExternalRecord; other: string | undefined },
): Promise<void> {
  const { entity_type: entity, entity_id: entityId } = row;
  const source = sourceOf(origin);
  await takeIn(tx, origin, entity, record);
  const own = (await fetchLinks(tx.db, source.systemId, entity, [record.externalId])).get(record.externalId);
  if (!own || other === undefined) return;
  await recordConflicts(tx.db, source, [
    duplicateConflict(entity, { index: 0, entityId, externalId: other }, own.entity_id),
  ]);
}

/** Takes a record and what stands inside of it in. @param echo which of their fields are what we wrote ourselves. */
async function fillSinks(
  tx: Tx,
  origin: Origin,
  { entity, record }: { readonly entity: NegotiatedEntity; readonly record: ExternalRecord },
  echo: { readonly own: NegotiatedSource['echo']; readonly children: NegotiatedSource['echo'] },
): Promise<void> {
  const { mappings, policies } = origin.system;
  const mapperOf = mapperFrom(mappings);
  for (const group of [{ entity, records: [record] }, ...(record.children ?? [])]) {
    if (!isNegotiated(group.entity)) continue;
    const source = {
      ...sourceOf(origin),
      policies,
      echo: group.entity === entity ? echo.own : echo.children,
    };
    const sink = openNegotiatedSink(tx, group.entity, source, mapperOf);
    for (const each of group.records) await sink.add(each);
    const { held } = await sink.finish();
    await insertHeldRecords(tx.db, origin.operationId, held);
  }
}

function journalOf(row: OutboxRow): JournalEntry[] {
  const common = {
    entity: row.entity_type,
    direction: 'outbound',
    decidedBy: 'rule:outbox',
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
