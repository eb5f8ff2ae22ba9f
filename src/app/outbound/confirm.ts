/** What a change leaves here once the remote has it: its row, the link with its base, the journal, and what the remote made of it. */
import type { ExternalRecord } from '../../connectors/kit/contract.ts';
import { comparisonOf } from '../../model/comparison.ts';
import { scalarText, type Json, type JsonObject } from '../../model/json.ts';
import { recordChanges, type JournalEntry } from '../../store/changes.ts';
import { closeSettledConflicts, recordConflicts } from '../../store/conflicts.ts';
import { insertHeldRecords } from '../../store/held-records.ts';
import { fetchLinks, findOtherLinks, renameLink, saveLinks } from '../../store/links.ts';
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

/** A change that the remote has. */
export interface Confirmation {
  readonly row: OutboxRow;
  /** The remote's reading of the record. */
  readonly record: ExternalRecord;
  /** The POA&M whose milestone was written, as it is since. */
  readonly touched: ExternalRecord | undefined;
}

/**
 * The remote has these changes: their outbox rows are settled, both sides are linked, what was written becomes the base with the
 * remote's own reading of it, and the journal says what went out; all in the caller's transaction.
 * @returns the counts of each, in their order.
 */
export async function confirmRows(
  tx: Tx,
  origin: Origin,
  confirmations: readonly Confirmation[],
): Promise<readonly Counts[]> {
  const source = sourceOf(origin);
  const rows = confirmations.map(({ row }) => row);
  await markConfirmed(
    tx.db,
    confirmations.map(({ row, record }) => ({
      id: row.id,
      externalId: row.entity_type === 'asset_tag' ? null : record.externalId,
    })),
  );
  await supersedeFulfilled(tx.db, source.systemId, rows.map(wishOf));
  await recordChanges(tx.db, source, rows.flatMap(journalOf));
  for (const [entity, ofEntity] of Map.groupBy(confirmations, ({ row }) => row.entity_type)) {
    const settled = ofEntity.map(({ row }) => ({ entityId: row.entity_id }));
    await closeSettledConflicts(tx.db, { systemId: source.systemId, entity }, settled);
    if (isNegotiated(entity)) await confirmRecords(tx, origin, entity, ofEntity);
  }
  await takeIn(
    tx,
    origin,
    'poam',
    confirmations.flatMap(({ touched }) => touched ?? []),
  );
  const counts: Counts[] = [];
  for (const row of rows)
    counts.push(row.entity_type === 'asset_tag' ? await confirmTags(tx, row) : countsOf(row));
  return counts;
}

const wishOf = (row: OutboxRow) => ({
  id: row.id,
  entity: row.entity_type,
  entityId: row.entity_id,
  fields: Object.keys(row.payload),
});

const countsOf = ({ change_kind }: OutboxRow): Counts =>
  change_kind === 'create' ? { ...noCounts, read: 1, created: 1 } : { ...noCounts, read: 1, updated: 1 };

/** Takes records in that the remote showed outside of a read, by the policies, like any other. */
export async function takeIn(
  tx: Tx,
  origin: Origin,
  entity: string,
  records: readonly ExternalRecord[],
): Promise<void> {
  if (isNegotiated(entity))
    await fillSinks(tx, origin, { entity, records }, { own: undefined, children: undefined });
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

/** A confirmation with what is known here of its record. */
interface Placed extends Confirmation {
  readonly standing: Standing;
}

/**
 * Makes what was sent the base, then takes the remote's reading in like any other record: our row equals the base, so
 * what the remote trimmed or re-cased is taken, and the next read of it is no change.
 */
async function confirmRecords(
  tx: Tx,
  origin: Origin,
  entity: NegotiatedEntity,
  confirmations: readonly Confirmation[],
): Promise<void> {
  const source = sourceOf(origin);
  const placed = await gatherStandings(tx, source.systemId, entity, confirmations);
  const own = placed.filter(({ standing }) => !standing.isAnothers);
  await saveLinks(
    tx.db,
    { ...source, entity },
    own.map(({ row, record, standing }) => ({
      entityId: row.entity_id,
      externalId: record.externalId,
      base: {
        ...standing.base,
        ...agreedValues(entity, row.payload, standing.present, readingOf(origin.system, entity, record)),
      },
      version: record.version ?? null,
    })),
  );
  for (const alike of Map.groupBy(own, ({ row }) => echoKey(row)).values()) {
    const records = alike.map(({ record }) => record);
    await fillSinks(tx, origin, { entity, records }, echoOf(alike[0]?.row));
  }
  if (entity === 'poam' || entity === 'control')
    await updateRows(
      tx.db,
      entity,
      own.map(({ row }) => ({ entityId: row.entity_id, columns: { sync_status: 'synced' } })),
    );
  for (const each of placed) if (each.standing.isAnothers) await takeAsAnother(tx, origin, entity, each);
}

/** What of a record is our own writing: all of what we made, and else the fields that we sent. */
interface Echo {
  readonly own: NegotiatedSource['echo'];
  readonly children: NegotiatedSource['echo'];
}

function echoOf(row: OutboxRow | undefined): Echo {
  if (row?.change_kind === 'create') return { own: 'all', children: 'all' };
  return { own: new Set(Object.keys(row?.payload ?? {})), children: undefined };
}

const echoKey = (row: OutboxRow): string =>
  row.change_kind === 'create' ? 'all' : JSON.stringify(Object.keys(row.payload).toSorted());

async function gatherStandings(
  tx: Tx,
  systemId: number,
  entity: NegotiatedEntity,
  confirmations: readonly Confirmation[],
): Promise<Placed[]> {
  const source = { systemId, entity };
  // A server without updates (Security Center's rules) makes the record anew under another id.
  for (const { row, record } of confirmations)
    if (row.external_id !== null && row.external_id !== record.externalId)
      await renameLink(tx.db, source, { from: row.external_id, to: record.externalId });
  const entityIds = confirmations.map(({ row }) => row.entity_id);
  const externalIds = confirmations.map(({ record }) => record.externalId);
  const links = await fetchLinks(tx.db, systemId, entity, externalIds);
  const others = await findOtherLinks(tx.db, source, entityIds, externalIds);
  const rows = await fetchRows(tx.db, entity, entityIds);
  return confirmations.map((confirmation) => {
    const { row, record } = confirmation;
    const known = links.get(record.externalId);
    const other = others.get(row.entity_id);
    const isAnothers = other !== undefined || (known !== undefined && known.entity_id !== row.entity_id);
    const present = rows.get(row.entity_id)?.row ?? {};
    return { ...confirmation, standing: { base: known?.base, isAnothers, other, present } };
  });
}

/**
 * What both sides agree on by the answer to a change. Of a field that was edited here since it was sent, what the remote made of it
 * is what both sides know, and the edit stands against that.
 */
function agreedValues(
  entity: NegotiatedEntity,
  sent: JsonObject,
  present: JsonObject,
  reading: JsonObject | undefined,
): Record<string, Json> {
  const { fields, derived = [] } = negotiatedShapes[entity];
  return Object.fromEntries(
    [...fields, ...derived].flatMap((field): [string, Json][] => {
      const value = sent[field];
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
  entity: NegotiatedEntity,
  { row, record, standing: { other } }: Placed,
): Promise<void> {
  const source = sourceOf(origin);
  await takeIn(tx, origin, entity, [record]);
  const own = (await fetchLinks(tx.db, source.systemId, entity, [record.externalId])).get(record.externalId);
  if (!own || other === undefined) return;
  await recordConflicts(tx.db, source, [
    duplicateConflict(entity, { index: 0, entityId: row.entity_id, externalId: other }, own.entity_id),
  ]);
}

/** Takes records and what stands inside of them in. */
async function fillSinks(
  tx: Tx,
  origin: Origin,
  { entity, records }: { readonly entity: NegotiatedEntity; readonly records: readonly ExternalRecord[] },
  echo: Echo,
): Promise<void> {
  const { mappings, policies } = origin.system;
  const mapperOf = mapperFrom(mappings);
  const children = records.flatMap((record) => record.children ?? []);
  const groups = [
    { entity, records, echo: echo.own },
    ...[...Map.groupBy(children, (group) => group.entity)].map(([child, ofChild]) => ({
      entity: child,
      records: ofChild.flatMap((group) => group.records),
      echo: child === entity ? echo.own : echo.children,
    })),
  ];
  for (const group of groups) {
    if (!isNegotiated(group.entity) || group.records.length === 0) continue;
    const source = { ...sourceOf(origin), policies, echo: group.echo };
    const sink = openNegotiatedSink(tx, group.entity, source, mapperOf);
    for (const record of group.records) await sink.add(record);
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
