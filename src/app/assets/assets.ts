/** Who is who: why a record of a source is this asset, and a person's word that it is another one, or none that is known. */
import { TielineError } from '../../errors/tieline-error.ts';
import { isSameMachine } from '../../model/same-machine.ts';
import {
  explainAsset,
  fetchAssetSummaries,
  findAssets,
  listIdentityReviews,
  settleReviews,
  type AssetExplanation,
  type AssetSummary,
  type IdentityDecisionRow,
} from '../../store/asset-explanations.ts';
import {
  findSourceRecord,
  listSystemsKnowingBoth,
  mergeAssets,
  splitAsset,
} from '../../store/asset-merges.ts';
import { listUnreportedAssets, type UnreportedAsset } from '../../store/asset-reporting.ts';
import { listSharingPairs } from '../../store/duplicate-assets.ts';
import { countCorrelations, fetchIdentifiers } from '../../store/correlations.ts';
import { recordChanges } from '../../store/changes.ts';
import { listSystems } from '../../store/external-systems.ts';
import { countMatchReviews } from '../../store/match-reviews.ts';
import { beginOperation, finishDecision } from '../../store/operations.ts';
import { inTransaction, type Tx } from '../../store/transaction.ts';
import { listUnmatchedAssets, type UnmatchedAsset } from '../../store/unmatched-assets.ts';
import type { App } from '../app.ts';
import { fetchSystem } from '../connections/systems.ts';

export type { AssetExplanation, IdentityDecisionRow, UnmatchedAsset, UnreportedAsset };

export interface Decider {
  readonly by: string;
  readonly reason: string | undefined;
}

function describe(asset: AssetSummary): string {
  const seen = asset.lastSeen === null ? '' : `, last seen ${asset.lastSeen.toISOString().slice(0, 10)}`;
  const ended = asset.mergedInto
    ? `, merged into ${asset.mergedInto}`
    : (asset.deletedAt ?? asset.terminatedAt)
      ? ', ended at its server'
      : asset.unreportedSince
        ? ', reported by no source any more'
        : '';
  return `${asset.hostname ?? 'has no name'}, ${asset.systemId ?? 'of no system'}${seen}${ended}`;
}

/**
 * @param wanted the beginning of an asset's uuid, or anything that it is known by: a host name, short or whole, an address, a MAC
 *   address, an agent's or BIOS uuid. @throws USAGE if none or several fit.
 */
export async function fetchAsset(app: App, wanted: string): Promise<AssetSummary> {
  const found = await findAssets(app.db, wanted, 6);
  const [only] = found;
  if (only && found.length === 1) return only;
  throw new TielineError('USAGE', only ? `Several assets fit ${wanted}.` : `No asset fits ${wanted}.`, {
    fields: found.map((each) => ({ field: each.assetUuid, message: describe(each) })),
    remedy:
      'Give the uuid, so much of it that it is one asset, or a name, address, MAC address, agent or BIOS uuid that one asset has.',
  });
}

/** As `fetchAsset`, but for an asset that turned out to be another one: nothing is said of that any more. @throws USAGE. */
export async function fetchPresentAsset(app: App, wanted: string): Promise<AssetSummary> {
  const asset = await fetchAsset(app, wanted);
  if (asset.mergedInto === null) return asset;
  throw new TielineError('USAGE', `Asset ${asset.assetUuid} was merged into ${asset.mergedInto}.`, {
    remedy: `Name that one: ${asset.mergedInto}.`,
  });
}

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
 * Makes two assets one. @throws USAGE where that cannot be: a server whose assets have ids of their own has both, one of them was
 * merged already, or they are the same.
 */
export async function merge(
  app: App,
  from: string,
  into: string,
  decided: Decider,
): Promise<{ readonly from: string; readonly into: string; readonly operationId: string }> {
  const [gone, kept] = [await fetchAsset(app, from), await fetchAsset(app, into)];
  if (gone.assetUuid === kept.assetUuid) throw new TielineError('USAGE', 'They are the same asset.');
  for (const each of [gone, kept])
    if (each.mergedInto)
      throw new TielineError('USAGE', `Asset ${each.assetUuid} was merged into ${each.mergedInto} already.`);
  const own = (await listSystems(app.db)).filter(
    (system) => app.modules.get(system.system_type)?.declaration.ownsIdentity,
  );
  return inTransaction(app.pool, async (tx) => {
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
    const operationId = await begin(tx, 'merge assets');
    await mergeAssets(tx, gone.assetUuid, kept.assetUuid, { operationId, ...decided });
    await settleReviews(tx.db, { assetUuid: kept.assetUuid }, { by: decided.by, outcome: 'accepted' });
    await end(tx, operationId, decided, {
      entityId: gone.assetUuid,
      field: 'merged_into',
      before: null,
      after: kept.assetUuid,
    });
    return { from: gone.assetUuid, into: kept.assetUuid, operationId };
  });
}

/** Takes a source's record out of the asset it was tied to. @throws USAGE if it is not there, or the only one. */
export async function split(
  app: App,
  system: string,
  externalId: string,
  decided: Decider,
): Promise<{
  readonly from: string;
  readonly into: string;
  readonly operationId: string;
  /** Whether a sync reads the source; else it is one of files, and the next of them tells what is of which. */
  readonly isSynced: boolean;
}> {
  const { id, system_type: type } = await fetchSystem(app, system);
  return inTransaction(app.pool, async (tx) => {
    const record = await findSourceRecord(tx, id, externalId);
    if (!record)
      throw new TielineError('USAGE', `${system} reports no asset ${externalId}.`, {
        remedy: '`tieline assets explain UUID` shows what its sources call it.',
      });
    if (record.others === 0)
      throw new TielineError(
        'USAGE',
        `Asset ${record.assetUuid} is known from this record only; there is nothing to take it out of.`,
      );
    const operationId = await begin(tx, 'split an asset');
    const into = await splitAsset(tx, record, { operationId, ...decided });
    await end(tx, operationId, decided, {
      entityId: record.assetUuid,
      field: 'source',
      before: externalId,
      after: into,
    });
    return { from: record.assetUuid, into, operationId, isSynced: app.modules.has(type) };
  });
}

const begin = (tx: Tx, step: string): Promise<string> =>
  beginOperation(tx.db, { type: 'update', system: 'tieline', step });

async function end(
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
      decidedBy: decided.by,
      ...(decided.reason === undefined ? {} : { reason: decided.reason }),
    },
  ]);
  await finishDecision(tx.db, operationId);
}
