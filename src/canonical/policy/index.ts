export { consentTo, mayGoOut, needsApproval } from './approval.ts';
export { defaultPolicy, lookUpPolicy } from './look-up-policy.ts';
export { policyWords } from './policy-words.ts';
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
