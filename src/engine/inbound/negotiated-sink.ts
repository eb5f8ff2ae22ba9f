/**
 * Takes in the records of negotiated entities: finds our row by link or natural key, merges field by field, holds
 * what both sides changed, journals what it takes, and moves the base where both agree. The same path serves the
 * remote's reading of what we have written, which is how an echo comes to be no change.
 */
import type { ExternalRecord } from '../../connectors/kit/index.ts';
import { type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import {
  addCounts,
  type Counts,
  type HeldRecord,
  type JournalEntry,
  noCounts,
  recordChanges,
} from '../../ledger/operations/index.ts';
import { closeConflictsOfType, closeSettledConflicts, recordConflicts } from '../conflicts/index.ts';
import {
  fetchLinks,
  findLinkedElsewhere,
  type LinkRow,
  type LinkToSave,
  saveLinks,
} from '../../ledger/links/index.ts';
import {
  fetchRows,
  findByNaturalKey,
  heldFor,
  inCanonicalWords,
  insertRows,
  linkedEntity,
  type LinkedEntity,
  type MapperOf,
  type NegotiatedEntity,
  type Sink,
  type StoredRecord,
  updateRows,
} from '../../record/entities/index.ts';
import { type Tx, underSavepoint } from '../../platform/postgres/index.ts';
import { decideInbound, type InboundDecision, sameValue } from '../merge/index.ts';
import { defaultPolicy, type EntityPolicy, lookUpPolicy } from '../../canonical/policy/index.ts';
import { byRule, reasonOf } from '../../canonical/vocabulary/index.ts';
import { conflictsOf, duplicateConflict, findTwinsOf, recordUnmappable } from './negotiated-conflicts.ts';
import { findMoves, moveEntry, type Move } from './negotiated-moves.ts';
import { withFreeKeys } from './negotiated-rows.ts';
import { excludedRows } from './excluded.ts';
import { renewDetails } from './negotiated-details.ts';

export interface NegotiatedSource {
  readonly systemId: number;
  readonly systemType: string;
  readonly operationId: string;
  readonly policies: readonly EntityPolicy[];
  /**
   * Whether this is the remote's reading of what we wrote: of the fields that we wrote, taken as it is, whatever the policy;
   * `all` for a record that we made. No row in it was there before us.
   */
  readonly echo: ReadonlySet<string> | 'all' | undefined;
  /** When the remote was asked for these records, by the clock of the database. */
  readonly askedAt?: Date;
}

interface Incoming {
  readonly external: ExternalRecord;
  readonly record: JsonObject;
}

const pageSize = 500;

export function openNegotiatedSink(
  tx: Tx,
  entity: NegotiatedEntity,
  source: NegotiatedSource,
  mapperOf: MapperOf,
): Sink {
  const shape = linkedEntity(entity);
  const map = mapperOf(entity, shape.record);
  const held: HeldRecord[] = [];
  let counts = noCounts;
  let page = new Map<string, Incoming>();

  /**
   * A value that this database's own rules refuse (a shorter column, a check, a trigger of the owner's) holds the one
   * record that has it, not the page.
   */
  async function storeOrHold(incoming: readonly Incoming[]): Promise<void> {
    const heldHere: HeldRecord[] = [];
    const stored = await underSavepoint(tx, () => storePage(tx, entity, source, incoming, heldHere));
    if (stored.ok) {
      held.push(...heldHere);
      counts = addCounts(counts, stored.result);
      return;
    }
    const [only, ...more] = incoming;
    if (only && more.length === 0) {
      held.push({
        ...heldFor(shape.row.table, only.external, [{ field: stored.field, message: stored.message }]),
        type: 'database',
      });
      counts = addCounts(counts, { ...noCounts, read: 1, failed: 1 });
    } else for (const each of incoming) await storeOrHold([each]);
  }

  async function store(): Promise<void> {
    const incoming = [...page.values()];
    page = new Map();
    if (incoming.length > 0) await storeOrHold(incoming);
  }

  return {
    async add(external) {
      const mapped = map(external.raw);
      const unstorable = mapped.ok ? unstorableFields(mapped.record) : [];
      if (!mapped.ok || external.externalId === '' || unstorable.length > 0) {
        const idFault = external.externalId === '' ? [{ field: 'id', message: 'the record has none' }] : [];
        const faults = mapped.ok ? [...idFault, ...unstorable] : mapped.faults;
        held.push(heldFor(shape.row.table, external, faults));
        counts = addCounts(counts, { ...noCounts, read: 1, failed: 1 });
        return;
      }
      // The same record twice in a page (a page delivered twice): the later one stands, and counts as nothing new.
      if (page.has(external.externalId)) counts = addCounts(counts, { ...noCounts, read: 1, unchanged: 1 });
      page.set(external.externalId, { external, record: mapped.record });
      if (page.size >= pageSize) await store();
    },
    async finish() {
      await store();
      const left = new Set(await recordUnmappable(tx, entity, source, held));
      const { failed, unchanged } = counts;
      return {
        counts: { ...counts, failed: failed - left.size, unchanged: unchanged + left.size },
        held: held.filter((each) => !left.has(each)),
      };
    },
    abort: () => Promise.resolve(),
  };
}

/** Texts that PostgreSQL cannot keep as they are: without the character they would look like an edit, and go back so. */
function unstorableFields(record: JsonObject): { field: string; message: string }[] {
  return Object.entries(record).flatMap(([field, value]) =>
    textsOf(value).some((text) => text.includes('\0'))
      ? [{ field, message: 'holds the character U+0000, which cannot be stored: remove it there' }]
      : [],
  );
}

const textsOf = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');

/** Replaces the remote's id of the parent by ours; a record whose parent is not known is held. */
async function resolveParents(
  tx: Tx,
  shape: LinkedEntity,
  source: NegotiatedSource,
  incoming: readonly Incoming[],
  held: HeldRecord[],
): Promise<Incoming[]> {
  const { parent } = shape;
  if (!parent) return [...incoming];
  const externalIds = incoming.map((each) => scalarText(each.record[parent.field]));
  const links = await fetchLinks(tx.db, source.systemId, parent.entity, externalIds);
  return incoming.flatMap((each) => {
    const link = links.get(scalarText(each.record[parent.field]));
    if (link) return [{ ...each, record: { ...each.record, [parent.column]: link.entity_id } }];
    const message = `names the ${parent.entity} ${scalarText(each.record[parent.field])}, which is not known here`;
    held.push(heldFor(shape.row.table, each.external, [{ field: parent.field, message }]));
    return [];
  });
}

async function storePage(
  tx: Tx,
  entity: NegotiatedEntity,
  source: NegotiatedSource,
  page: readonly Incoming[],
  held: HeldRecord[],
): Promise<Counts> {
  const shape = linkedEntity(entity);
  const resolved = await resolveParents(tx, shape, source, page, held);
  const links = await fetchLinks(
    tx.db,
    source.systemId,
    entity,
    resolved.map((each) => each.external.externalId),
  );
  // A system may bear another id here than there.
  const ownedBy = ({ external, record }: Incoming): JsonObject =>
    entity === 'system' ? { system_id: links.get(external.externalId)?.entity_id ?? null } : record;
  const linkedRows = await fetchRows(
    tx.db,
    entity,
    [...links.values()].map((link) => link.entity_id),
  );
  const storedRows = [...linkedRows.values()].map((stored) => stored.row);
  const isExcluded = await excludedRows(tx.db, entity, [...resolved.map(ownedBy), ...storedRows]);
  // What moves out of the systems that take part in sync is taken that far.
  const staysOutside = (each: Incoming): boolean => {
    const stored = linkedRows.get(links.get(each.external.externalId)?.entity_id ?? '');
    return isExcluded(ownedBy(each)) && (!stored || isExcluded(stored.row));
  };
  const incoming = source.echo
    ? resolved
    : resolved.filter(
        (each) => !staysOutside(each) && !isOutdated(links.get(each.external.externalId), source),
      );
  const unlinked = incoming.filter((each) => !links.has(each.external.externalId));
  const recognized = await findByNaturalKey(
    tx.db,
    entity,
    source.systemId,
    unlinked.map((each) => ({
      ...each.record,
      external_system_id: source.systemId,
      external_id: each.external.externalId,
    })),
  );
  const elsewhere = await findLinkedElsewhere(tx.db, { ...source, entity }, [
    ...linkedRows.keys(),
    ...[...recognized.values()].map((stored) => stored.entityId),
  ]);
  // Our row keeps what the first system calls it; what another calls it is in the link to that one.
  const ownFields = shape.fields.filter((field) => linkedEntity(entity).remoteId !== field);
  const claimed = new Set<string>();

  const decided = incoming.map((each) => {
    const link = links.get(each.external.externalId);
    let stored: StoredRecord | undefined = link && linkedRows.get(link.entity_id);
    if (!link) {
      const candidate = recognized.get(unlinked.indexOf(each));
      if (candidate && !claimed.has(candidate.entityId)) {
        claimed.add(candidate.entityId);
        stored = candidate;
      }
    }
    const decision = decideInbound({
      fields: elsewhere.has(stored?.entityId ?? '') ? ownFields : shape.fields,
      record: each.record,
      row: stored && inCanonicalWords(entity, stored.row),
      base: link?.base,
      policyOf: (field) =>
        isEcho(source, field) ? defaultPolicy : lookUpPolicy(source.policies, entity, field),
      // Neither side tells when a single field was edited.
      times: { internal: undefined, external: undefined },
    });
    return { each, stored, decision, isNewLink: link === undefined, agreedAt: link?.confirmed_at };
  });

  const created = decided.filter((one) => !one.stored);
  const begun = created.map(({ each, decision }) => ({
    ...shape.begin(each.record, source),
    ...(shape.parent ? { [shape.parent.column]: each.record[shape.parent.column] } : {}),
    ...(shape.keepsRaw ? { raw_json: each.external.raw } : {}),
    ...decision.take,
  }));
  const twins = await findTwinsOf(
    tx,
    entity,
    source.systemId,
    created.map(({ each }) => each),
  );
  const newIds = await insertRows(tx.db, entity, await withFreeKeys(tx, entity, begun, source));
  const idOf = new Map(created.map((one, index) => [one, newIds[index] ?? '']));
  const existing = decided.flatMap((one) => (one.stored ? [{ ...one, stored: one.stored }] : []));
  const rawMoved = (one: { stored: StoredRecord; each: Incoming }): boolean =>
    shape.keepsRaw && !sameValue(one.stored.row['raw_json'], one.each.external.raw);
  const moves = await findMoves(
    tx,
    entity,
    source.systemId,
    existing.map(({ stored, each }) => ({ stored, record: each.record })),
  );
  const moved = ({ stored }: { stored: StoredRecord | undefined }) => moves.get(stored?.entityId ?? '');
  const changed = existing.filter(
    (one) => Object.keys(one.decision.take).length > 0 || rawMoved(one) || moved(one) !== undefined,
  );
  await updateRows(
    tx.db,
    entity,
    changed.map((one) => ({
      entityId: one.stored.entityId,
      columns: {
        ...one.decision.take,
        ...placeOf(moved(one)),
        ...(rawMoved(one) ? { raw_json: one.each.external.raw } : {}),
      },
    })),
  );

  const settled = decided.map((one) => ({ ...one, entityId: one.stored?.entityId ?? idOf.get(one) ?? '' }));
  const detailsChanged = await renewDetails(
    tx,
    entity,
    source,
    settled.map(({ entityId, each, stored }) => ({
      entityId,
      record: each.record,
      // Of a row that several systems have, it may be another one's record that was read before.
      ...(stored && !elsewhere.has(stored.entityId) ? { before: stored.row['raw_json'] } : {}),
    })),
  );
  await saveLinks(
    tx.db,
    { ...source, entity },
    settled.map(({ entityId, each, decision }): LinkToSave => ({
      entityId,
      externalId: each.external.externalId,
      base: decision.base,
      version: each.external.version ?? null,
    })),
  );
  await recordChanges(
    tx.db,
    source,
    settled.flatMap((one) => {
      const move = moved(one);
      return [...journalOf(entity, one, source), ...(move ? [moveEntry(entity, one.entityId, move)] : [])];
    }),
  );
  await recordConflicts(tx.db, source, [
    ...settled.flatMap((one) => conflictsOf(entity, one)),
    ...twins.map((twin) => duplicateConflict(entity, twin, newIds[twin.index] ?? '')),
  ]);
  // Found before as two records of one row; now each has its own.
  await closeConflictsOfType(
    tx.db,
    { ...source, entity },
    'duplicate',
    twins.map((twin) => twin.entityId),
  );
  await closeConflictsOfType(
    tx.db,
    { ...source, entity },
    'unmappable_value',
    // One that could not be read when it was new stands under the remote's id.
    [...existing.map((one) => one.stored.entityId), ...created.map((one) => one.each.external.externalId)],
  );
  await closeSettledConflicts(
    tx.db,
    { ...source, entity },
    existing.flatMap((one) =>
      one.decision.settled.map((field) => ({ entityId: one.stored.entityId, field })),
    ),
  );

  const heldHere = existing.filter((one) => one.decision.conflicts.length > 0);
  const updated = existing.filter(
    (one) => !heldHere.includes(one) && (changed.includes(one) || detailsChanged.has(one.stored.entityId)),
  );
  return {
    read: page.length,
    created: created.length,
    updated: updated.length,
    held: heldHere.length,
    failed: page.length - resolved.length,
    unchanged: resolved.length - created.length - updated.length - heldHere.length,
  };
}

const placeOf = (move: Move | undefined): JsonObject => (move ? { [move.column]: move.after } : {});

const isEcho = ({ echo }: NegotiatedSource, field: string): boolean =>
  echo === 'all' || (echo?.has(field) ?? false);

/** Whether the page was asked for before the remote confirmed what a worker wrote meanwhile: it may show the value of before. */
function isOutdated(link: LinkRow | undefined, source: NegotiatedSource): boolean {
  return link !== undefined && source.askedAt !== undefined && link.confirmed_at > source.askedAt;
}

interface Settled {
  readonly entityId: string;
  readonly each: Incoming;
  readonly stored: StoredRecord | undefined;
  readonly decision: InboundDecision;
  readonly isNewLink: boolean;
  readonly agreedAt: Date | undefined;
}

function journalOf(entity: NegotiatedEntity, one: Settled, source: NegotiatedSource): JournalEntry[] {
  const common = {
    entity,
    entityId: one.entityId,
    direction: 'inbound',
  } as const;
  const { stored } = one;
  if (!stored)
    return [
      {
        ...common,
        decidedBy: byRule('remote_changed'),
        after: one.decision.take,
        reason: reasonOf('created_from', { externalId: one.each.external.externalId }),
      },
    ];
  const linked: JournalEntry[] = one.isNewLink
    ? [
        {
          ...common,
          before: { raw_json: stored.row['raw_json'] ?? null },
          after: one.each.external.externalId,
          decidedBy: byRule('natural_key'),
          reason: reasonOf(source.echo ? 'confirmed_by_remote' : 'linked'),
        },
      ]
    : [];
  return [
    ...linked,
    ...one.decision.changes.map(({ field, after, decidedBy }) => ({
      ...common,
      decidedBy: isEcho(source, field) ? byRule('remote_reading') : decidedBy,
      field,
      // As it was spelled here, so that it can be restored as it was.
      before: stored.row[field] ?? null,
      after: after as Json,
    })),
    ...one.decision.agreed.map(({ field, before, after, decidedBy }) => ({
      ...common,
      decidedBy,
      field,
      before: before ?? null,
      after: after ?? null,
    })),
    // What the remote had, and loses when ours goes out.
    ...one.decision.overruled.map(({ field, before, after, decidedBy }) => ({
      ...common,
      direction: 'internal' as const,
      decidedBy,
      field,
      before: before ?? null,
      after: after ?? null,
      reason: reasonOf('gives_way'),
    })),
  ];
}
