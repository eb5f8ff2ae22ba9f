export { beginAssetContext, linkAssetContexts, listSystemsOfAsset } from './asset-contexts.sql.ts';
export {
  type AssetExplanation,
  type AssetSummary,
  explainAsset,
  fetchAssetSummaries,
  findAssets,
  type IdentityDecisionRow,
  listIdentityReviews,
  settleReviews,
} from './asset-explanations.sql.ts';
export { saveAssetRisks } from './asset-risks.sql.ts';
export type { AssetSource } from './asset-identity.sql.ts';
export { findSourceRecord, listSystemsKnowingBoth, mergeAssets, splitAsset } from './asset-merges.sql.ts';
export {
  countNewlyUnreported,
  countUnreportedAssets,
  listUnreportedAssets,
  renewReportingOfRead,
  type UnreportedAsset,
  type UnreportedCounts,
} from './asset-reporting.sql.ts';
export {
  beginAssetLoad,
  countAssets,
  countUnlinkedAssets,
  findAssetAliases,
  listAssetAliases,
} from './assets.sql.ts';
export { isThere, livingAssets, settleCorrelationLinks } from './assets-of-matches.sql.ts';
export { type BoundaryMembership, settleBoundaryMemberships } from './assets-of-rules.sql.ts';
export { keepAllAssetTags, tagsOfAssets } from './asset-tag-projection.sql.ts';
export { listSharingPairs } from './duplicate-assets.sql.ts';
export { type Decider, fetchAsset, fetchPresentAsset } from './find-asset.ts';
export {
  addAssetTags,
  listMissingTags,
  listStrayTags,
  removeAssetTags,
  type TagOfAssets,
} from './tags.sql.ts';
export {
  addWorkflowTag,
  type AssetTag,
  endWorkflowTag,
  listMissingWorkflowTags,
  listStrayWorkflowTags,
  listWorkflowTags,
  returnWorkflowTag,
  type TagToSend,
  whoseTag,
} from './workflow-tags.sql.ts';
