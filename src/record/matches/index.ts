export {
  type BoundaryDecision,
  decideBoundary,
  moveBoundaryDecisions,
  saveBoundaryDecisions,
} from './boundary-decisions.sql.ts';
export {
  decideCorrelationPair,
  listSharingAssets,
  moveCorrelations,
  type PairDecision,
  saveCorrelations,
} from './correlations.sql.ts';
export {
  askIdentity,
  type Question,
  saveQuestions,
  settleMatchReview,
  settleReviewsOfDecisions,
  withdrawReviewsOfSystem,
} from './match-reviews.sql.ts';
