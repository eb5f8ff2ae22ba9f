export { readParameters } from './parameters.ts';
export { makeableScope } from './rights.ts';
export {
  endSchedule,
  findOwnSchedule,
  moveSchedule,
  type OutsideRecipient,
  saveOutcome,
  saveSchedule,
  takeDue,
  type TemplateRow,
} from './templates.sql.ts';
export {
  askForReport,
  fetchTemplate,
  leaveReport,
  makeReport,
  type ReportAsked,
  requireHeldThere,
} from './make-report.ts';
export {
  fetchReport,
  forgetReports,
  hashOf,
  listReports,
  listTemplates,
  noteOpened,
  openReport,
  reportFile,
  type ReportFile,
  readReport,
  reportsToRead,
  type TemplateView,
  type Verified,
  verifyHash,
} from './read-reports.ts';
export {
  listToTell,
  recordReportDelivery,
  type ReportDeliveryOutcome,
  type ToTell,
} from './deliveries.sql.ts';
export { noteSentences, type ReportNote } from './rendered.ts';
export { type ReportRow, setReportJob } from './reports.sql.ts';
export { isAllowedAddress, noReportMail, outsideFaults, type ReportMail } from './outside.ts';
