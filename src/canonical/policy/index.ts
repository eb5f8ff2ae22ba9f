export { consentTo, mayGoOut, needsApproval } from './approval.ts';
export { decisionIn, type PoamDecision } from './poam-rights.ts';
export { policyWords } from './policy-words.ts';
export { mayStep, policyOfTrust, type Trust, type TrustLevel, trustLevels, trustOf } from './trust.ts';
export { defaultPolicy, lookUpPolicy } from './look-up-policy.ts';
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
