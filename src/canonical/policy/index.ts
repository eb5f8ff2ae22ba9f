export { consentTo, mayGoOut, needsApproval } from './approval.ts';
export { decisionIn, type PoamDecision } from './poam-rights.ts';
export { policyWords } from './policy-words.ts';
export { mayStep, policyOfTrust, type Trust, type TrustLevel, trustLevels, trustOf } from './trust.ts';
export { defaultPolicy, lookUpPolicy, possiblePolicies } from './look-up-policy.ts';
export {
  boundariesNamed,
  noRecord,
  type PolicyFilter,
  policyFilterNames,
  policyFilterLine,
  policyFilterOf,
  type RecordFacts,
} from './policy-filter.ts';
export {
  type ApprovalScope,
  approvalScope,
  conflictStrategies,
  type ConflictStrategy,
  type EntityPolicy,
  type FieldLevelPolicies,
  fieldLevelPolicies,
  type FieldPolicy,
  type SyncDirection,
  syncDirections,
} from './policy.ts';
