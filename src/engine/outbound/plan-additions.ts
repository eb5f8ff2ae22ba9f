/** What was added here to records that the remote has (a milestone to a POA&M): it is made there too. */
import { lookUpPolicy, mayGoOut, needsApproval, type RecordFacts } from '../../canonical/policy/index.ts';
import { readRecordFacts } from '../../record/policy-facts/index.ts';
import { deriveUuid, type JsonObject } from '../../platform/values/index.ts';
import { clearEdited } from '../../ledger/links/index.ts';
import { noCounts, recordCounts } from '../../ledger/operations/index.ts';
import {
  type AddedRow,
  inCanonicalWords,
  listAddedRows,
  listLinkedEntities,
  type LinkedEntityName,
} from '../../record/entities/index.ts';
import { canWrite, type ConnectedSystem, takesNew } from '../connections/index.ts';
import { excludedRows } from '../inbound/index.ts';
import { canonical } from '../merge/index.ts';
import { enqueueChanges, type OutboundChange, supersedeOtherCreates } from '../outbox/index.ts';
import type { RunContext } from '../run/index.ts';

/**
 * Puts additions into the outbox, by the policies for what is new. One that was edited before it went out goes out as it is now; one that
 * is an addition no more (the remote has it, its POA&M is gone there) is set aside.
 * @param fields the fields of an entity that a mapping sends out.
 */
export async function planAdditions(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  fields: { readonly mapped: (entity: LinkedEntityName) => readonly string[] },
): Promise<void> {
  for (const { name, outbound } of listLinkedEntities()) {
    if (!outbound.adds || !canWrite(system, name)) continue;
    // What people add by hand is refused by name where the server takes none; of the rest its own room says so.
    if (outbound.adds === 'every' && !takesNew(system, name)) continue;
    await context.store.transaction(async ({ db }) => {
      const added = await listAddedRows(db, system.id, name);
      const isExcluded = await excludedRows(
        db,
        name,
        added.map(({ row }) => row),
      );
      const mapped = fields.mapped(name);
      const factsOf = await readRecordFacts(
        db,
        system.policies,
        name,
        added.map(({ entityId }) => entityId),
      );
      const changes = added.flatMap((each) =>
        isExcluded(each.row)
          ? []
          : (additionOf({ system, entity: name, record: factsOf(each.entityId) }, each, mapped) ?? []),
      );
      await supersedeOtherCreates(
        db,
        { systemId: system.id, entity: name },
        changes.map((change) => change.idempotencyKey),
      );
      // Of the parent it is known now what waits.
      await clearEdited(
        db,
        added.map((each) => each.parentLinkId),
      );
      const put = await enqueueChanges(db, { systemId: system.id, operationId }, changes);
      if (put > 0) await recordCounts(db, operationId, { ...noCounts, read: put, created: put });
    });
  }
}

function additionOf(
  {
    system,
    entity,
    record,
  }: { readonly system: ConnectedSystem; readonly entity: LinkedEntityName; readonly record: RecordFacts },
  { entityId, parentExternalId, row }: AddedRow,
  mapped: readonly string[],
): OutboundChange | undefined {
  const said = inCanonicalWords(entity, row);
  const payload: JsonObject = Object.fromEntries(
    mapped.flatMap((field) => {
      if (lookUpPolicy(system.policies, entity, field, record).direction === 'inbound') return [];
      const value = said[field];
      return value === undefined || value === null ? [] : [[field, value]];
    }),
  );
  const change = { entity, kind: 'create', fields: Object.keys(payload), severity: undefined } as const;
  if (change.fields.length === 0 || !mayGoOut(system.policies, change, record)) return undefined;
  return {
    entity,
    entityId,
    kind: 'create',
    parentExternalId,
    idempotencyKey: deriveUuid(
      'addition',
      String(system.id),
      entity,
      entityId,
      JSON.stringify(canonical(payload)),
    ),
    reason: 'added here',
    payload,
    needsApproval: needsApproval(system.policies, change, record),
  };
}
