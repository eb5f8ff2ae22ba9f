/** After components were matched: which assets are in which boundaries by rules and by a person's word. */
import type { Tx } from '../../platform/postgres/index.ts';
import { type BoundaryMembership, settleBoundaryMemberships } from '../../record/assets/index.ts';
import { type BoundaryDecision, saveBoundaryDecisions, saveQuestions } from '../../record/matches/index.ts';
import { decideBoundaries } from './decide.ts';
import { listFits } from './fits.sql.ts';
import { isAnythingRuled, listSaidMemberships } from './rules.sql.ts';
import { fetchStandings } from './standings.sql.ts';

/** Decides again over all assets and the rules of a GRC system's boundaries, in the transaction that matched its components. */
export async function applyBoundaryRules(
  tx: Tx,
  source: { readonly systemId: number; readonly operationId: string },
): Promise<void> {
  if (!(await isAnythingRuled(tx.db, source.systemId))) return;
  const fits = Map.groupBy(await listFits(tx.db, source.systemId), ({ assetUuid }) => assetUuid);
  const standings = await fetchStandings(tx.db, source.systemId, [...fits.keys()]);
  const decisions = [...fits].flatMap(([assetUuid, list]) =>
    decideBoundaries(list, standings.get(assetUuid)),
  );
  await saveBoundaryDecisions(tx.db, source, decisions);
  await saveQuestions(tx.db, source, ['boundary'], questionsOf(decisions));
  const memberships = [...membershipsOf(decisions), ...(await listSaidMemberships(tx.db, source.systemId))];
  await settleBoundaryMemberships(tx.db, source, memberships);
}

/** One question an asset, however many rules contest it. */
const questionsOf = (decisions: readonly BoundaryDecision[]) =>
  [
    ...Map.groupBy(
      decisions.filter(({ decision }) => decision === 'review'),
      ({ assetUuid }) => assetUuid,
    ),
  ].flatMap(([assetUuid, [first]]) =>
    first ? [{ kind: 'boundary', assetUuid, reason: first.reason } as const] : [],
  );

/** What a rule only agrees with is there without it, and stays when it ends. */
const membershipsOf = (decisions: readonly BoundaryDecision[]): BoundaryMembership[] =>
  decisions
    .filter(({ decision, reason }) => decision === 'linked' && reason.code !== 'boundary_rule_agrees')
    .map(({ assetUuid, systemId, role }) => ({ assetUuid, systemId, role }));
