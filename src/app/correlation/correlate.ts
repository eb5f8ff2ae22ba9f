import {
  decideCorrelation,
  linkAt,
  settleSharedComponents,
  type PairDecision,
} from '../../model/correlation.ts';
import { applyCorrelations, countCorrelations, listCandidatePairs } from '../../store/correlations.ts';
import { showLostMatches } from '../../store/lost-matches.ts';
import { noCounts, recordCounts } from '../../store/operations.ts';
import { inTransaction } from '../../store/transaction.ts';
import type { ConnectedSystem } from '../connections/connected-system.ts';
import type { RunContext } from '../runs/run-context.ts';

/**
 * Ties assets to the components of a GRC system, and so to its systems (design section 7). Decides anew over all
 * assets each time, in one transaction: what came in may have made a clear match doubtful or a doubtful one clear.
 */
export async function correlateAssets(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const counts = await inTransaction(context.pool, async (tx) => {
    const pairs = await listCandidatePairs(tx.db, system.id);
    const decisions = [...Map.groupBy(pairs, (pair) => pair.assetUuid)].flatMap(([assetUuid, candidates]) =>
      decideCorrelation(candidates).map((decision): PairDecision => ({ ...decision, assetUuid })),
    );
    // A pair that never came near linking is no evidence of anything; keeping it would bury what needs a look.
    const settled = settleSharedComponents(decisions).filter((each) => each.score >= linkAt);
    await applyCorrelations(tx.db, { systemId: system.id, operationId }, settled);
    await showLostMatches(tx.db, { systemId: system.id, operationId });
    const outcome = await countCorrelations(tx.db);
    const read = outcome.linked + outcome.review + outcome.unmatched;
    const counted = { ...noCounts, read, unchanged: read };
    await recordCounts(tx.db, operationId, counted);
    return counted;
  });
  context.report({ system: system.name, step: 'correlate', state: 'working', counts });
}
