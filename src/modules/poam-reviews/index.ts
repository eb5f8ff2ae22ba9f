export { listReviewIntervals } from './poam-reviews.sql.ts';
export { type PoamSelection, reviewPoams, setReviewInterval, tryReviews } from './poam-reviews.ts';
