import { deriveUuid, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { listUnsentAcceptances } from './acceptances.sql.ts';
import { fetchRows, linkedEntity } from '../../record/entities/index.ts';
import { noCounts, recordCounts } from '../../ledger/operations/index.ts';
import { enqueueChanges, type OutboundChange, supersedeCreates } from '../../engine/outbox/index.ts';
import { closeRefusals } from '../../ledger/conflicts/index.ts';
import { mayGoOut, needsApproval, noRecord } from '../../canonical/policy/index.ts';
import { compileMappings } from '../../canonical/mapping/index.ts';
import { canonical } from '../../engine/merge/index.ts';
import { canWrite, type ConnectedSystem } from '../../engine/connections/index.ts';
import type { Conclusion, RunContext } from '../../engine/run/index.ts';

/** What was accepted here and the server does not have yet. */
export const acceptanceStep: Conclusion = {
  entities: ['acceptance'],
  suits: (system) => canWrite(system, 'acceptance'),
  stepOf: (system) => ({
    system,
    name: 'acceptances',
    type: 'update',
    anew: true,
    run: (context, operationId) => planAcceptances(context, system, operationId),
  }),
};

/**
 * Puts acceptances that were asked for here, and that the server does not have, into the outbox; one that was withdrawn or
 * edited before it went out yields, and so do all where the policy lets none out.
 */
export async function planAcceptances(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const creation = { entity: 'acceptance', kind: 'create', fields: [] } as const;
  const mayLeave = mayGoOut(system.policies, creation, noRecord);
  const { sendable } = compileMappings(system.mappings, 'acceptance');
  const fields = linkedEntity('acceptance').fields.filter((field) => sendable.has(field));
  await context.store.transaction(async (tx) => {
    const unsent = await listUnsentAcceptances(tx.db, system.id, context.now());
    const active = unsent.filter((each) => each.isActive && mayLeave).map((each) => each.id);
    const rows = await fetchRows(tx.db, 'acceptance', active);
    const changes = active.flatMap((id): OutboundChange[] => {
      const row = rows.get(id)?.row;
      return row ? [creationOf(system, id, row, fields)] : [];
    });
    await supersedeCreates(
      tx.db,
      { systemId: system.id, entity: 'acceptance' },
      { entityIds: unsent.map((each) => each.id), keep: changes.map((change) => change.idempotencyKey) },
    );
    await closeRefusals(
      tx.db,
      system.id,
      'acceptance',
      unsent.map((each) => each.id),
    );
    const put = await enqueueChanges(tx.db, { systemId: system.id, operationId }, changes);
    if (put > 0) await recordCounts(tx.db, operationId, { ...noCounts, read: put, created: put });
  });
}

function creationOf(
  system: ConnectedSystem,
  id: string,
  row: JsonObject,
  fields: readonly string[],
): OutboundChange {
  const payload = Object.fromEntries(
    fields.flatMap((field) => ((row[field] ?? null) === null ? [] : [[field, row[field] ?? null]])),
  );
  return {
    entity: 'acceptance',
    entityId: id,
    kind: 'create',
    idempotencyKey: deriveUuid('acceptance', String(system.id), id, JSON.stringify(canonical(payload))),
    reason: `asked for here: ${scalarText(row['comment'] ?? 'no comment')}`,
    payload,
    needsApproval: needsApproval(
      system.policies,
      { entity: 'acceptance', kind: 'create', fields, severity: undefined },
      noRecord,
    ),
  };
}
