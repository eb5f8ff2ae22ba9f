export { type SourceField, sourceFields } from './source-fields.ts';
export {
  assetExposureOverTime,
  assetFixTimes,
  type ExposureDay,
  type FixTime,
} from './asset-exposure-over-time.sql.ts';
export type { AssetFilter } from './asset-conditions.sql.ts';
export {
  type AssetChangeView,
  type AssetComponentView,
  type AssetContextView,
  type AssetDecisionView,
  type AssetFound,
  type AssetIdentity,
  type AssetMore,
  type AssetSourceView,
  type ComplianceView,
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
  type AssetQuery,
  type AssetRow,
  type AssetSort,
  countAssets,
  facetAssets,
  listAssets,
  streamAssets,
} from './list-assets.sql.ts';
