export {
  bulkStep,
  type BulkState,
  fetchBulk,
  findBulk,
  listBulkOutcomes,
  saveBulkPosition,
} from './bulk-edits.sql.ts';
export { callLogOf, countCalls } from './call-logs.sql.ts';
export { countChanges, countRecognised, type JournalEntry, recordChanges } from './changes.sql.ts';
export {
  decisionColumnsOf,
  reasonValue,
  ruleValues,
  shownDecider,
  type ShownDecision,
  shownDecision,
  shownReason,
  type StoredDecider,
  type StoredReason,
} from './decisions.sql.ts';
export {
  hasHeldRecords,
  type HeldRecord,
  insertHeldRecords,
  listHeldOf,
  listHeldRecords,
} from './held-records.sql.ts';
export {
  fetchDeciders,
  type FoundConflict,
  type HistoryRow,
  type JournalFilter,
  type JournalRow,
  listFoundConflicts,
  listHistory,
  listJournal,
  listLatestEdits,
  listPersonsEdits,
  listRecordJournal,
  type NamedJournalRow,
  pageJournal,
  type RecordJournalRow,
} from './journal.sql.ts';
export { fetchJournalTitles } from './operation-titles.sql.ts';
export {
  addCounts,
  adoptSteps,
  type Counts,
  countsOf,
  fetchProgress,
  findLatestStep,
  findOperation,
  findOperationsByPrefix,
  findStep,
  giveUpRun,
  listOperationRows,
  listRuns,
  listSteps,
  listUnfinishedRuns,
  markWorkflowRun,
  noCounts,
  type OperationRow,
  recordCounts,
  recordRetry,
  type UnfinishedRun,
} from './operations.sql.ts';
export { listRunning, type ProgressNote, requestCancel } from './progress.sql.ts';
export { type AssetTitle, fetchAssetTitles, fetchPluginTitles } from './record-titles.sql.ts';
export { countHeldRecords } from './waiting.sql.ts';
export {
  type Operation,
  type OperationSpec,
  withDecision,
  withOperation,
  withOperationOnDemand,
} from './with-operation.ts';
export { watching, withProgress } from './with-progress.ts';
