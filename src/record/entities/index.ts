import './all-entities.ts';
export { inCanonicalWords } from './canonical-words.ts';
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
  type RowPlace,
} from './define-entity.ts';
export { findKnownReports, recordSettled, saveLinks } from './known-reports.sql.ts';
export { type LinkedRow, listLinkedRows } from './linked-rows.sql.ts';
export {
  countRows,
  fetchRows,
  findByNaturalKey,
  findTakenKeys,
  findTwins,
  insertRows,
  type NegotiatedEntity,
  renewStatistics,
  type StoredRecord,
  type Twin,
  updateRows,
} from './negotiated.sql.ts';
export { fetchRecordTitles, type RecordTitle } from './record-titles.sql.ts';
export { settleRejected } from './rejected-changes.ts';
export { heldFor, type MapInbound, type MapperOf, type Sink } from './sink.ts';
