export { excludedRows } from './excluded.ts';
export { importEntity, type OpenFactSink } from './import-entity.ts';
export { mapperFrom } from './mapper.ts';
export { duplicateConflict } from './negotiated-conflicts.ts';
export type { NegotiatedSource } from './negotiated-page.ts';
export { openNegotiatedSink } from './negotiated-sink.ts';
