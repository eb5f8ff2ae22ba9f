export { excludedRows } from './excluded.ts';
export { importEntity, type OpenFactSink } from './import-entity.ts';
export { mapperFrom } from './mapper.ts';
export { duplicateConflict } from './negotiated-conflicts.ts';
export { movedThere } from './negotiated-moves.ts';
export { type NegotiatedSource, openNegotiatedSink } from './negotiated-sink.ts';
