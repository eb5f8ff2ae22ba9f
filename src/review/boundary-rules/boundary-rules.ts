/** Rules of boundaries and what they decided, as people look at them: within a scope. */
import type { Scope } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import {
  type BoundaryDecisionShown,
  type BoundaryRule,
  listBoundaryDecisions,
  listBoundaryRules,
  listMemberships,
  type Membership,
} from '../../modules/boundary-rules/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { explain, type AssetExplanation } from '../assets/index.ts';
import { isBoundaryWithin } from '../../record/boundaries/index.ts';
import { fetchAssetReach } from '../../record/systems/index.ts';

/** Rules in force of one boundary. @throws TielineError RECORD_UNKNOWN where it is not there or out of scope. */
export async function listRulesOf(
  { db }: Pick<App, 'db'>,
  scope: Scope,
  systemId: string,
): Promise<BoundaryRule[]> {
  if (!(await isBoundaryWithin(db, scope, systemId)))
    throw new TielineError('RECORD_UNKNOWN', `There is no system ${systemId}.`);
  return listBoundaryRules(db, scope, { systemId });
}

export interface BoundaryExplanation {
  readonly memberships: readonly Membership[];
  readonly decisions: readonly BoundaryDecisionShown[];
}

/** In which boundaries of the scope an asset is, in which role, and why. @throws TielineError RECORD_UNKNOWN. */
export async function explainBoundaries(
  { db }: Pick<App, 'db'>,
  scope: Scope,
  assetUuid: string,
): Promise<BoundaryExplanation> {
  const { isInside } = await fetchAssetReach(db, scope, assetUuid);
  if (!isInside) throw new TielineError('RECORD_UNKNOWN', `There is no asset ${assetUuid}.`);
  return {
    memberships: await listMemberships(db, scope, assetUuid),
    decisions: await listBoundaryDecisions(db, scope, assetUuid),
  };
}

export interface MatchExplanation extends BoundaryExplanation {
  readonly asset: AssetExplanation['asset'];
  readonly components: AssetExplanation['components'];
}

/** Every decision about which component an asset is and in which boundary. @param wanted anything it is known by. @throws TielineError USAGE. */
export async function explainMatches(app: App, scope: Scope, wanted: string): Promise<MatchExplanation> {
  const { asset, components } = await explain(app, wanted);
  return { asset, components, ...(await explainBoundaries(app, scope, asset.assetUuid)) };
}
