export { drainOutbox, settleInFlight, waitForLock } from './drain.ts';
export { planEdits } from './plan-edits.ts';
export { retryRefused } from './retry-refused.ts';
