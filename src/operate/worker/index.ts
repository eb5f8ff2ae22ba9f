export { findSchedules, removeSchedule, setSchedule } from './schedules.ts';
export { installWorker, runWorker } from './worker.ts';
