/** What a change leaves here once the remote has it: its row, the link with its base, the journal, and what the remote made of it. */
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import { byRule, comparisonOf } from '../../canonical/vocabulary/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import {
  type Counts,
  insertHeldRecords,
  type JournalEntry,
  noCounts,
  recordChanges,
} from '../../ledger/operations/index.ts';
import { recordConflicts } from '../../ledger/conflicts/index.ts';
import { fetchLinks, findOtherLinks, renameLink } from '../../ledger/links/index.ts';
import {
  entity as definitionOf,
  fetchRows,
  isLinked,
  linkedEntity,
  type LinkedEntityName,
  saveLinks,
  updateRows,
} from '../../record/entities/index.ts';
import { markConfirmed, type OutboxRow, supersedeFulfilled } from '../outbox/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { sameValue } from '../merge/index.ts';
import type { ConnectedSystem } from '../connections/index.ts';
import { duplicateConflict, mapperFrom, type LinkedSource, openLinkedSink } from '../inbound/index.ts';
import { readingOf } from './arrival.ts';
import { closeAfterChange } from '../conflicts/index.ts';

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
  /** The record's parent, as it is now; read where the write has moved its version. */
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
      externalId: definitionOf(row.entity_type).kind === 'sent' ? null : record.externalId,
    })),
  );
  await supersedeFulfilled(tx.db, source.systemId, rows.map(wishOf));
  await recordChanges(tx.db, source, rows.flatMap(journalOf));
  for (const [name, ofEntity] of Map.groupBy(confirmations, ({ row }) => row.entity_type)) {
    await closeAfterChange(
      tx,
      { systemId: source.systemId, entity: name },
      ofEntity.map(({ row }) => row.entity_id),
    );
    if (!isLinked(name)) continue;
    await confirmRecords(tx, origin, name, ofEntity);
    const touched = ofEntity.flatMap((each) => each.touched ?? []);
    if (touched.length > 0) await takeIn(tx, origin, linkedEntity(name).parent?.entity ?? name, touched);
  }
  const counts: Counts[] = [];
  for (const { row, record } of confirmations) counts.push(await countsOf(tx, row, record.raw));
  return counts;
}

const wishOf = (row: OutboxRow) => ({
  id: row.id,
  entity: row.entity_type,
  entityId: row.entity_id,
  fields: Object.keys(row.payload),
});

async function countsOf(
  tx: Tx,
  { entity_type, change_kind, payload }: OutboxRow,
  remote: Json,
): Promise<Counts> {
  const definition = definitionOf(entity_type);
  if (definition.kind === 'sent') {
    const { changed, as } = await definition.confirmed(tx, payload, remote);
    return { ...noCounts, read: changed, [as]: changed };
  }
  return { ...noCounts, read: 1, [change_kind === 'create' ? 'created' : 'updated']: 1 };
}

/** Takes records in that the remote showed outside of a read, by the policies, like any other. */
export async function takeIn(
  tx: Tx,
  origin: Origin,
  entity: string,
  records: readonly ExternalRecord[],
): Promise<void> {
  if (isLinked(entity))
    await fillSinks(tx, origin, { entity, records }, { own: undefined, children: undefined });
}

const sourceOf = ({ system, operationId }: Origin) => ({
  systemId: system.id,
  systemType: system.module.declaration.systemType,
  operationId,
});

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
 * what the remote trimmed or re-cased is taken, and the next read of it is not a change.
 */
async function confirmRecords(
  tx: Tx,
  origin: Origin,
  entity: LinkedEntityName,
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
  const { whenConfirmed } = linkedEntity(entity).row;
  if (Object.keys(whenConfirmed).length > 0)
    await updateRows(
      tx.db,
      entity,
      own.map(({ row }) => ({ entityId: row.entity_id, columns: whenConfirmed })),
    );
  for (const each of placed) if (each.standing.isAnothers) await takeAsAnother(tx, origin, entity, each);
}

/** What we wrote of a record ourselves: all of what we made, and else the fields that we sent. */
interface Echo {
  readonly own: LinkedSource['echo'];
  readonly children: LinkedSource['echo'];
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
  entity: LinkedEntityName,
  confirmations: readonly Confirmation[],
): Promise<Placed[]> {
  const source = { systemId, entity };
  // A server without updates (Security Center's rules) makes the record again under another id.
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
 * is what both sides know, and the edit is compared with that.
 */
function agreedValues(
  entity: LinkedEntityName,
  sent: JsonObject,
  present: JsonObject,
  reading: JsonObject | undefined,
): Record<string, Json> {
  const { fields, derived } = linkedEntity(entity);
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
 * this is imported as what it is, and a person is notified that the remote has the thing twice.
 */
async function takeAsAnother(
  tx: Tx,
  origin: Origin,
  entity: LinkedEntityName,
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

/** Imports records and what is inside of them. */
async function fillSinks(
  tx: Tx,
  origin: Origin,
  { entity, records }: { readonly entity: LinkedEntityName; readonly records: readonly ExternalRecord[] },
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
    if (!isLinked(group.entity) || group.records.length === 0) continue;
    const source = { ...sourceOf(origin), policies, echo: group.echo };
    const sink = openLinkedSink(tx, group.entity, source, mapperOf);
    for (const record of group.records) await sink.add(record);
    const { held } = await sink.finish();
    await insertHeldRecords(tx.db, origin.operationId, held);
  }
}

function journalOf(row: OutboxRow): JournalEntry[] {
  const common = {
    entity: row.entity_type,
    direction: 'outbound',
    decidedBy: byRule('outbox'),
    reason: row.reason,
  } as const;
  const definition = definitionOf(row.entity_type);
  if (definition.kind === 'sent')
    return definition.journal(row.payload).map((change) => ({ ...common, ...change }));
  if (row.change_kind === 'create') return [{ ...common, entityId: row.entity_id, after: row.payload }];
  return Object.entries(row.payload).map(([field, after]) => ({
    ...common,
    entityId: row.entity_id,
    field,
    before: row.before_values?.[field] ?? null,
    after,
  }));
}
