import type { Json, JsonObject } from '../../model/json.ts';
import { deriveUuid } from '../../model/derived-uuid.ts';
import { listLinkedRows } from '../../store/linked-rows.ts';
import type { NegotiatedEntity } from '../../store/negotiated.ts';
import { noCounts, recordCounts } from '../../store/operations.ts';
import { enqueueChanges, type OutboundChange } from '../../store/outbox.ts';
import { inTransaction } from '../../store/transaction.ts';
import { canonical, mergeField } from '../../sync/three-way.ts';
import { compileMappings } from '../../sync/mapping.ts';
import { canWrite, type ConnectedSystem } from '../connections/connected-system.ts';
import { inCanonicalWords, negotiatedShapes } from '../imports/negotiated-shapes.ts';
import type { RunContext } from '../runs/run-context.ts';

const entities = ['poam', 'milestone', 'control'] as const satisfies readonly NegotiatedEntity[];
const pageSize = 500;

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
    const updates = system.module.declaration.entities[entity]?.update ?? false;
    if (!updates && !canWrite(system, entity)) continue;
    const mapping = compileMappings(system.mappings, entity);
    const sendable = negotiatedShapes[entity].fields.filter((field) => mapping.sendable.has(field));
    let afterId = 0;
    for (;;) {
      const page = await listLinkedRows(context.db, system.id, entity, afterId, pageSize);
      if (page.length === 0) break;
      afterId = page.at(-1)?.linkId ?? afterId;
      const changes = page.flatMap((linked): OutboundChange[] => {
        const free = sendable.filter((field) => !linked.heldFields.includes(field));
        const payload = editedFields(free, inCanonicalWords(entity, linked.row), linked.base);
        if (Object.keys(payload).length === 0) return [];
        return [
          {
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
              JSON.stringify(canonical(payload)),
            ),
            reason: `edited here: ${Object.keys(payload).join(', ')}`,
            payload,
          },
        ];
      });
      if (changes.length > 0)
        await inTransaction(context.pool, async (tx) => {
          const put = await enqueueChanges(tx.db, { systemId: system.id, operationId }, changes);
          await recordCounts(tx.db, operationId, { ...noCounts, read: put, updated: put });
        });
    }
  }
}

function editedFields(fields: readonly string[], row: JsonObject, base: JsonObject): JsonObject {
  const edited = fields.filter(
    (field) =>
      base[field] !== undefined &&
      mergeField({ base: base[field], internal: row[field], external: base[field] }) === 'send',
  );
  return Object.fromEntries(edited.map((field): [string, Json] => [field, row[field] ?? null]));
}
