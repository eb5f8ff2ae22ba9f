import { deriveUuid } from '../../platform/values/index.ts';
import { noCounts, recordCounts } from '../../ledger/operations/index.ts';
import { enqueueChanges, type OutboundChange, supersedeAllBut } from '../../engine/outbox/index.ts';
import {
  keepAllAssetTags,
  listMissingTags,
  listMissingWorkflowTags,
  listStrayTags,
  listStrayWorkflowTags,
  type TagOfAssets,
  type TagToSend,
} from '../../record/assets/index.ts';
import { findBoundaryTags } from '../../record/systems/index.ts';
import { mayGoOut, needsApproval, noRecord } from '../../canonical/policy/index.ts';
import { canWrite, type ConnectedSystem } from '../../engine/connections/index.ts';
import type { Conclusion, RunContext } from '../../engine/run/index.ts';

/** Where a connector that sets tags names no category for them. */
export const usualCategory = 'System';
const assetsPerChange = 100;

/** The same assets get, or lose, the same tag again after it went the other way: that is another change. */
function changesOf(
  category: string,
  tags: readonly TagOfAssets[],
  action: 'add' | 'remove',
): Omit<OutboundChange, 'needsApproval'>[] {
  return tags.flatMap(({ value, assets, since }) =>
    Array.from({ length: Math.ceil(assets.length / assetsPerChange) }, (_, index) => {
      const batch = assets.slice(index * assetsPerChange, (index + 1) * assetsPerChange);
      const again = since === 0 ? [] : [String(since)];
      return {
        entity: 'asset_tag',
        entityId: value,
        kind: 'update' as const,
        idempotencyKey:
          action === 'add'
            ? deriveUuid('tag', category, value, ...again, ...batch)
            : deriveUuid('untag', category, value, ...again, ...batch),
        reason:
          action === 'add'
            ? `${batch.length} assets were matched to components of ${value}`
            : `${batch.length} assets moved from ${value} to another system`,
        payload: {
          category,
          value,
          asset_uuids: batch,
          ...(action === 'remove' ? { action } : {}),
        },
      };
    }),
  );
}

/** What workflows tagged, or untagged. */
function changesOfWorkflows(
  tags: readonly TagToSend[],
  action: 'add' | 'remove',
): Omit<OutboundChange, 'needsApproval'>[] {
  return tags.flatMap(({ category, value, assets, since, workflows }) =>
    Array.from({ length: Math.ceil(assets.length / assetsPerChange) }, (_, index) => {
      const batch = assets.slice(index * assetsPerChange, (index + 1) * assetsPerChange);
      const by = `${workflows.length === 1 ? 'workflow' : 'workflows'} ${workflows.join(', ')}`;
      const many = batch.length === 1 ? 'asset was' : 'assets were';
      return {
        entity: 'asset_tag',
        entityId: `${category}:${value}`,
        kind: 'update' as const,
        idempotencyKey: deriveUuid(
          action === 'add' ? 'workflow tag' : 'workflow untag',
          category,
          value,
          String(since),
          ...batch,
        ),
        reason:
          action === 'add'
            ? `${batch.length} ${many} tagged by ${by}`
            : `${batch.length} ${many} tagged by ${by}, and the tag was taken away`,
        payload: {
          category,
          value,
          asset_uuids: batch,
          ...(action === 'remove' ? { action } : {}),
        },
      };
    }),
  );
}

/** The tags that show a scanner which system its assets belong to. */
export const tagStep: Conclusion = {
  entities: ['asset', 'asset_tag'],
  suits: (system) => canWrite(system, 'asset_tag'),
  stepOf: (system) => ({
    system,
    name: 'tags',
    type: 'update',
    run: (context, operationId) => planTags(context, system, operationId),
  }),
};

/**
 * Puts the tags that show an analyst which system an asset belongs to into the outbox, where they are missing, and takes away those of
 * systems that assets have left, with what workflows tagged and untagged; what waits there and is not so any more (the machine moved, the policy lets no tag out) yields.
 */
export async function planTags(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const category = system.module.declaration.boundaryTag ?? usualCategory;
  const counts = await context.store.transaction(async (tx) => {
    const tag = { entity: 'asset_tag', kind: 'update', fields: [] } as const;
    const mayTag = mayGoOut(system.policies, tag, noRecord);
    // Tags that the host application wrote meanwhile are shown like any other.
    await keepAllAssetTags(tx.db);
    await findBoundaryTags(tx.db, system.id, category);
    const missing = mayTag ? await listMissingTags(tx.db, system.id, category) : [];
    const stray = mayTag ? await listStrayTags(tx.db, system.id, category) : [];
    const wanted = mayTag ? await listMissingWorkflowTags(tx.db, system.id) : [];
    const unwanted = mayTag ? await listStrayWorkflowTags(tx.db, system.id) : [];
    const changes = [
      ...changesOf(category, missing, 'add'),
      ...changesOf(category, stray, 'remove'),
      ...changesOfWorkflows(wanted, 'add'),
      ...changesOfWorkflows(unwanted, 'remove'),
    ].map((change) => ({
      ...change,
      needsApproval: needsApproval(system.policies, { ...tag, severity: undefined }, noRecord),
    }));
    const source = { systemId: system.id, operationId };
    const keep = changes.map((change) => change.idempotencyKey);
    await supersedeAllBut(tx.db, { ...source, entity: 'asset_tag' }, keep);
    await enqueueChanges(tx.db, source, changes);
    const sum = (tags: readonly TagOfAssets[]): number =>
      tags.reduce((total, each) => total + each.assets.length, 0);
    const assets = sum(missing) + sum(wanted);
    const left = sum(stray) + sum(unwanted);
    const outcome = { ...noCounts, read: assets + left, created: assets, updated: left };
    await recordCounts(tx.db, operationId, outcome);
    return outcome;
  });
  context.report({ system: system.name, step: 'tags', state: 'working', counts });
}
