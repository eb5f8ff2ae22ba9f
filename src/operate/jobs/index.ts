export { bulkPoamEdit } from './job-kinds.ts';
export { forgetJobs, isUploadWanted, type Job } from './jobs.sql.ts';
export {
  cancelJob,
  fetchJob,
  listJobs,
  requestApply,
  requestedJob,
  requestJob,
  requestPlan,
  requestPoamEdits,
  requestPrivacySearch,
  requestReport,
  requestSync,
} from './request-jobs.ts';
export { runJob } from './run-job.ts';
