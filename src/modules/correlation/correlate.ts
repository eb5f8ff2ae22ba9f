import { bearsEvidence, decideCorrelation, isSameMachine, linkAt } from '../../canonical/identity/index.ts';
import { settleComponents, type Competition } from './shared-components.ts';
import {
  applyCorrelations,
  countCorrelations,
  fetchIdentifiers,
  listCandidatePairs,
  listPersonDecisions,
  type PersonDecision,
} from './correlations.sql.ts';
import { showLostMatches } from './lost-matches.sql.ts';
import { findAssetsBearing, listStandingMatches } from './match-reviews.sql.ts';
import { applyBoundaryRules } from '../boundary-rules/index.ts';
import { saveQuestions } from '../../record/matches/index.ts';
import { noCounts, recordCounts } from '../../ledger/operations/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { canRead, type ConnectedSystem } from '../../engine/connections/index.ts';
import type { Conclusion, RunContext } from '../../engine/run/index.ts';

/** After assets or components were read: which asset is which component. */
export const correlationStep: Conclusion = {
  entities: ['asset', 'component'],
  suits: (system) => canRead(system, 'poam'),
  stepOf: (system) => ({
    system,
    name: 'correlate',
    type: 'update',
    takesTurn: true,
    run: (context, operationId) => correlateAssets(context, system, operationId),
  }),
};

/** Ties assets to the components of a GRC system, and so to its systems (decision 0014), as a step of a run. */
export async function correlateAssets(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const counts = await context.store.transaction(async (tx) => {
    await correlate(tx, system.id, operationId);
    const outcome = await countCorrelations(tx.db);
    const read = outcome.linked + outcome.review + outcome.unmatched;
    const counted = { ...noCounts, read, unchanged: read };
    await recordCounts(tx.db, operationId, counted);
    return counted;
  });
  context.report({ system: system.name, step: 'correlate', state: 'working', counts });
}

/**
 * Decides again over all assets and the components of a GRC system: what came in may have made a clear match doubtful or a doubtful one
 * clear. Existing matches stay; what a person is to decide is asked (match_reviews). The rules of boundaries come after, for what no
 * component says.
 */
export async function correlate(tx: Tx, systemId: number, operationId: string): Promise<void> {
  const pairs = await listCandidatePairs(tx.db, systemId);
  const words = await listPersonDecisions(tx.db, systemId);
  const byPerson = words.filter((each) => each.decision === 'linked');
  const decided = new Map(
    [...Map.groupBy(pairs, (pair) => pair.assetUuid)].map(([assetUuid, candidates]) => [
      assetUuid,
      decideCorrelation(candidates),
    ]),
  );
  const linked = [...decided].flatMap(([assetUuid, list]) =>
    list.filter((each) => each.decision === 'linked').map(({ componentId }) => ({ assetUuid, componentId })),
  );
  const contested = [...Map.groupBy([...linked, ...byPerson], (each) => each.componentId).values()]
    .filter((each) => each.length > 1)
    .flatMap((each) => each.map(({ assetUuid }) => assetUuid));
  const { standing, identifiers } = await gatherStanding(tx, systemId, contested, words);
  const competition: Competition = {
    byPerson,
    standing,
    unreported: new Set(
      [...pairs, ...byPerson].filter((each) => each.isUnreported).map((each) => each.assetUuid),
    ),
    isSameMachine: (one, other) => isSameMachine(identifiers.get(one) ?? [], identifiers.get(other) ?? []),
  };
  const { decisions, questions } = settleComponents(decided, competition);
  // A pair that never came near linking is no evidence of anything; keeping it would bury what needs a look.
  const kept = decisions.filter((each) => each.score >= linkAt || each.decision === 'linked');
  await applyCorrelations(tx.db, { systemId, operationId }, kept);
  await saveQuestions(tx.db, { systemId, operationId }, ['component', 'duplicate'], questions);
  await showLostMatches(tx.db, { systemId, operationId });
  await applyBoundaryRules(tx, { systemId, operationId });
}

/** Pairs that standing decisions name, and what the assets are known by that these or others compete with. */
async function gatherStanding(
  tx: Tx,
  systemId: number,
  contested: readonly string[],
  words: readonly PersonDecision[],
): Promise<{
  readonly standing: Competition['standing'];
  readonly identifiers: Awaited<ReturnType<typeof fetchIdentifiers>>;
}> {
  const matches = await listStandingMatches(tx.db, systemId);
  const bearing = await findAssetsBearing(
    tx.db,
    matches.flatMap((each) => each.evidence),
  );
  const identifiers = await fetchIdentifiers(tx.db, [...new Set([...contested, ...bearing])]);
  // What a person decided about this very pair goes before what they decided about all that look like it.
  const decided = new Set(words.map((each) => `${each.assetUuid} ${each.componentId}`));
  const standing = matches.flatMap(({ id, componentRow, evidence }) =>
    componentRow === null
      ? []
      : bearing
          .filter((uuid) => bearsEvidence(identifiers.get(uuid) ?? [], evidence))
          .filter((uuid) => !decided.has(`${uuid} ${componentRow}`))
          .map((assetUuid) => ({ assetUuid, componentId: componentRow, standingId: id })),
  );
  return { standing, identifiers };
}
