export { isReviewLate, reviewDueAt } from './reviews.sql.ts';
export { listObstacles, type Obstacle } from './agreement.sql.ts';
export { addPoamAssets, addPoamCves, assetsNamed, findUnknownAssets } from './assets-and-cves.sql.ts';
export {
  type AssetLists,
  nameInPoams,
  followSplits,
  recordDepartures,
  recordEnded,
  recordTakenOff,
  showAbandonedPoams,
  takeBackAssets,
} from './departures.sql.ts';
export {
  type CheckUnder,
  type FindingUnderRow,
  findingsUnder,
  listFailedChecks,
  underEach,
  listRestingPoams,
  type RestingPoam,
} from './findings-under.sql.ts';
export {
  countMilestones,
  countMilestonesOf,
  facetMilestones,
  listMilestoneIds,
  isBeyond,
  listForFit,
  listMilestones,
  listOpenMilestones,
  listPromisedDays,
  type MilestoneFilter,
  type MilestoneRow,
} from './milestone-list.sql.ts';
export { listOpenProposals } from './open-proposals.sql.ts';
export { type BoardColumn, countBoard } from './poam-board.ts';
export { fetchPoamContents, renewProposalDetails } from './poam-contents.sql.ts';
export {
  findPoamSystem,
  hasMilestone,
  listPoamAssets,
  listPoamCves,
  listPoamWeaknesses,
  type PoamAsset,
  type PoamWeakness,
} from './poam-details.sql.ts';
export { fetchPoamColumns, type PoamColumns } from './poam-columns.sql.ts';
export { countedBySystem, type PoamFilter } from './poam-filters.sql.ts';
export {
  countPoams,
  facetPoams,
  findPoamRow,
  listPoamIds,
  listPoams,
  type PoamRow,
  streamPoams,
} from './poam-list.sql.ts';
export { findSameKey } from './same-key.sql.ts';
export { type CompletedWhileOpen, listCompletedWhileOpen } from './completed-while-open.sql.ts';
