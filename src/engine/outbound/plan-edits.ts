import { byPolicy, comparisonOf, reasonOf } from '../../canonical/vocabulary/index.ts';
import { deriveUuid, type Json, type JsonObject } from '../../platform/values/index.ts';
import { noCounts, recordChanges, recordCounts } from '../../ledger/operations/index.ts';
import {
  entity as entityNamed,
  inCanonicalWords,
  linkedEntity,
  type LinkedEntity,
  type LinkedRow,
  listLinkedEntities,
  listLinkedRows,
  type LinkedEntityName,
  recordSettled,
  updateRows,
} from '../../record/entities/index.ts';
import {
  enqueueChanges,
  type OutboundChange,
  supersedeRefused,
  supersedeUnlinked,
  supersedeUnsent,
} from '../outbox/index.ts';
import { clearEdited } from '../../ledger/links/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { sentOnlyFields } from '../../canonical/record-fields/index.ts';
import { canonical, mergeField } from '../merge/index.ts';
import {
  lookUpPolicy,
  needsApproval,
  noRecord,
  possiblePolicies,
  type RecordFacts,
} from '../../canonical/policy/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';
import { compileMappings } from '../../canonical/mapping/index.ts';
import { canUpdate, type ConnectedSystem } from '../connections/index.ts';
import { excludedRows } from '../inbound/index.ts';
import { planAdditions } from './plan-additions.ts';
import type { RunContext } from '../run/index.ts';

/** What people edit on our side, in the order in which it is looked at: from what is read last, what moves its parent behind that. */
function editable(): readonly LinkedEntityName[] {
  const turnOf = ({ readTurn, outbound, parent }: LinkedEntity): number =>
    outbound.orderWith === 'parent' && parent
      ? (entityNamed(parent.entity).readTurn ?? 0) - 0.5
      : (readTurn ?? 0);
  return listLinkedEntities()
    .filter(({ outbound }) => outbound.edits)
    .toSorted((a, b) => turnOf(b) - turnOf(a))
    .map(({ name }) => name);
}
const pageSize = 500;
/** The assets of a POA&M are planned where weaknesses are (`plan-poams.ts`). */
const otherThanAssets = { field: 'affected_assets', named: false } as const;

/**
 * Puts edits that were made on our side (by the owner's application or by hand) into the outbox: fields of linked rows
 * that differ from the base on which both sides last agreed. Run after the reads, so the base is the remote's latest.
 * A field that no outbound mapping knows stays ours alone.
 */
export async function planEdits(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  for (const entity of editable()) {
    if (!canUpdate(system, entity)) continue;
    const source = { systemId: system.id, systemType: system.module.declaration.systemType, operationId };
    await linkedEntity(entity).beforeEdits?.(context.db, source, sendableOfSome(system, entity));
    await supersedeUnlinked(context.db, { systemId: system.id, entity });
    let afterId = 0;
    for (;;) {
      const page = await listLinkedRows(context.db, system.id, entity, { afterId, limit: pageSize });
      if (page.length === 0) break;
      afterId = page.at(-1)?.linkId ?? afterId;
      await context.store.transaction((tx) => planPage(tx, system, operationId, entity, page));
    }
  }
  await planAdditions(context, system, operationId, {
    mapped: (entity) => mappedFields(system, entity),
  });
}

/** Plans the edits of one record again, after the remote was found to have moved on. */
export async function replanRecord(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  record: { readonly entity: string; readonly entityId: string },
): Promise<void> {
  const entity = editable().find((each) => each === record.entity);
  if (!entity || !canUpdate(system, entity)) return;
  const one = { afterId: 0, limit: 1, entityId: record.entityId };
  const page = await listLinkedRows(tx.db, system.id, entity, one);
  if (page.length > 0) await planPage(tx, system, operationId, entity, page);
}

function mappedFields(system: ConnectedSystem, entity: LinkedEntityName): string[] {
  const mapping = compileMappings(system.mappings, entity);
  const { fields, derived } = linkedEntity(entity);
  return [...fields, ...derived].filter((field) => mapping.sendable.has(field));
}

/** Fields that a mapping sends out, of a record, and no policy keeps from it. */
function sendableFields(system: ConnectedSystem, entity: LinkedEntityName, record: RecordFacts): string[] {
  return mappedFields(system, entity).filter(
    (field) => lookUpPolicy(system.policies, entity, field, record).direction !== 'inbound',
  );
}

/** The same of the records of an entity, of any of them. */
function sendableOfSome(system: ConnectedSystem, entity: LinkedEntityName): string[] {
  const possible = possiblePolicies(system.policies, entity);
  return mappedFields(system, entity).filter((field) =>
    possible.some((policies) => lookUpPolicy(policies, entity, field, noRecord).direction !== 'inbound'),
  );
}

/** Computed once for records of which the same is known: for all, where no policy is limited to some. */
function onceByFacts<T>(compute: (record: RecordFacts) => T): (record: RecordFacts) => T {
  const known = new Map<RecordFacts, T>();
  return (record) => {
    const value = known.get(record) ?? compute(record);
    known.set(record, value);
    return value;
  };
}

async function planPage(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  entity: LinkedEntityName,
  page: readonly LinkedRow[],
): Promise<void> {
  const isExcluded = await excludedRows(
    tx.db,
    entity,
    page.map((linked) => linked.row),
  );
  const enabled = page.filter((linked) => !isExcluded(linked.row));
  const factsOf = await readRecordFacts(
    tx.db,
    system.policies,
    entity,
    enabled.map((linked) => linked.entityId),
  );
  await undoForbiddenEdits(tx, { system, operationId, entity, factsOf }, enabled);
  await clearEdited(
    tx.db,
    page.map((linked) => linked.linkId),
  );
  const groupsOf = onceByFacts((record) => fieldsByChange(system, entity, record));
  const changes = enabled.flatMap((linked) => {
    const record = factsOf(linked.entityId);
    return groupsOf(record).flatMap((fields) => editOf({ system, entity, record }, linked, fields) ?? []);
  });
  const records = {
    entityIds: page.map((linked) => linked.entityId),
    keep: changes.map((change) => change.idempotencyKey),
  };
  // An edit that was reverted, or edited further, or whose record was excluded from sync, before it went out.
  await supersedeUnsent(tx.db, { systemId: system.id, entity }, records, otherThanAssets);
  await supersedeRefused(tx.db, { systemId: system.id, entity }, records, otherThanAssets);
  const put = await enqueueChanges(tx.db, { systemId: system.id, operationId }, changes);
  if (put > 0) await recordCounts(tx.db, operationId, { ...noCounts, read: put, updated: put });
  await recordSettled(
    tx.db,
    page.flatMap((linked) =>
      linked.rowDigest !== null && isSettled(entity, linked)
        ? [{ linkId: linked.linkId, rowDigest: linked.rowDigest }]
        : [],
    ),
  );
}

/**
 * Whether nothing of a row can be an edit until it moves, whatever policies and mappings say. What an asset's context shows of other
 * tables moves without it.
 */
function isSettled(entity: LinkedEntityName, linked: LinkedRow): boolean {
  const { fields, derived } = linkedEntity(entity);
  return (
    derived.length === 0 &&
    linked.heldFields.length === 0 &&
    Object.keys(editedFields(fields, inCanonicalWords(entity, linked.row), baseOf(entity, linked))).length ===
      0
  );
}

/** Fields by the change in which they go out. */
function fieldsByChange(system: ConnectedSystem, entity: LinkedEntityName, record: RecordFacts): string[][] {
  const fields = sendableFields(system, entity, record);
  if (!linkedEntity(entity).outbound.splitsByPlace) return [fields];
  const placeOf = (field: string): string =>
    system.mappings
      .find(
        (each) => each.entityType === entity && each.internalField === field && each.direction !== 'inbound',
      )
      ?.externalField.split('.')[0] ?? '';
  // Always in the same order, and what takes the most rights last: what is confirmed closes the refusals before it.
  return [...Map.groupBy(fields, placeOf)].toSorted(([a], [b]) => (a < b ? 1 : -1)).map(([, group]) => group);
}

/** Where our row says what the remote has in a field that is never read in: what an override replaces. */
const standsThere: Readonly<Record<string, string>> = { acr_override: 'acr_rated' };

function editOf(
  {
    system,
    entity,
    record,
  }: { readonly system: ConnectedSystem; readonly entity: LinkedEntityName; readonly record: RecordFacts },
  linked: LinkedRow,
  sendable: readonly string[],
): OutboundChange | undefined {
  const free = sendable.filter((field) => !linked.heldFields.includes(field));
  const payload = editedFields(free, inCanonicalWords(entity, linked.row), baseOf(entity, linked));
  const fields = Object.keys(payload);
  const before = (field: string): Json => {
    const other = standsThere[field];
    return linked.base[field] ?? (other === undefined ? null : (linked.row[other] ?? null));
  };
  if (fields.length === 0) return undefined;
  const severity = severityOf(entity, linked.row);
  return {
    entity,
    entityId: linked.entityId,
    kind: 'update',
    externalId: linked.externalId,
    ...(linked.version === null ? {} : { baseVersion: linked.version }),
    ...(linked.parentExternalId === null ? {} : { parentExternalId: linked.parentExternalId }),
    idempotencyKey: deriveUuid(
      'edit',
      String(system.id),
      entity,
      linked.externalId,
      linked.version ?? '',
      linked.confirmedAt,
      JSON.stringify(canonical(payload)),
    ),
    reason: `edited here: ${fields.join(', ')}`,
    payload,
    before: Object.fromEntries(fields.map((field) => [field, before(field)])),
    severity,
    needsApproval: needsApproval(system.policies, { entity, kind: 'update', fields, severity }, record),
  };
}

/**
 * An edit of a field that the remote alone decides could not be refused where it was made (the owner's application, or by
 * hand): it is reverted, and the journal keeps it.
 */
async function undoForbiddenEdits(
  tx: Tx,
  {
    system,
    operationId,
    entity,
    factsOf,
  }: {
    readonly system: ConnectedSystem;
    readonly operationId: string;
    readonly entity: LinkedEntityName;
    readonly factsOf: (entityId: string) => RecordFacts;
  },
  page: readonly LinkedRow[],
): Promise<void> {
  const ownedBy = onceByFacts((record) =>
    linkedEntity(entity).fields.filter(
      (field) =>
        lookUpPolicy(system.policies, entity, field, record).direction === 'inbound' &&
        !sentOnlyFields(entity).includes(field),
    ),
  );
  const undone = page.flatMap((linked) => {
    const free = ownedBy(factsOf(linked.entityId)).filter((field) => !linked.heldFields.includes(field));
    const edited = Object.keys(editedFields(free, inCanonicalWords(entity, linked.row), linked.base));
    return edited.length > 0 ? [{ linked, edited }] : [];
  });
  if (undone.length === 0) return;
  await updateRows(
    tx.db,
    entity,
    undone.map(({ linked, edited }) => ({
      entityId: linked.entityId,
      columns: Object.fromEntries(edited.map((field) => [field, linked.base[field] ?? null])),
    })),
  );
  await recordChanges(
    tx.db,
    { systemId: system.id, operationId },
    undone.flatMap(({ linked, edited }) =>
      edited.map((field) => ({
        entity,
        entityId: linked.entityId,
        field,
        before: linked.row[field] ?? null,
        after: linked.base[field] ?? null,
        direction: 'internal' as const,
        decidedBy: byPolicy('inbound'),
        reason: reasonOf('system_decides', { system: system.name }),
      })),
    ),
  );
  await recordCounts(tx.db, operationId, { ...noCounts, read: undone.length, updated: undone.length });
}

/** The severity of what a record is about, where it says so. */
function severityOf(entity: string, row: JsonObject): string | undefined {
  const said = linkedEntity(entity).severityFields?.map((field) => row[field]) ?? [];
  const severity = said.find((each) => each !== undefined && each !== null);
  return typeof severity === 'string' ? severity : undefined;
}

/** The base; of a field that is only sent, or that remotes leave out while it is empty, that nothing is there yet is known too. */
function baseOf(entity: LinkedEntityName, { base }: LinkedRow): JsonObject {
  const { unsaidWhenEmpty = [] } = linkedEntity(entity);
  const unsent = [...sentOnlyFields(entity), ...unsaidWhenEmpty].filter((field) => base[field] === undefined);
  return unsent.length === 0
    ? base
    : { ...base, ...Object.fromEntries(unsent.map((field) => [field, null])) };
}

function editedFields(fields: readonly string[], row: JsonObject, base: JsonObject): JsonObject {
  const edited = fields.filter(
    (field) =>
      base[field] !== undefined &&
      row[field] !== undefined &&
      mergeField({ base: base[field], internal: row[field], external: base[field] }, comparisonOf(field)) ===
        'send',
  );
  return Object.fromEntries(edited.map((field): [string, Json] => [field, row[field] ?? null]));
}
