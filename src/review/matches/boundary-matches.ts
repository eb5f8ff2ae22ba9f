/** In which boundary an asset is, where rules leave it to a person: said for this asset, or as a rule for all that is like it. */
import { everywhere } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import type { App } from '../../engine/run/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { applyBoundaryRules, makeRuleOfDecision } from '../../modules/boundary-rules/index.ts';
import type { MatchReview } from '../../modules/correlation/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { Decider } from '../../record/assets/index.ts';
import { decideBoundary, settleMatchReview } from '../../record/matches/index.ts';
import type { MatchSettled } from './match-settled.ts';

interface Said {
  readonly systemIds: readonly string[];
  readonly decision: 'linked' | 'rejected';
  readonly outcome: 'accepted' | 'rejected' | 'always';
}

/** The asset is in this boundary, which answers for it. @param always also whatever the same rules fit: a rule that comes before them. */
export function acceptBoundary(
  app: App,
  match: MatchReview,
  { systemId, always }: { readonly systemId: string; readonly always: boolean },
  decided: Decider,
): Promise<MatchSettled> {
  const said = {
    systemIds: [systemId],
    decision: 'linked',
    outcome: always ? 'always' : 'accepted',
  } as const;
  return settle(app, match, said, decided);
}

/** The asset is in none of these boundaries, whatever their rules say. */
export const rejectBoundary = (
  app: App,
  match: MatchReview,
  systemIds: readonly string[],
  decided: Decider,
): Promise<MatchSettled> =>
  settle(app, match, { systemIds, decision: 'rejected', outcome: 'rejected' }, decided);

function settle(app: App, match: MatchReview, said: Said, decided: Decider): Promise<MatchSettled> {
  const step = { system: 'tieline', step: `match ${said.outcome}` };
  return app.store.transaction((tx) =>
    withDecision(tx.db, step, async (operationId) => {
      await settleMatchReview(tx.db, match.id, { by: decided.by, outcome: said.outcome });
      const ruleId =
        said.outcome === 'always'
          ? await makeRuleOfDecision(
              tx,
              { assetUuid: match.assetUuid ?? '', systemId: said.systemIds[0] ?? '' },
              { by: decided.by, reason: decided.reason, scope: everywhere, at: app.now() },
            )
          : null;
      await sayOf(tx, match, said, { ...decided, operationId });
      await applyBoundaryRules(tx, { systemId: match.systemId, operationId });
      return {
        id: match.id,
        operationId,
        asset: match.assetUuid,
        assetName: match.assetName,
        choice: said.systemIds.join(', '),
        standing: null,
        ruleId,
        sharedWith: [],
      };
    }),
  );
}

async function sayOf(
  tx: Tx,
  match: MatchReview,
  { systemIds, decision }: Said,
  { by, reason, operationId }: Decider & { readonly operationId: string },
): Promise<void> {
  const assetUuid = match.assetUuid ?? '';
  for (const systemId of systemIds) {
    await decideBoundary(
      tx.db,
      { assetUuid, systemId },
      { decision, role: 'responsible', by, reason },
      operationId,
    );
    await recordChanges(tx.db, { systemId: match.systemId, operationId }, [
      {
        entity: 'asset',
        entityId: assetUuid,
        field: 'boundary',
        before: decision === 'linked' ? null : systemId,
        after: decision === 'linked' ? systemId : null,
        direction: 'internal',
        decidedBy: byPerson(by),
        ...(reason === undefined ? {} : { reason }),
      },
    ]);
  }
}
