export { type AlertSettings, type App, type Caller, type WatchedMachine, withSystems } from './app.ts';
export { holding, inConclusionsTurn, underSystemsLock, underWholeLock } from './locks.ts';
export { throughOutages } from './outages.ts';
export type { RunContext, RunEnvironment, StepProgress } from './run-context.ts';
export type { Conclusion, Step } from './step.ts';
export { stepTitle } from './step-title.ts';
export type { SyncOptions } from './sync-options.ts';
export {
  errorOf,
  isOfSystem,
  mayPass,
  type ShownFailure,
  shownFailure,
  type SystemFailure,
} from './system-failures.ts';
export { progressNotes, watched } from './watched.ts';
