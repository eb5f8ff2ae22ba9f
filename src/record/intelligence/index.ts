export {
  type CveFacts,
  type CveReport,
  type CvssRating,
  type CvssVersion,
  cvssVersions,
  type EpssScore,
  type Feed,
  feeds,
  findFeed,
  type SsvcPoints,
} from './cve-facts.ts';
export {
  countVanished,
  mergeReports,
  stageReports,
  touchKevOfOthers,
  withdrawVanished,
} from './cve-reports.sql.ts';
export { deriveCves } from './derive-cves.sql.ts';
export { findScoredTwice, mergeEpss, stageEpss } from './epss-scores.sql.ts';
export {
  countLoad,
  findLastLoad,
  insertLoad,
  listNewestLoads,
  type LoadCounts,
  type LoadRow,
  waitForTurnToLoad,
} from './loads.sql.ts';
export { renewPluginIntelligence } from './plugin-intelligence.sql.ts';
export { type CveDetail, type CveRow, fetchCve, searchCves } from './show-cves.sql.ts';
export {
  deleteFeedSource,
  type FeedSource,
  listFeedSources,
  moveFeedSource,
  recordFeedOutcome,
  saveFeedSource,
  takeDueFeedSources,
} from './sources.sql.ts';
export {
  type AssetRisk,
  explainAssetRisk,
  explainPluginRisk,
  type FactorReason,
  findLastAssessment,
  type PluginFactors,
  type PluginRisk,
} from './explain-risk.sql.ts';
export { type Assessed, recordAssessment, scoreRisks } from './risk-scores.sql.ts';
