import { deriveUuid } from '../../model/derived-uuid.ts';
import { noCounts, recordCounts } from '../../store/operations.ts';
import { enqueueChanges, supersedeAllBut, type OutboundChange } from '../../store/outbox.ts';
import { listMissingTags } from '../../store/tags.ts';
import { inTransaction } from '../../store/transaction.ts';
import { mayGoOut, needsApproval } from '../../sync/approval.ts';
import type { ConnectedSystem } from '../connections/connected-system.ts';
import type { RunContext } from '../runs/run-context.ts';

/** The tag category in Tenable whose values are the systems' ids. */
export const systemTagCategory = 'Xacta System';
const assetsPerChange = 100;

/**
 * Puts the tags that tell an analyst which system an asset belongs to into the outbox, where they are missing; what waits
 * there and is not missing any more (the machine moved, the policy lets no tag out) gives way.
 */
export async function planTags(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const counts = await inTransaction(context.pool, async (tx) => {
    const tag = { entity: 'asset_tag', kind: 'update', fields: [] } as const;
    const missing = mayGoOut(system.policies, tag)
      ? await listMissingTags(tx.db, system.id, systemTagCategory)
      : [];
    const changes = missing.flatMap(({ value, assets }) =>
      Array.from({ length: Math.ceil(assets.length / assetsPerChange) }, (_, index): OutboundChange => {
        const batch = assets.slice(index * assetsPerChange, (index + 1) * assetsPerChange);
        return {
          entity: 'asset_tag',
          entityId: value,
          kind: 'update',
          idempotencyKey: deriveUuid('tag', systemTagCategory, value, ...batch),
          reason: `${batch.length} assets were matched to components of ${value}`,
          payload: { category: systemTagCategory, value, asset_uuids: batch },
          needsApproval: needsApproval(system.policies, { ...tag, severity: undefined }),
        };
      }),
    );
    const source = { systemId: system.id, operationId };
    const keep = changes.map((change) => change.idempotencyKey);
    await supersedeAllBut(tx.db, { ...source, entity: 'asset_tag' }, keep);
    await enqueueChanges(tx.db, source, changes);
    const assets = missing.reduce((sum, each) => sum + each.assets.length, 0);
    const outcome = { ...noCounts, read: assets, created: assets };
    await recordCounts(tx.db, operationId, outcome);
    return outcome;
  });
  context.report({ system: system.name, step: 'tags', state: 'working', counts });
}
