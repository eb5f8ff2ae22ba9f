export {
  type AssetLists,
  nameInPoams,
  recordDepartures,
  recordTakenOff,
  showAbandonedPoams,
} from './departures.sql.ts';
export { addPoamAssets, addPoamCves, isFinished } from './poams.sql.ts';
export { cancelRejectedPoams } from './reject-poams.ts';
export {
  listUnsentPoams,
  renewProposalDetails,
  renewProposals,
  type UnsentPoamRow,
  untieWeaknesses,
  withdrawProposals,
} from './unsent-poams.sql.ts';
