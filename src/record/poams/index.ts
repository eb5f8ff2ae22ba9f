export {
  type AssetLists,
  nameInPoams,
  recordDepartures,
  recordTakenOff,
  showAbandonedPoams,
} from './departures.sql.ts';
export { listOpenProposals } from './open-proposals.sql.ts';
export {
  addPoamAssets,
  addPoamCves,
  assetsNamed,
  findUnknownAssets,
  isFinished,
} from './assets-and-cves.sql.ts';
export { fetchPoamContents, renewProposalDetails } from './poam-contents.sql.ts';
export { findSameKey } from './same-key.sql.ts';
