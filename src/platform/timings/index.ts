export { daysBetween } from './days.ts';
export { boundsMs, Timings, type Timing, type TimingKind, timingKinds } from './timings.ts';
export { pathShape, statementClass } from './names.ts';
export { withPauses } from './pauses.ts';
