export { addEvidence, checkInVendor, fetchEvidence, withdrawDeviation } from './change-deviation.ts';
export { deviationNames } from './describe.ts';
export {
  countDeviations,
  countDeviationsBy,
  type HeldBack,
  listDeviations,
  type ListedDeviation,
  listHeldBack,
} from './deviation-list.sql.ts';
export { moveDeviations } from './elsewhere/move-deviations.ts';
export { forgetUnnamedEvidence, keepEvidence, requireUsable } from './evidence.ts';
export { followDeviations, followInRun } from './follow-deviations.ts';
export { dropDeviation, grantDeviation } from './grant-deviation.ts';
export { waitingDeviations } from './notices.sql.ts';
export { type DeviationDetail, fetchDeviation } from './read-deviation.ts';
export { type DeviationAsked, readRequest, requestDeviation } from './request-deviation.ts';
