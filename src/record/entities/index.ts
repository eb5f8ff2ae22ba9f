import './all-entities.ts';
export {
  entity,
  entityName,
  isEntity,
  isLinked,
  type LinkedEntity,
  linkedEntity,
  listEntities,
  listLinkedEntities,
  readOrder,
  type RecordOfRow,
  type RecordSource,
  type Renewed,
} from './define-entity.ts';
export { settleRejected } from './rejected-changes.ts';
export { inCanonicalWords } from './rows/canonical-words.ts';
export { fetchBoundariesOf, fetchRecordFacts, lockRows } from './rows/record-boundaries.sql.ts';
export { findKnownReports, recordSettled, saveLinks } from './rows/known-reports.sql.ts';
export { type DigestsOfByte, listStandingReports } from './rows/standing-reports.sql.ts';
export { type AddedRow, listAddedRows } from './rows/added-rows.sql.ts';
export { type LinkedRow, listLinkedRows } from './rows/linked-rows.sql.ts';
export { boundaryOf, namedBy, titleOf } from './rows/record-shown.sql.ts';
export { fetchRecordTitles, type RecordTitle } from './rows/record-titles.sql.ts';
export {
  countRows,
  fetchRows,
  findByNaturalKey,
  findTakenKeys,
  findTwins,
  insertRows,
  type LinkedEntityName,
  renewStatistics,
  type StoredRecord,
  type Twin,
  updateRows,
} from './rows/rows.sql.ts';
export { heldFor, type MapInbound, type MapperOf, type Sink } from './sink.ts';
export { listWithContents, type RecordKey } from './rows/records-inside.sql.ts';
