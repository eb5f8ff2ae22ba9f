export { type ErrorCode, errorRegistry } from './registry.ts';
export { shownJson, shownLines, shownOutput, shownText } from './shown-text.ts';
export { type FieldFault, messageOf, TielineError, type TielineErrorOptions } from './tieline-error.ts';
export { closest, distance, knownWord, unknownWord } from './unknown-word.ts';
