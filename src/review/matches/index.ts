export {
  countMatches,
  countMatchesBy,
  isMatchWithin,
  listMatches,
  type MatchListFilter,
  type MatchListQuery,
  type MatchRow,
} from './match-list.sql.ts';
export { decideMatch, fetchMatchDetail, type MatchDecision, type MatchDetail } from './decide-match.ts';
export {
  acceptMatch,
  fetchMatch,
  findMatches,
  findStandingMatches,
  forgetStandingMatch,
  type MatchReview,
  type MatchSettled,
  proposedOf,
  rejectMatch,
} from './matches.ts';
