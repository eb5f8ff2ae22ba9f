export {
  explainBoundaries,
  explainMatches,
  listMembersOf,
  listRulesOf,
  type MatchExplanation,
} from './boundary-rules.ts';
