export { bulkPoamEdit, type JobKindName, type JobPayload } from './job-kinds.ts';
export {
  forgetJobs,
  type Job,
  type JobFilter,
  type JobState,
  type Problem,
  type RecordResult,
} from './jobs.sql.ts';
export {
  cancelJob,
  fetchJob,
  listJobResults,
  listJobs,
  requestApply,
  requestedJob,
  requestImport,
  requestJob,
  requestPlan,
  requestPoamEdits,
  requestResolution,
  requestSync,
} from './request-jobs.ts';
export { runJob } from './run-job.ts';
