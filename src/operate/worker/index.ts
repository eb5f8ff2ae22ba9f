export { findSchedules, removeSchedule, setSchedule } from './schedules.ts';
export { forgetOld, forgetRegularly, installWorker, runWorker } from './worker.ts';
