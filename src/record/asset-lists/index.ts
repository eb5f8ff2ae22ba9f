export { sourceFields } from './source-fields.ts';
export { assetExposureOverTime, assetFixTimes } from './asset-exposure-over-time.sql.ts';
export type { AssetFilter } from './asset-conditions.sql.ts';
export {
  type AssetMore,
  fetchAssetDetail,
  fetchAssetComponents,
  fetchAssetCompliance,
  fetchAssetContext,
  fetchAssetHistory,
  fetchAssetIdentity,
  fetchAssetSources,
  isAssetThere,
} from './fetch-asset.sql.ts';
export {
  type AssetRow,
  type AssetSort,
  countAssets,
  facetAssets,
  listAssets,
  streamAssets,
} from './list-assets.sql.ts';
