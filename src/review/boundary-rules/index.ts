export {
  type BoundaryExplanation,
  explainBoundaries,
  explainMatches,
  listRulesOf,
  type MatchExplanation,
} from './boundary-rules.ts';
