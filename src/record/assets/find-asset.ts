import type { Kysely } from 'kysely';
import { TielineError } from '../../platform/errors/index.ts';
import { findAssets, type AssetSummary } from './asset-explanations.sql.ts';
import type { Database } from '../../platform/postgres/index.ts';

/** Who decides something about an asset, and why. */
export interface Decider {
  readonly by: string;
  readonly reason: string | undefined;
}

interface AssetsPlace {
  readonly db: Kysely<Database>;
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
export async function fetchAsset(app: AssetsPlace, wanted: string): Promise<AssetSummary> {
  const found = await findAssets(app.db, wanted, 6);
  const [only] = found;
  // The uuid is said whole: what else is known by the same one (a scanner's, an agent's) is not meant.
  const named = found.find(({ assetUuid }) => assetUuid === wanted.trim().toLowerCase());
  if (named) return named;
  if (only && found.length === 1) return only;
  throw new TielineError('USAGE', only ? `Several assets fit ${wanted}.` : `No asset fits ${wanted}.`, {
    fields: found.map((each) => ({ field: each.assetUuid, message: describe(each) })),
    remedy:
      'Give the uuid, so much of it that it is one asset, or a name, address, MAC address, agent or BIOS uuid that one asset has.',
  });
}

/** As `fetchAsset`, but for an asset that turned out to be another one: nothing is stored about that any more. @throws USAGE. */
export async function fetchPresentAsset(app: AssetsPlace, wanted: string): Promise<AssetSummary> {
  const asset = await fetchAsset(app, wanted);
  if (asset.mergedInto === null) return asset;
  throw new TielineError('USAGE', `Asset ${asset.assetUuid} was merged into ${asset.mergedInto}.`, {
    remedy: `Name that one: ${asset.mergedInto}.`,
  });
}
