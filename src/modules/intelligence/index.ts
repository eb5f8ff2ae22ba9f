export { assessRisks } from './assess-risks.ts';
export { mostDays } from './feed-ages.ts';
export { feedStatus, type FeedStatus, lastAssessment } from './feed-status.ts';
export { openFeedFile } from './feed-file.ts';
export { withFeedFile } from './fetch-feed.ts';
export { type BundleOutcome, loadBundle } from './load-bundle.ts';
export { type BundleMade, makeBundle } from './make-bundle.ts';
export { loadFeed, type LoadOutcome } from './load-feed.ts';
