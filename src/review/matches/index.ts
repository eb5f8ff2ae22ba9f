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
