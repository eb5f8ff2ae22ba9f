export { endReportSchedule, scheduleReport } from './report-schedules.ts';
export { removeFeedSource, setFeedSource } from './feed-sources.ts';
export {
  addSchedule,
  fetchSchedule,
  findSchedules,
  listScheduleViews,
  previewCron,
  removeSchedule,
  type ScheduleView,
  scheduleVersion,
  setSchedule,
} from './schedules.ts';
export { forgetOld, listKeptRows } from './forget-old.ts';
export { forgetRegularly, installWorker, runWorker, watchSecurityLogRegularly } from './worker.ts';
