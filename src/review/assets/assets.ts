/** Who is who: why a record of a source is this asset, and a person's word that it is another one, or none that is known. */
import type { Scope } from '../../canonical/access/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { isSameMachine } from '../../canonical/identity/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import {
  type AssetExplanation,
  type AssetSummary,
  type Decider,
  explainAsset,
  fetchAsset,
  fetchAssetSummaries,
  findSourceRecord,
  type IdentityDecisionRow,
  listIdentityReviews,
  listSharingPairs,
  listSystemsKnowingBoth,
  listUnreportedAssets,
  mergeAssets,
  settleReviews,
  splitAsset,
  type UnreportedAsset,
} from '../../record/assets/index.ts';
import {
  countCorrelations,
  countMatchReviews,
  fetchIdentifiers,
  listUnmatchedAssets,
  type UnmatchedAsset,
} from '../../modules/correlation/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import { fetchAssetReach } from '../../record/systems/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { App } from '../../engine/run/index.ts';
import { fetchSystem } from '../../engine/connections/index.ts';

export type { AssetExplanation, IdentityDecisionRow, UnmatchedAsset, UnreportedAsset };

/** Everything that says why an asset is what it is. @throws USAGE. */
export async function explain(app: App, wanted: string): Promise<AssetExplanation> {
  return explainAsset(app.db, await fetchAsset(app, wanted));
}

export function findReviews(app: App, limit: number): Promise<IdentityDecisionRow[]> {
  return listIdentityReviews(app.db, {}, limit);
}

/** Assets that no source reports any more, with what is open on them. */
export function findUnreported(app: App, limit: number): Promise<UnreportedAsset[]> {
  return listUnreportedAssets(app.db, limit);
}

/** Assets in no system, where no component fits: what a summary counts as `assetsUnmatched`. */
export function findUnmatched(app: App, limit: number): Promise<UnmatchedAsset[]> {
  return listUnmatchedAssets(app.db, limit);
}

export async function countUnmatched(app: App): Promise<number> {
  return (await countCorrelations(app.db)).unmatched;
}

export interface ProbableDuplicate {
  /** The source that keeps the two apart. */
  readonly system: string;
  readonly assets: readonly [AssetSummary, AssetSummary];
}

/** Assets that one source keeps apart although the evidence is strong that they are one machine, those seen longest ago first. */
export async function findDuplicates(app: App): Promise<ProbableDuplicate[]> {
  const pairs = await listSharingPairs(app.db);
  const uuids = [...new Set(pairs.flatMap(({ one, other }) => [one, other]))];
  const identifiers = await fetchIdentifiers(app.db, uuids);
  const summaries = await fetchAssetSummaries(app.db, uuids);
  const seen = (asset: AssetSummary): number => asset.lastSeen?.getTime() ?? 0;
  return pairs
    .filter(({ one, other }) => isSameMachine(identifiers.get(one) ?? [], identifiers.get(other) ?? []))
    .flatMap(({ one, other, system }): ProbableDuplicate[] => {
      const [older, newer] = [summaries.get(one), summaries.get(other)].toSorted((a, b) =>
        a && b ? seen(a) - seen(b) : 0,
      );
      return older && newer ? [{ system, assets: [older, newer] }] : [];
    })
    .toSorted((a, b) => seen(a.assets[0]) - seen(b.assets[0]));
}

/** How many matches of any kind wait for a person: the rows of `matches list`. */
export const countMatches = (app: App): Promise<number> => countMatchReviews(app.db);

/** A person says that a machine under review is none of the candidates. @throws USAGE if there is no such review. */
export async function keepApart(app: App, id: number, decided: Decider): Promise<void> {
  if ((await settleReviews(app.db, { id }, { by: decided.by, outcome: 'rejected' })) > 0) return;
  throw new TielineError('USAGE', `There is no open review ${id}.`, {
    remedy: 'See `tieline assets review`.',
  });
}

/**
 * Of an asset that is in several boundaries, who may say who it is sees all of them: what is said holds in each.
 * @throws TielineError RECORD_UNKNOWN where it is not there or in no boundary of the scope; NOT_ALLOWED where it is in another one too.
 */
async function requireWhollyIn({ db }: Pick<App, 'db'>, scope: Scope, assetUuid: string): Promise<void> {
  if (scope.kind === 'everywhere') return;
  const reach = await fetchAssetReach(db, scope, assetUuid);
  if (!reach.isInside) throw new TielineError('RECORD_UNKNOWN', `There is no asset ${assetUuid}.`);
  if (reach.isOutside)
    throw new TielineError('NOT_ALLOWED', `Asset ${assetUuid} is also in a system that is not yours.`, {
      remedy: 'Ask somebody who may merge and split assets in all of its systems. Nothing was decided.',
    });
}

/**
 * Makes two assets one. @param scope where the decider may. @throws as `requireWhollyIn` does; USAGE where that cannot be: a server whose assets have ids of their own has both, one of them was
 * merged already, or they are the same.
 */
export async function merge(
  app: App,
  scope: Scope,
  { from, into }: { readonly from: string; readonly into: string },
  decided: Decider,
): Promise<{ readonly from: string; readonly into: string; readonly operationId: string }> {
  const [gone, kept] = [await fetchAsset(app, from), await fetchAsset(app, into)];
  for (const { assetUuid } of [gone, kept]) await requireWhollyIn(app, scope, assetUuid);
  if (gone.assetUuid === kept.assetUuid) throw new TielineError('USAGE', 'They are the same asset.');
  for (const each of [gone, kept])
    if (each.mergedInto)
      throw new TielineError('USAGE', `Asset ${each.assetUuid} was merged into ${each.mergedInto} already.`);
  const own = (await listSystems(app.db)).filter(
    (system) => app.modules.get(system.system_type)?.declaration.ownsIdentity,
  );
  return app.store.transaction(async (tx) => {
    const both = await listSystemsKnowingBoth(
      tx,
      own.map((system) => system.id),
      gone.assetUuid,
      kept.assetUuid,
    );
    if (both.length > 0)
      throw new TielineError('USAGE', `${both.join(', ')} has both as assets of their own.`, {
        remedy: 'Delete or merge one of them there first; Tieline follows.',
      });
    return withDecision(tx.db, { system: 'tieline', step: 'merge assets' }, async (operationId) => {
      await mergeAssets(tx, gone.assetUuid, kept.assetUuid, { operationId, ...decided });
      await settleReviews(tx.db, { assetUuid: kept.assetUuid }, { by: decided.by, outcome: 'accepted' });
      await recordDecision(tx, operationId, decided, {
        entityId: gone.assetUuid,
        field: 'merged_into',
        before: null,
        after: kept.assetUuid,
      });
      return { from: gone.assetUuid, into: kept.assetUuid, operationId };
    });
  });
}

/**
 * Takes a source's record out of the asset it was tied to.
 * @param scope where the decider may. @param record.of the asset that it is believed to be tied to; undefined: whichever it is.
 * @throws as `requireWhollyIn` does; USAGE if it is not there, or the only one.
 */
export async function split(
  app: App,
  scope: Scope,
  { system, externalId, of }: { readonly system: string; readonly externalId: string; readonly of?: string },
  decided: Decider,
): Promise<{
  readonly from: string;
  readonly into: string;
  readonly operationId: string;
  /** Whether a sync reads the source; else it is one of files, and the next of them shows what belongs to which. */
  readonly isSynced: boolean;
}> {
  const { id, system_type: type } = await fetchSystem(app, system);
  return app.store.transaction(async (tx) => {
    const record = await findSourceRecord(tx, id, externalId);
    if (!record || (of !== undefined && record.assetUuid !== of.toLowerCase()))
      throw new TielineError('USAGE', `${system} reports no asset ${externalId}.`, {
        remedy: '`tieline assets explain UUID` shows what its sources call it.',
      });
    await requireWhollyIn(tx, scope, record.assetUuid);
    if (record.others === 0)
      throw new TielineError(
        'USAGE',
        `Asset ${record.assetUuid} is known from this record only; there is nothing to take it out of.`,
      );
    return withDecision(tx.db, { system: 'tieline', step: 'split an asset' }, async (operationId) => {
      const into = await splitAsset(tx, record, { operationId, ...decided });
      await recordDecision(tx, operationId, decided, {
        entityId: record.assetUuid,
        field: 'source',
        before: externalId,
        after: into,
      });
      return { from: record.assetUuid, into, operationId, isSynced: app.modules.has(type) };
    });
  });
}

async function recordDecision(
  tx: Tx,
  operationId: string,
  decided: Decider,
  change: Pick<Parameters<typeof recordChanges>[2][number], 'entityId' | 'field' | 'before' | 'after'>,
): Promise<void> {
  await recordChanges(tx.db, { systemId: null, operationId }, [
    {
      ...change,
      entity: 'asset',
      direction: 'internal',
      decidedBy: byPerson(decided.by),
      ...(decided.reason === undefined ? {} : { reason: decided.reason }),
    },
  ]);
}
