export { correlate, correlationStep } from './correlate.ts';
export { countCorrelations, fetchIdentifiers, matchedColumns } from './correlations.sql.ts';
export {
  countMatchReviews,
  endStandingMatch,
  insertStandingMatch,
  listMatchReviews,
  listStandingMatches,
  type MatchCandidate,
  type MatchReview,
  type StandingMatch,
} from './match-reviews.sql.ts';
export { listUnmatchedAssets, type UnmatchedAsset } from './unmatched-assets.sql.ts';
