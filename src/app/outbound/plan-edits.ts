import type { Json, JsonObject } from '../../model/json.ts';
import { deriveUuid } from '../../model/derived-uuid.ts';
import { recordChanges } from '../../store/changes.ts';
import { linkAssetContexts } from '../../store/asset-contexts.ts';
import { listLinkedRows, type LinkedRow } from '../../store/linked-rows.ts';
import { updateRows, type NegotiatedEntity } from '../../store/negotiated.ts';
import { noCounts, recordCounts } from '../../store/operations.ts';
import { enqueueChanges, supersedeUnsent, type OutboundChange } from '../../store/outbox.ts';
import { inTransaction, type Tx } from '../../store/transaction.ts';
import { canonical, mergeField } from '../../sync/three-way.ts';
import { needsApproval } from '../../sync/approval.ts';
import { lookUpPolicy } from '../../sync/policy.ts';
import { compileMappings } from '../../sync/mapping.ts';
import { canUpdate, type ConnectedSystem } from '../connections/connected-system.ts';
import { excludedRows } from '../imports/excluded.ts';
import { inCanonicalWords, negotiatedShapes } from '../imports/negotiated-shapes.ts';
import type { RunContext } from '../runs/run-context.ts';

const entities = [
  'poam',
  'milestone',
  'control',
  'acceptance',
  'asset_context',
] as const satisfies readonly NegotiatedEntity[];
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
  for (const entity of entities) {
    if (!canUpdate(system, entity)) continue;
    if (entity === 'asset_context')
      await linkAssetContexts(
        context.db,
        { systemId: system.id, operationId },
        negotiatedShapes[entity].fields,
      );
    let afterId = 0;
    for (;;) {
      const page = await listLinkedRows(context.db, system.id, entity, { afterId, limit: pageSize });
      if (page.length === 0) break;
      afterId = page.at(-1)?.linkId ?? afterId;
      await inTransaction(context.pool, (tx) => planPage(tx, system, operationId, entity, page));
    }
  }
}

/** Plans the edits of one record anew, after the remote was found to have moved on. */
export async function replanRecord(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  record: { readonly entity: string; readonly entityId: string },
): Promise<void> {
  const entity = entities.find((each) => each === record.entity);
  if (!entity || !canUpdate(system, entity)) return;
  const one = { afterId: 0, limit: 1, entityId: record.entityId };
  const page = await listLinkedRows(tx.db, system.id, entity, one);
  if (page.length > 0) await planPage(tx, system, operationId, entity, page);
}

async function planPage(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  entity: (typeof entities)[number],
  page: readonly LinkedRow[],
): Promise<void> {
  const isExcluded = await excludedRows(
    tx.db,
    entity,
    page.map((linked) => linked.row),
  );
  const enabled = page.filter((linked) => !isExcluded(linked.row));
  await undoForbiddenEdits(tx, system, operationId, entity, enabled);
  const mapping = compileMappings(system.mappings, entity);
  const sendable = negotiatedShapes[entity].fields.filter(
    (field) =>
      mapping.sendable.has(field) && lookUpPolicy(system.policies, entity, field).direction !== 'inbound',
  );
  const changes = enabled.flatMap((linked) => editOf(system, entity, linked, sendable) ?? []);
  const records = {
    entityIds: enabled.map((linked) => linked.entityId),
    keep: changes.map((change) => change.idempotencyKey),
  };
  // An edit that was taken back, or made further, before it went out.
  await supersedeUnsent(tx.db, { systemId: system.id, entity }, records, otherThanAssets);
  const put = await enqueueChanges(tx.db, { systemId: system.id, operationId }, changes);
  if (put > 0) await recordCounts(tx.db, operationId, { ...noCounts, read: put, updated: put });
}

function editOf(
  system: ConnectedSystem,
  entity: NegotiatedEntity,
  linked: LinkedRow,
  sendable: readonly string[],
): OutboundChange | undefined {
  const free = sendable.filter((field) => !linked.heldFields.includes(field));
  const payload = editedFields(free, inCanonicalWords(entity, linked.row), linked.base);
  const fields = Object.keys(payload);
  if (fields.length === 0) return undefined;
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
    before: Object.fromEntries(fields.map((field) => [field, linked.base[field] ?? null])),
    needsApproval: needsApproval(system.policies, {
      entity,
      kind: 'update',
      fields,
      severity: severityOf(entity, linked.row),
    }),
  };
}

/**
 * An edit of a field that the remote alone decides could not be refused where it was made (the owner's application, or by
 * hand): it is taken back, and the journal keeps it.
 */
async function undoForbiddenEdits(
  tx: Tx,
  system: ConnectedSystem,
  operationId: string,
  entity: NegotiatedEntity,
  page: readonly LinkedRow[],
): Promise<void> {
  const owned = negotiatedShapes[entity].fields.filter(
    (field) => lookUpPolicy(system.policies, entity, field).direction === 'inbound',
  );
  if (owned.length === 0) return;
  const undone = page.flatMap((linked) => {
    const free = owned.filter((field) => !linked.heldFields.includes(field));
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
        decidedBy: `policy:inbound`,
        reason: `${system.name} alone decides this field`,
      })),
    ),
  );
  await recordCounts(tx.db, operationId, { ...noCounts, read: undone.length, updated: undone.length });
}

/** The severity of what a record is about, where it says so. */
function severityOf(entity: string, row: JsonObject): string | undefined {
  const severity = row['weakness_risk_level'] ?? row['risk_rating'];
  return entity === 'poam' && typeof severity === 'string' ? severity : undefined;
}

function editedFields(fields: readonly string[], row: JsonObject, base: JsonObject): JsonObject {
  const edited = fields.filter(
    (field) =>
      base[field] !== undefined &&
      mergeField({ base: base[field], internal: row[field], external: base[field] }) === 'send',
  );
  return Object.fromEntries(edited.map((field): [string, Json] => [field, row[field] ?? null]));
}
