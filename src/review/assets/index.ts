export {
  type AssetExplanation,
  countMatches,
  explain,
  findDuplicates,
  findReviews,
  findUnreported,
  type IdentityDecisionRow,
  keepApart,
  merge,
  type ProbableDuplicate,
  split,
  type UnreportedAsset,
} from './assets.ts';
