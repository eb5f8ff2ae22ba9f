export { explainBoundaries, explainMatches, listRulesOf, type MatchExplanation } from './boundary-rules.ts';
