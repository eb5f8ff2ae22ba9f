export {
  type Candidate,
  type CandidateDecision,
  clearLead,
  decideCorrelation,
  type Evidence,
  identifierWeights,
  linkAt,
} from './correlation.ts';
export { findingKey } from './finding-key.ts';
export {
  type Identifier,
  type IdentifierKind,
  identifierKinds,
  identifiersOfAsset,
  identifiersOfComponent,
  normalizeIdentifier,
} from './identifiers.ts';
export { bearsEvidence, isSameMachine, standingEvidence } from './same-machine.ts';
