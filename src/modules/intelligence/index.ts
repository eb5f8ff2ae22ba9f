export { feedStatus, type FeedStatus } from './feed-status.ts';
export { openFeedFile } from './feed-file.ts';
export { withFeedFile } from './fetch-feed.ts';
export { type BundleOutcome, loadBundle } from './load-bundle.ts';
export { loadFeed, type LoadOutcome } from './load-feed.ts';
