export { countMatches, countMatchesBy, listMatches, type MatchRow } from './match-list.sql.ts';
export { decideMatch, fetchMatchDetail } from './decide-match.ts';
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
