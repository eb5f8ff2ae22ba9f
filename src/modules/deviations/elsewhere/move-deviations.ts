/**
 * A POA&M is merged into another one: what holds or waits for it moves along, instead of lapsing with it. It stays what was read and approved: the
 * assets that the old one had, and the plugins that were under it, and no more, also where the new one has more of both.
 */
import { byRule } from '../../../canonical/vocabulary/index.ts';
import { recordChanges } from '../../../ledger/operations/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { lockLivingDeviations, noteAsArtifacts } from '../deviations.sql.ts';
import { listScopedAssets } from '../scope.sql.ts';
import { listPluginsUnder, moveTo } from './move-deviations.sql.ts';
import { showDecided } from './show-slots.ts';

/** Before findings are moved. @returns how many moved. */
export async function moveDeviations(
  tx: Tx,
  { operationId, now }: { readonly operationId: string; readonly now: Date },
  merged: readonly { readonly from: string; readonly into: string }[],
): Promise<number> {
  let moved = 0;
  for (const { from, into } of merged) {
    const living = await lockLivingDeviations(tx.db, from);
    if (living.length === 0) continue;
    const all = (await listScopedAssets(tx.db, from)).map(({ assetUuid }) => assetUuid);
    const plugins = await listPluginsUnder(tx.db, from);
    for (const deviation of living) {
      const assets = deviation.isWholePoam ? all : deviation.assets;
      await moveTo(tx.db, deviation.id, { from, into, assets, plugins });
      moved += 1;
    }
    await noteAsArtifacts(
      tx.db,
      living.map(({ id }) => id),
      now,
    );
    await recordChanges(
      tx.db,
      { systemId: null, operationId },
      living.map(({ id }) => ({
        entity: 'deviation',
        entityId: String(id),
        field: 'poam_id',
        before: from,
        after: into,
        direction: 'internal',
        decidedBy: byRule('weakness_rule_changed'),
      })),
    );
    await showDecided(tx, from, { operationId, now });
    await showDecided(tx, into, { operationId, now });
  }
  return moved;
}
