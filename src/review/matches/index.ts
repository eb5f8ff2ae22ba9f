export {
  countMatches,
  countMatchesBy,
  isMatchWithin,
  listMatches,
  type MatchListFilter,
  type MatchListQuery,
} from './match-list.sql.ts';
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
