export { choicesFor, type ConflictAtHand, decideConflict, type OfferedChoice } from './conflict-choices.ts';
export { decideInbound, type InboundDecision } from './inbound.ts';
export { foldSteps, reverseField } from './reverse.ts';
export { canonical, mergeField, sameButForSpelling, sameValue } from './three-way.ts';
