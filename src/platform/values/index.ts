export { abortReason, sleep, throwIfAborted, whenAborted } from './abort.ts';
export { defined } from './defined.ts';
export { deriveUuid, isUuid } from './uuids.ts';
export { inBatches } from './in-batches.ts';
export { isJsonObject, type Json, type JsonObject, scalarText } from './json.ts';
export { Secret } from './secret.ts';
export { type Move, moveBy, type Transitions } from './transitions.ts';
