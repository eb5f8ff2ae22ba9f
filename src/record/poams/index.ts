export { listObstacles, type Obstacle } from './agreement.sql.ts';
export { addPoamAssets, addPoamCves, assetsNamed, findUnknownAssets } from './assets-and-cves.sql.ts';
export {
  type AssetLists,
  nameInPoams,
  recordDepartures,
  recordTakenOff,
  showAbandonedPoams,
} from './departures.sql.ts';
export {
  countMilestones,
  facetMilestones,
  listMilestoneIds,
  listMilestones,
  type MilestoneFilter,
  type MilestoneQuery,
  type MilestoneRow,
} from './milestone-list.sql.ts';
export { listOpenProposals } from './open-proposals.sql.ts';
export { type BoardBucket, boardBuckets, type BoardColumn, countBoard } from './poam-board.ts';
export { fetchPoamContents, renewProposalDetails } from './poam-contents.sql.ts';
export {
  countOpenUnder,
  findPoamSystem,
  hasMilestone,
  listPoamAssets,
  listPoamCves,
  listPoamWeaknesses,
  type PoamAsset,
  type PoamWeakness,
} from './poam-details.sql.ts';
export { fetchPoamColumns } from './poam-columns.sql.ts';
export { countedBySystem, type PoamFacet, type PoamFilter, type PoamSort } from './poam-filters.sql.ts';
export {
  countPoams,
  facetPoams,
  type FacetValue,
  findPoamRow,
  listPoamIds,
  listPoams,
  type PoamQuery,
  type PoamRow,
  streamPoams,
} from './poam-list.sql.ts';
export { findSameKey } from './same-key.sql.ts';
