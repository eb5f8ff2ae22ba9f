export { type LinkedRow, listLinkedRows } from './linked-rows.sql.ts';
export { inCanonicalWords, type NegotiatedShape, negotiatedShapes, remoteIds } from './negotiated-shapes.ts';
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
export { heldFor, type MapperOf, type Sink } from './sink.ts';
