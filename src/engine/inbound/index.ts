export { excludedRows } from './excluded.ts';
export { countAbsent, forgetSeen, markAbsent, recordSeen } from './absence.sql.ts';
export { importEntity, type OpenFactSink } from './import-entity.ts';
export { duplicateConflict } from './linked-conflicts.ts';
export type { LinkedSource } from './linked-page.ts';
export { openLinkedSink } from './linked-sink.ts';
export { mapperFrom } from './mapper.ts';
